package portaltest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMachineryIsFound(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"goroutine 17 [running]", "portal/server.go:12", "runtime error: index", "a panic came", "ERROR (SQLSTATE 42501)", "pgx: closed", "pgconn: cut",
		"SELECT id, code FROM exchange.cards", "Insert Into x", "violates row-level security", "*http.Request", "url.Error", "fault.Error", "%!s(MISSING)", "0xc000123",
	} {
		require.NotEmpty(t, machinery(body), body)
	}
	for _, body := range []string{"", "<p>请选择一项</p>", "the form. Then send it", "panicked"} {
		require.Empty(t, machinery(body))
	}
}
