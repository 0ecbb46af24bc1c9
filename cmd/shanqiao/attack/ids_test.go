package attack

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"math"
	"net/http"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/needs/card"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
)

// ids looks for time, order and families in the ids of cards.
func (w *watched) ids(t *testing.T) {
	ids := w.many(t, `
		select c.id
		  from exchange.cards c
		  join records.listings l on l.card_id = c.id
		  join records.needs n on n.id = l.need_id
		 order by c.tick, n.approved_at, n.id`, pg.Args{})
	require.Greater(t, len(ids), 200)
	sorted := slices.Sorted(slices.Values(ids))
	require.Len(t, slices.Compact(slices.Clone(sorted)), len(ids))

	// Six standard deviations: with random ids less than once in a million runs.
	ones, n := make([]int, 128), float64(len(ids))
	for _, s := range ids {
		raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(s))
		require.NoError(t, err)
		require.Len(t, raw, 16)
		for b := range ones {
			if raw[b/8]>>(7-b%8)&1 == 1 {
				ones[b]++
			}
		}
	}
	for b, k := range ones {
		require.Less(t, math.Abs(float64(k)-n/2)/math.Sqrt(n/4), 6.0, "bit %d of an id is no coin: a version, a time", b)
	}
	require.Less(t, math.Abs(trend(ids))*math.Sqrt(n-1), 5.0, "ids grow with time")
	require.Greater(t, trend(sorted)*math.Sqrt(n-1), 5.0, "ids that grew would be seen")

	known := map[string]bool{}
	for _, l := range w.behind {
		for _, from := range []string{l.Household, l.Need, l.Household + l.Need, l.At.Region + l.Household} {
			for _, hash := range hashes(from) {
				known[hash] = true
			}
		}
	}
	for _, s := range ids {
		require.False(t, known[s], "an id is a hash of whose card it is")
	}
}

// trend is how far ids grow with time: 0 for no order, 1 for one id after the other (Spearman).
func trend(ids []string) float64 {
	place, sum, n := map[string]int{}, 0.0, float64(len(ids))
	for i, s := range slices.Sorted(slices.Values(ids)) {
		place[s] = i
	}
	for i, s := range ids {
		d := float64(i - place[s])
		sum += d * d
	}
	return 1 - 6*sum/(n*(n*n-1))
}

// hashes spells the plain hashes of a text as an id is spelt.
func hashes(text string) []string {
	a, b, c := sha256.Sum256([]byte(text)), sha1.Sum([]byte(text)), md5.Sum([]byte(text))
	var all []string
	for _, sum := range [][]byte{a[:16], b[:16], c[:], a[16:]} {
		all = append(all, strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum)), hex.EncodeToString(sum))
	}
	return all
}

// counting counts what a page asks of Postgres.
type counting struct {
	pg.DB
	asked []string
}

func (c *counting) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	c.asked = append(c.asked, sql)
	return c.DB.Query(ctx, sql, args...)
}

