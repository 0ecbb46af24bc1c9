package main

import (
	"bytes"
	"encoding/csv"
	gobuild "go/build"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/needs/deid"
)

// TestWhatIsShippedCannotSayWhoseACardIs looks at which files each build is made of.
func TestWhatIsShippedCannotSayWhoseACardIs(t *testing.T) {
	t.Parallel()
	files := func(tags ...string) []string {
		c := gobuild.Default
		c.BuildTags = tags
		p, err := c.ImportDir(".", 0)
		require.NoError(t, err)
		return p.GoFiles
	}
	require.NotContains(t, files(), "deid_evaluation.go")
	require.Contains(t, files(), "deid_plain.go")
	require.Contains(t, files("evaluation"), "deid_evaluation.go")
	require.NotContains(t, files("evaluation"), "deid_plain.go")
	// This test is compiled without the tag; the other build must hold together as well.
	said, err := exec.CommandContext(t.Context(), "go", "vet", "-tags=evaluation", ".").CombinedOutput()
	require.NoError(t, err, "%s", said)

	var out, mistake bytes.Buffer
	code := run(t.Context(), []string{"deid", "export", "--evaluation", t.TempDir()}, func(string) string { return "" }, &out, &mistake)
	require.Equal(t, 2, code)
	require.Contains(t, mistake.String(), "unknown flag --evaluation")
}

func TestAnExportHoldsWhatThePagesShow(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	card := deid.Card{ID: "abc", Tier: deid.Verified, Committed: 1, Tick: 9, SentenceZh: "一句话",
		Tuple: deid.Tuple{Area: "110107", Age: "60-79", Size: "1-2", Category: "near", Group: "care", Code: "bathing", Quantity: 4, Urgency: deid.Soon}}
	public := deid.Card{ID: "abd", Tier: deid.Public, Tick: 10, SentenceZh: "一句话",
		Tuple: deid.Tuple{Area: "zone:core", Age: "60+", Size: deid.Any, Category: "near", Group: "care", Quantity: 1, Urgency: deid.Unsaid}}
	require.NoError(t, writeCards(&out, []deid.Card{card, public}))
	rows, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	require.NoError(t, err)
	require.Equal(t, [][]string{
		{"id", "tier", "area", "age", "size", "category", "need_group", "code", "quantity", "urgency"},
		{"abc", "verified", "110107", "60-79", "1-2", "near", "care", "bathing", "4", "soon"},
		{"abd", "public", "zone:core", "60+", "*", "near", "care", "", "", "*"}, // its quantity is nobody's
	}, rows)
}
