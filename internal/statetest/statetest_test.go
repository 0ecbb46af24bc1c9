package statetest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const document = "# States\n\n## Door\n\nText, and a line that is no part of it:\n    open --> painted\n\n```mermaid\nstateDiagram-v2\n" +
	"    [*] --> shut: built\n    shut --> open: pushed\n    shut --> ajar\n    open --> shut\n    ajar --> [*]\n```\n\n" +
	"## Window\n\n```mermaid\nstateDiagram-v2\n    shut --> broken\n```\n"

func TestDrawn(t *testing.T) {
	t.Parallel()
	require.Equal(t, map[string][]string{"shut": {"ajar", "open"}, "open": {"shut"}, "ajar": {}}, drawn(t, document, "Door"))
	require.Equal(t, map[string][]string{"shut": {"broken"}, "broken": {}}, drawn(t, document, "Window"))
}
