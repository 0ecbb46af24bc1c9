package attack

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/cmd/shanqiao/demo"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/needs/card"
	"shanqiao/needs/deid"
	"shanqiao/portal/portaltest"
)

// filters asks for every combination of what can be asked for. A combination is
// a cell of a table, and a cell with a few cards in it shows none of them.
func (w *watched) filters(t *testing.T) {
	areas := append([]string{""}, w.many(t, `select distinct area from exchange.cards where state = 'open' and tier <> 'direct'`, pg.Args{})...)
	groups := append([]string{""}, w.many(t, `select distinct need_group from exchange.cards where state = 'open'`, pg.Args{})...)
	codes := append([]string{""}, w.many(t, `select distinct code from exchange.cards where state = 'open' and tier = 'verified'`, pg.Args{})...)
	for _, area := range areas {
		for _, urgency := range []string{"", "urgent", "soon", "open"} {
			for _, group := range groups {
				q := query("area", area, "group", group, "urgency", urgency)
				p := w.stranger.Get("/needs?" + q)
				require.Equal(t, http.StatusOK, p.Status, q)
				shown := len(p.All("ul.cards li"))
				require.True(t, q == "" || shown == 0 || shown >= 11, "%s: %d cards", q, shown)
				require.True(t, figured(p.Text("h2")), "%s: %s", q, p.Text("h2"))
			}
			for _, code := range codes {
				q := query("area", area, "code", code, "urgency", urgency)
				shown := len(w.list(t, q))
				require.True(t, shown == 0 || shown >= 5, "%s: %d cards", q, shown)
			}
		}
	}
	p := w.member.Get("/c/needs")
	require.NotEmpty(t, p.Texts("ul.chips a"), "there are counts to read")
	for _, chip := range p.Texts("ul.chips a") {
		require.True(t, figured(chip), chip)
	}
}

// lonely puts a card beside the others that no cohort would have, and looks for it
// in every way that singles it out: by its place, by its help there, by a word on it.
func (w *watched) lonely(t *testing.T) {
	const far = "110119"
	require.NotContains(t, w.many(t, `select distinct area from exchange.cards where tier <> 'direct'`, pg.Args{}), far)
	alone := map[deid.Tier]string{}
	for tier := range tiers {
		alone[tier] = id.New()
		says := deid.NewCard(deid.CardID(alone[tier]), tier, deid.Tuple{Area: far}, 1, time.Unix(0, 0))
		_, err := w.Admin.Exec(t.Context(), `
			insert into exchange.cards
			select (jsonb_populate_record(c, jsonb_build_object('id', $1::text, 'area', $2::text, 'sentence_zh', $3::text))).*
			  from exchange.cards c
			 where c.tier = $4 and c.state = 'open' and c.need_group = 'care'
			 limit 1`, alone[tier], far, says.SentenceZh, tier)
		require.NoError(t, err)
		require.NoError(t, reindex(t, w, alone[tier]))
	}
	require.Equal(t, http.StatusOK, w.stranger.Get("/needs/"+alone[deid.Public]).Status, "it is there, for whoever has its id")
	for _, q := range []string{"area=" + far, "area=" + far + "&group=care", "q=延庆", "q=延庆&group=care", "q=yanqing", "q=Yanqing", "area=" + far + "&urgency=soon"} {
		for _, p := range []*portaltest.Page{w.stranger.Get("/needs?" + q), w.member.Get("/c/needs?" + q), w.member.Get("/api/v1/needs?limit=100&" + q)} {
			require.Equal(t, http.StatusOK, p.Status, q)
			for tier, card := range alone {
				if strings.Contains(p.Body, card) { // then many others are beside it
					require.GreaterOrEqual(t, len(anyID.FindAllString(p.Body, -1)), tiers[tier], q)
				}
			}
			if p.Path[:6] == "/needs" {
				require.NotContains(t, p.Body, alone[deid.Public], q)
			}
		}
	}
	for _, card := range alone {
		_, err := w.Admin.Exec(t.Context(), `update exchange.cards set state = 'withdrawn', version = version + 1 where id = $1`, card)
		require.NoError(t, err)
		require.NoError(t, reindex(t, w, card))
		_, err = w.Admin.Exec(t.Context(), `delete from exchange.cards where id = $1`, card)
		require.NoError(t, err)
	}
}

func reindex(t *testing.T, w *watched, id string) error {
	return card.Reindex(t.Context(), w.Pools.Exchange, w.tiers, id)
}

func query(pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q.Encode()
}

// figured says whether every number in a text is a multiple of five, or is the
// least that is told and says that there are fewer.
func figured(text string) bool {
	for _, number := range strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' }) {
		if !strings.HasSuffix(number, "0") && !strings.HasSuffix(number, "5") && number != "11" {
			return false
		}
	}
	return true
}