// missing asks for cards that are not there, not any more, and not for the
// reader, and for ids that are of something else. All get the same bytes, and cost
// the same statements.
func (w *watched) missing(t *testing.T) {
	of := func(sql string) string { return w.one(t, sql, pg.Args{}) }
	direct := of(`select id from exchange.cards where tier = 'direct' and state = 'open' limit 1`)
	gone := of(`select id from exchange.cards where tier = 'public' and state <> 'open' limit 1`)
	verified := of(`select id from exchange.cards where tier = 'verified' and state = 'open' limit 1`)
	public := of(`select id from exchange.cards where tier = 'public' and state = 'open' limit 1`)
	was := of(`select id from exchange.cards where tier = 'verified' and state = 'withdrawn' limit 1`)
	need := of(`select id from records.needs where state = 'draft' limit 1`)
	org := w.one(t, `
		select id
		  from exchange.organisations o
		 where state = 'verified'
		   and not exists (select from exchange.card_recipients r where r.card_id = @direct and r.organisation_id = o.id)
		   and not exists (select from exchange.claims k where k.card_id = @was and k.organisation_id = o.id)
		 order by id limit 1`, pg.Args{"direct": direct, "was": was})
	member := w.As(t, account.New{Role: actor.MemberRole, Organisation: org})
	by := actor.Member{Account: member.Account, Organisation: org}

	for name, reader := range map[string]struct {
		b     *portaltest.Browser
		under string
		ids   []string
		ask   func(db pg.DB, id string) error
	}{
		"anybody": {w.stranger, "/needs/", []string{direct, gone, verified, was, need, w.homes[0].ID}, func(db pg.DB, id string) error {
			_, err := card.Public(t.Context(), db, id)
			return err
		}},
		"a member": {member, "/api/v1/needs/", []string{direct, gone, public, was, need, w.homes[0].ID}, func(db pg.DB, id string) error {
			_, err := card.For(t.Context(), db, by, id)
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			unknown := id.New()
			none := reader.b.Get(reader.under + unknown)
			require.Equal(t, http.StatusNotFound, none.Status)
			cost := &counting{DB: w.Pools.Exchange}
			require.Error(t, reader.ask(cost, unknown))
			require.Len(t, cost.asked, 1)
			for _, theirs := range reader.ids {
				p := reader.b.Get(reader.under + theirs)
				require.Equal(t, http.StatusNotFound, p.Status, theirs)
				require.Equal(t, plain(none, unknown), plain(p, theirs))
				require.Equal(t, headers(none), headers(p))
				again := &counting{DB: w.Pools.Exchange}
				require.Error(t, reader.ask(again, theirs))
				require.Equal(t, cost.asked, again.asked, "as much work")
			}
			for _, shape := range []string{"0", "1", strings.ToUpper(unknown), unknown[:25], unknown + "a", "11111111-1111-4111-8111-111111111111", "%2e%2e", "*"} {
				require.Equal(t, http.StatusNotFound, reader.b.Get(reader.under+shape).Status, shape)
			}
		})
	}
}

// headers are those that say something: not the number of the request, nor the time.
func headers(p *portaltest.Page) http.Header {
	h := p.Header.Clone()
	for _, own := range []string{"Date", "X-Request-Id", "Set-Cookie", "Content-Length"} {
		h.Del(own)
	}
	return h
}

// together looks for what two cards of one family have in common that cards of
// two families have not: ids, a place in the list, a tick.
func (w *watched) together(t *testing.T) {
	of := map[string][]listed{}
	for _, l := range w.behind {
		of[l.Household] = append(of[l.Household], l)
	}
	pairs := 0
	for _, cards := range of {
		at := map[string]bool{}
		for i, l := range cards {
			when := fmt.Sprint(l.Tier, l.Tick)
			require.False(t, at[when], "a family came up twice in one tick: %+v", l)
			at[when] = true
			for _, other := range cards[:i] {
				pairs++
				require.NotEqual(t, l.ID[:6], other.ID[:6])
				require.NotEqual(t, l.ID[20:], other.ID[20:])
			}
		}
	}
	require.Greater(t, pairs, 50)
	for tier, all := range w.order {
		for i, order := range all {
			for from, to := 0, 0; from < len(order); from = to {
				for to = from; to < len(order) && w.kept[tier][i][order[to]] == w.kept[tier][i][order[from]]; to++ {
				}
				require.True(t, sort.StringsAreSorted(order[from:to]), "cards that show the same are in the order of their random ids, which says nothing")
			}
		}
	}
	anything := w.one(t, `
		select count(*)::text
		  from information_schema.columns
		 where table_schema = 'exchange' and table_name = 'cards'
		   and column_name ~ 'household|need_id|reviewer|assess|approved|photo|created|posted'`, pg.Args{})
	require.Equal(t, "0", anything)
}
