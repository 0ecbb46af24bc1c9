package admin

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/matcher"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

// What an administrator reads is words: a code of ours stands in them nowhere.
func TestTheIndexIsToldInWords(t *testing.T) {
	t.Parallel()
	for _, language := range []locale.Language{locale.Zh, locale.En} {
		l := locale.For(language)
		said := map[string]bool{}
		for _, h := range []index.Health{
			{Ready: true, Engine: "embedded"},
			{Ready: true, Engine: "embedded", Degraded: true},
			{Ready: true, Engine: "embedded", Degraded: true, Reason: "unreachable"},
			{Ready: true, Engine: "embedded", Degraded: true, Reason: "settings"},
			{Engine: "embedded"},
		} {
			row := indexRowOf(l, deid.Public, h)
			require.NotContains(t, row.Engine+row.Means+row.State.Text, "embedded")
			require.NotContains(t, row.Means, "unreachable")
			require.False(t, said[row.Means], row.Means)
			said[row.Means] = true
		}
	}
	l := locale.For(locale.En)
	require.Equal(t, "Meilisearch 1.14.0", indexRowOf(l, deid.Public, index.Health{Ready: true, Engine: "meilisearch 1.14.0"}).Engine)
	stands := indexRowOf(l, deid.Verified, index.Health{Ready: true, Degraded: true, Reason: "settings"})
	require.Equal(t, html.Waiting, stands.State.Tone)
	require.Contains(t, stands.Means, "find the same cards")
	require.Contains(t, stands.Means, "shanqiao index rebuild")
}

func TestTheOffersInMemoryAreToldInWords(t *testing.T) {
	t.Parallel()
	for _, language := range []locale.Language{locale.Zh, locale.En} {
		l := locale.For(language)
		said := map[string]bool{}
		for _, c := range []struct {
			s    matcher.Copies
			tone html.Tone
		}{
			{matcher.Copies{}, html.Waiting},
			{matcher.Copies{Views: 2, Oldest: time.Minute}, html.Good},
			{matcher.Copies{Views: 2, Oldest: time.Minute, Mended: 3}, html.Waiting},
			{matcher.Copies{Views: 2, Oldest: unchecked + time.Minute, Mended: 3}, html.Urgent},
		} {
			notice := offersNotice(l, c.s)
			require.Equal(t, c.tone, notice.Tone)
			require.NotContains(t, notice.Title+notice.Text, "admin.")
			require.False(t, said[notice.Text], notice.Text)
			said[notice.Text] = true
		}
	}
}

func TestWhyAJobStoppedIsToldInWords(t *testing.T) {
	t.Parallel()
	l := locale.For(locale.En)
	for code, want := range map[string]string{
		"internal timeout":          "It took too long",
		"internal 23514":            "An error in the program",
		"internal":                  "An error in the program",
		"invalid claim.units_wrong": "What it holds is not allowed; trying again will not help",
		"invalid gate.refused":      "The round would have told a family and was stopped; an officer of the city must look",
		"unavailable 57P03":         "The database or another service did not answer",
		"stopped":                   "The program was stopped",
		"":                          "No reason was noted",
		"poison":                    "No reason was noted",
	} {
		require.Equal(t, want, whyWord(l, code), code)
	}
	require.Equal(t, "Take cards down", workWord(l, "withdraw-cards"))
	require.Equal(t, "Work that the program calls dance", workWord(l, "dance"))
}

// A page may not know the jobs' package, so its files are read: each job's name
// has its words.
func TestEveryJobHasItsWords(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../workers/*.go")
	require.NoError(t, err)
	named, jobs := regexp.MustCompile(`relay\.Spec\{Name: "([a-z-]+)"`), 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			require.True(t, locale.For(locale.Zh).Has("admin.work."+m[1]), m[1])
			jobs++
		}
	}
	require.Greater(t, jobs, 15)
}