// asked is what engines and careless handlers take, and what our forms never send.
var asked = url.Values{
	"filter": {"condition = mobility"}, "facets": {"*"}, "facet": {"household_id"}, "facetName": {"condition"}, "facetQuery": {"a"},
	"distinct": {"household_id"}, "sort": {"condition:asc"}, "order": {"approved_at"}, "attributesToRetrieve": {"*"},
	"attributesToSearchOn": {"reason"}, "attributesToHighlight": {"*"}, "showMatchesPosition": {"true"}, "showRankingScoreDetails": {"true"},
	"matchingStrategy": {"last"}, "offset": {"1"}, "hitsPerPage": {"1"}, "vector": {"[0]"}, "hybrid": {"{}"}, "rankingScoreThreshold": {"0"},
	"age": {"80+"}, "size": {"1-2"}, "category": {"guaranteed"}, "tick": {"1"}, "until": {"1"}, "id": {nobody}, "household": {nobody},
	"need": {nobody}, "condition": {"mobility"}, "tier": {"verified"}, "state": {"withdrawn"}, "version": {"1"}, "rank": {"1"},
}

// raw sends what no form sends: pages answer as if nothing had been said, and
// the machine interface refuses in the same words whatever is asked.
func (w *watched) raw(t *testing.T) {
	public, verified := w.stranger.Get("/needs"), w.member.Get("/c/needs")
	for name, values := range asked {
		q := "?" + url.Values{name: values}.Encode()
		for path, plainly := range map[string][]string{"/needs": public.Links("main h3 a"), "/c/needs": verified.Links("main h3 a")} {
			p := w.stranger.Get(path + q)
			if path == "/c/needs" {
				p = w.member.Get(path + q)
			}
			require.Equal(t, http.StatusOK, p.Status, path+q)
			require.NotEmpty(t, plainly, path)
			require.Equal(t, plainly, p.Links("main h3 a"), "%s: the same cards in the same order", path+q)
		}
		p := w.member.Get("/api/v1/needs" + q)
		require.Equal(t, http.StatusUnprocessableEntity, p.Status, q)
		none := w.member.Get("/api/v1/needs?nosuchname=" + url.QueryEscape(values[0]))
		require.Equal(t, plain(none, "nosuchname"), plain(p, name), "an error text names what was asked and nothing that exists")
	}
	for _, wrong := range []string{"urgency=now", "urgency=*", "urgency=' or 1=1"} { // strangers cannot ask for it at all
		name, value, _ := strings.Cut(wrong, "=")
		p := w.member.Get("/c/needs?" + url.Values{name: {value}}.Encode())
		p.Told(t, wrong)
		require.Empty(t, p.All("ul.cards li"), wrong)
	}
	for _, wrong := range []string{"area=condition", "group=*", "page=999999", "area=zone:*", "q=" + strings.Repeat("a", 300)} {
		name, value, _ := strings.Cut(wrong, "=")
		p := w.stranger.Get("/needs?" + url.Values{name: {value}}.Encode())
		p.Told(t, wrong)
		require.Empty(t, p.All("ul.cards li"), wrong)
		for _, inside := range []string{"filterable", "household", "meili", "exchange.", "records."} {
			require.NotContains(t, strings.ToLower(p.Body), inside, wrong)
		}
	}
	require.NotEqual(t, http.StatusOK, w.member.Get("/api/v1/needs?area=110105&area=110106&group=care&urgency=soon&code=bathing&q=a&limit=1000").Status)
}

// spelling types what the records hold and no card says, letter by letter, with a
// letter more or other. A word may be one of our own, 瘫痪 for care at home, and find
// cards; but it finds all of those that say the same, or it would tell of a family.
func (w *watched) spelling(t *testing.T) {
	typed := []string{"王" + demo.NameMark, demo.NameMark, demo.PhoneMark + "0000001", demo.IdentityMark + "0019", "幸福里3号楼", "老伴瘫痪", "积蓄已经用完"}
	typed = append(typed, w.many(t, `select distinct condition from records.households`, pg.Args{})...)
	typed = append(typed, w.many(t, `select distinct reason from records.needs where reason <> '' order by 1 limit 8`, pg.Args{})...)
	typed = append(typed, w.homes[0].ID, w.homes[0].Region)
	words := map[string]bool{}
	for _, word := range typed {
		runes := []rune(word)
		for n := 1; n <= min(len(runes), 6); n++ {
			words[string(runes[:n])] = true
		}
		words[word], words[word+"x"], words["x"+word] = true, true, true
	}
	found := 0
	for word := range words {
		q, hits := url.Values{"q": {word}}.Encode(), map[string]bool{}
		var order []string
		for id := range w.pages(t, q, &order) {
			hits[id] = true
		}
		for _, n := range w.list(t, q) {
			hits[n["id"].(string)] = true
		}
		found += len(hits)
		require.Empty(t, w.parted(hits), word)
	}
	t.Logf("%d spellings found %d cards by words of ours", len(words), found)
	some := w.list(t, "q="+url.QueryEscape("用品"))
	require.NotEmpty(t, some, "what stands on cards is found")
	require.NotEmpty(t, w.parted(map[string]bool{some[0]["id"].(string): true}), "a card found without its like would be seen")
}

// parted is a text that stands on cards of which some are found and others not. A
// list that ends at 200 finds no more of those that say the same.
func (w *watched) parted(hits map[string]bool) string {
	said := map[string]bool{}
	for id := range hits {
		said[string(w.behind[id].Tier)+document(w.behind[id])] = true
	}
	for tier, kept := range w.kept {
		found := 0
		for id := range hits {
			if w.behind[id].Tier == tier {
				found++
			}
		}
		for id := range kept[len(kept)-1] {
			if text := string(tier) + document(w.behind[id]); said[text] && !hits[id] && found < 200 {
				return text
			}
		}
	}
	return ""
}
