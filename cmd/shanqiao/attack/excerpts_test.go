package attack

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/needs"
	"shanqiao/needs/deid/excerpt"
	"shanqiao/needs/household"
	"shanqiao/needs/note"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
)

var blot = regexp.MustCompile(`〔[^〕]*〕`)

// blotted reads every text of an assessor that is out, on the page where it is
// shown, for what was blotted out in it, and looks for it where it is not shown.
func (w *watched) blotted(t *testing.T) {
	type out struct{ Card, Household, Text string }
	all, err := pg.Many[out](t.Context(), w.Admin, `
		select x.card_id as card, l.household_id as household, x.text
		  from exchange.card_excerpts x
		  join records.listings l on l.card_id = x.card_id
		 order by x.card_id`, pg.Args{})
	require.NoError(t, err)
	require.NotEmpty(t, all)
	tokens := map[string]bool{}
	for _, k := range excerpt.Kinds() {
		tokens[k.Token()] = true
	}
	anyone, blots := w.Anyone(t), 0
	for _, x := range all {
		shown := w.member.Get("/c/needs/" + x.Card).Text("blockquote")
		require.Equal(t, x.Text, shown)
		for _, b := range blot.FindAllString(shown, -1) {
			require.True(t, tokens[b], "%s says more than a kind", b)
			blots++
		}
		left := bare(blot.ReplaceAllString(shown, "|"))
		require.NotRegexp(t, `[0-9]{3}|[*×●_]{2}|某`, left)
		for kind, values := range w.own(t, x.Household) {
			for _, v := range values {
				if r := []rune(bare(v)); kind != excerpt.Number && len(r) > 1 {
					require.NotContains(t, left, string(r), "a family's own %s", kind)
					require.NotContains(t, left, string(r[len(r)-2:])+"|", "the end of a family's own %s", kind)
				}
			}
		}
		for _, page := range []*portaltest.Page{anyone.Get("/needs/" + x.Card), w.member.Get("/api/v1/needs/" + x.Card)} {
			require.NotContains(t, page.Body, strings.Trim(left, "|，。"))
		}
	}
	require.Greater(t, blots, len(all), "every one of them named a family")
	for _, l := range w.kept {
		for _, s := range l {
			for _, shown := range s {
				require.NotContains(t, shown, "〔", "lists and feeds have none")
			}
		}
	}
}

// own is what the record of a household holds, which the attacker does not have.
func (w *watched) own(t *testing.T, home string) (known excerpt.Known) {
	t.Helper()
	require.NoError(t, pg.As(t.Context(), w.Pools.Records, actor.System{Name: "judge"}.Reach(), func(tx pg.DB) error {
		var err error
		known, _, err = household.KnownOf(t.Context(), tx, w.Keys, home, time.Now())
		return err
	}))
	return known
}

// awaiting opens what an assessor wrote while it waits for a second person, and
// tries to let it out, as everybody who may not.
func (w *watched) awaiting(t *testing.T) {
	type draft struct{ ID, Region, By string }
	d, err := pg.One[draft](t.Context(), w.Admin, nil, `
		select id, region, assessed_by as by
		  from records.needs
		 where state = 'draft' and id not in (select need_id from records.notes)
		 order by id limit 1`, pg.Args{})
	require.NoError(t, err)
	district := actor.Officer{Account: "district", Level: actor.DistrictRole, Region: d.Region[:6]}
	require.NoError(t, note.Set(t.Context(), w.Pools.Records, district,
		note.Switch{District: d.Region[:6], Enabled: true, Source: "试点通知", Since: time.Now().AddDate(0, 0, -2)}))
	writer := actor.Officer{Account: d.By, Level: actor.SubdistrictRole, Region: d.Region}
	const words, marked = "老人每周2次康复训练，丁香巷。", "丁香巷"
	require.NoError(t, note.Write(t.Context(), w.Pools.Records, w.Keys, writer, needs.ID(d.ID), secret.String(words)))

	path := "/s/needs/" + d.ID + "/excerpt"
	colleague := w.As(t, account.New{Role: actor.SubdistrictRole, Region: d.Region})
	page := colleague.Get(path)
	require.Contains(t, page.Text("main"), marked, "the one who may decide reads it")
	hash := ""
	for _, a := range page.All("[name=output]")[0].Attr {
		if a.Key == "value" {
			hash = a.Val
		}
	}
	require.Len(t, hash, 64)
	looks := w.looksAtRecords(t)
	near := w.one(t, `select '' || max(code) from (values (@d || '001'), (@d || '002')) v(code) where code <> @street`, pg.Args{"d": d.Region[:6], "street": d.Region})
	for name, b := range map[string]*portaltest.Browser{
		"the next street": w.As(t, account.New{Role: actor.SubdistrictRole, Region: near}),
		"a member":        w.member, "a family": w.Citizen(t, "13900000003"), "an administrator": w.Role(t, actor.AdministratorRole),
		"an auditor": w.Role(t, actor.AuditorRole), "the city": w.Role(t, actor.CityRole), "anybody": w.Anyone(t),
	} {
		b.Stay()
		for _, p := range []*portaltest.Page{b.Get(path), b.Post(path, map[string][]string{"form": {"note.decide"}, "decision": {"as_shown"}, "output": {hash}})} {
			require.NotContains(t, p.Body, marked, name)
			require.NotContains(t, p.Body, "康复训练", name)
			if name == "anybody" {
				require.NotEqual(t, http.StatusOK, p.Status, name)
			} else {
				require.Equal(t, http.StatusNotFound, p.Status, name)
			}
		}
	}
	require.Equal(t, looks, w.looksAtRecords(t), "nobody of them looked")
	require.Equal(t, "written", w.one(t, `select state from records.notes where need_id = @need`, pg.Args{"need": d.ID}))
	require.Equal(t, "0", w.one(t, `select count(*)::text from exchange.card_excerpts where text like '%康复训练%'`, pg.Args{}))
	require.NotContains(t, w.Log.String(), "康复训练")
}

func (w *watched) looksAtRecords(t *testing.T) string {
	return w.one(t, `select count(*)::text from records.record_reads`, pg.Args{})
}
