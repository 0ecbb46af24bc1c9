package attack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
)

// snapshot is what was read on one day: of each card, by its id, all that is
// shown of it. How much is promised is left out: organisations change that, card
// by card, and it tells of them.
type snapshot map[string]string

// scraper reads every page of both tiers whenever something came or went, and
// keeps it: the public list as anybody, the other as a verified organisation
// that has never taken anything on.
type scraper struct {
	stranger, member *portaltest.Browser
	kept             map[deid.Tier][]snapshot
	order            map[deid.Tier][][]string // the ids of each snapshot as they were listed
	last             string
}

func newScraper() *scraper {
	return &scraper{kept: map[deid.Tier][]snapshot{}, order: map[deid.Tier][][]string{}}
}

// look reads everything if anything is there now that was not, or the reverse.
func (s *scraper) look(t *testing.T, c *city) {
	t.Helper()
	now := c.one(t, `select coalesce(string_agg(id, ',' order by id), '') from exchange.cards where state = 'open' and tier <> 'direct'`, pg.Args{})
	if now == s.last {
		return
	}
	s.last = now
	if s.stranger == nil {
		s.stranger = c.Anyone(t)
		org := c.one(t, `select max(id) from exchange.organisations where state = 'verified'`, pg.Args{})
		s.member = c.As(t, account.New{Role: actor.MemberRole, Organisation: org})
	}
	s.public(t, c)
	s.verified(t, c)
}

func (s *scraper) keep(t *testing.T, c *city, tier deid.Tier, seen snapshot, order []string) {
	t.Helper()
	open := c.one(t, `select count(*)::text from exchange.cards where state = 'open' and tier = @tier`, pg.Args{"tier": tier})
	require.Equal(t, open, strconv.Itoa(len(seen)), "the reader of every %s page has every card", tier)
	s.kept[tier], s.order[tier] = append(s.kept[tier], seen), append(s.order[tier], order)
}

func (s *scraper) public(t *testing.T, c *city) {
	t.Helper()
	seen, order := snapshot{}, []string{}
	for _, g := range needs.Groups { // no list is deeper than 200
		for id, shown := range s.pages(t, "group="+string(g), &order) {
			seen[id] = shown
		}
	}
	s.keep(t, c, deid.Public, seen, order)
}

// pages reads every page of the public list under some conditions, and adds the
// ids to an order.
func (s *scraper) pages(t *testing.T, query string, order *[]string) snapshot {
	t.Helper()
	seen := snapshot{}
	for page := 1; ; page++ {
		p := s.stranger.Get(fmt.Sprintf("/needs?%s&page=%d", query, page))
		require.Equal(t, http.StatusOK, p.Status)
		links, texts := p.Links("ul.cards li h3 a"), p.Texts("ul.cards li")
		for i, link := range links {
			id := strings.TrimPrefix(link, "/needs/")
			seen[id], *order = texts[i], append(*order, id)
		}
		if len(links) == 0 || !strings.Contains(p.Body, fmt.Sprintf("page=%d", page+1)) {
			return seen
		}
	}
}

func (s *scraper) verified(t *testing.T, c *city) {
	t.Helper()
	seen, order := snapshot{}, []string{}
	for _, g := range needs.Groups {
		for _, n := range s.list(t, "group="+string(g)) {
			id := n["id"].(string)
			for _, changes := range []string{"id", "remaining", "version"} {
				delete(n, changes)
			}
			shown, err := json.Marshal(n) // its keys in order
			require.NoError(t, err)
			seen[id], order = string(shown), append(order, id)
		}
	}
	s.keep(t, c, deid.Verified, seen, order)
}

// list is every need that the machine interface lists under some conditions.
func (s *scraper) list(t *testing.T, query string) (all []map[string]any) {
	t.Helper()
	for cursor := ""; ; {
		p := s.member.Get("/api/v1/needs?limit=100&" + query + cursor)
		require.Equal(t, http.StatusOK, p.Status, p.Body)
		var list struct {
			Needs []map[string]any
			Next  string `json:"next_cursor"`
		}
		require.NoError(t, json.Unmarshal([]byte(p.Body), &list))
		all = append(all, list.Needs...)
		if list.Next == "" {
			return all
		}
		cursor = "&cursor=" + list.Next
	}
}

// differences names every group of cards that the reader of some two snapshots, or
// of all of them, can tell from all others and that stands for fewer than k
// households; and every card that changed, or came back under its old id.
func differences(kept []snapshot, household map[string]string, k int) []string {
	var found []string
	ids := map[string]bool{}
	for _, s := range kept {
		for id := range s {
			ids[id] = true
		}
	}
	groups := func(what string, of func(id string) string) {
		homes := map[string]map[string]bool{}
		for id := range ids {
			if g := of(id); g != "" {
				if homes[g] == nil {
					homes[g] = map[string]bool{}
				}
				homes[g][household[id]] = true
			}
		}
		for g, h := range homes {
			if len(h) < k {
				found = append(found, fmt.Sprintf("%s: %d households: %s", what, len(h), g))
			}
		}
	}
	for j := range kept {
		for i := range j {
			groups(fmt.Sprintf("from %d to %d", i, j), func(id string) string {
				if kept[i][id] == "" && kept[j][id] == "" {
					return ""
				}
				return kept[i][id] + " → " + kept[j][id]
			})
		}
	}
	groups("life", func(id string) string {
		var life strings.Builder
		for _, s := range kept {
			life.WriteString(s[id] + " → ")
		}
		return life.String()
	})
	for id := range ids {
		found = append(found, restless(kept, id)...)
	}
	return found
}

// restless says what is wrong with the life of a card that should come, stay as it is, and go.
func restless(kept []snapshot, id string) (found []string) {
	first, gone := "", false
	for i, s := range kept {
		now, there := s[id]
		switch {
		case there && gone:
			found = append(found, fmt.Sprintf("%s is back in %d", id, i))
		case there && first != "" && now != first:
			found = append(found, fmt.Sprintf("%s changed in %d", id, i))
		}
		gone = first != "" && !there
		if there {
			first = now
		}
	}
	return found
}
