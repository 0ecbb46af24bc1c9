package office_test

import (
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/consent"
	"shanqiao/portal/portaltest"
)

// TestTextRead has an officer read a version out while a newer one is put in place.
func TestTextRead(t *testing.T) {
	t.Parallel()
	d := open(t)
	need := d.w.Need("bathing", 2, needs.Approved)
	page := "/s/claims/" + d.w.Claim(d.w.Card(need), d.w.Org, 2, "accepted")
	form := d.one.Get(page + "/consent")
	require.Contains(t, form.Text("main"), "同意书，第 2 版")
	member := ""
	for _, a := range form.All("input[name=given_by]")[0].Attr {
		if a.Key == "value" {
			member = a.Val
		}
	}
	given := url.Values{"read": {"yes"}, "given_by": {member}, "channel": {"in_person"}, "fields": {"phone"},
		"purpose": {"arrange_and_serve"}, "days": {"9"}}
	send := func(version string, others url.Values) *portaltest.Page {
		values := maps.Clone(given)
		maps.Copy(values, others)
		values.Set("text_version", version)
		return d.one.Post(page+"/consent", values)
	}
	for _, version := range []string{"", "introduction/0", "introduction/99", "2"} {
		again := send(version, nil)
		require.Equal(t, http.StatusUnprocessableEntity, again.Status, version)
		require.Equal(t, []string{"#f-read"}, again.Links(".summary a"), version)
		require.Contains(t, again.Text(".summary"), "再念一遍")
		require.Empty(t, again.All("[name=read][checked]"), "what was read is not known")
		require.NotEmpty(t, again.All("[name=channel][checked]"), "what was typed stays")
		require.Contains(t, again.Text("main"), "同意书，第 2 版")
	}
	old := send("introduction/1", url.Values{"days": {"91"}})
	require.Contains(t, old.Text("main"), "同意书，第 1 版", "a form to mend still shows what was read out")
	require.Equal(t, page, old.Fill(url.Values{"days": {"9"}}).Path)
	type kept struct{ Version, Hash string }
	text, _ := consent.TextOf("introduction/1")
	got, err := pg.Many[kept](t.Context(), d.w.Admin,
		`select text_version as version, encode(text_hash, 'hex') as hash from records.consents`, pg.Args{})
	require.NoError(t, err)
	require.Equal(t, []kept{{"introduction/1", hex.EncodeToString(text.Hash())}}, got)
}
