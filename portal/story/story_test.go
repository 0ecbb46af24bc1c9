package story_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/needs/chain"
	"shanqiao/portal/locale"
	"shanqiao/portal/story"
)

// full is a payload that says something of everything.
const full = `{"code":"bathing","quantity":4,"units":2,"name":"邻里助老社","answer":"accepted","result":"as_agreed",
	"on":"2026-11-23","reason":"helped","channel":"online","delivery":"d","region":"110105015","entry":2,"days":30,
	"people":3,"purchased":1,"charity":2,"hardships":["medical","heating"],"fields":["call_name","phone"],
	"needs":[{"code":"meals","quantity":20}],"secret":"王桂英"}`

func TestTell(t *testing.T) {
	t.Parallel()
	for _, l := range locale.Languages {
		for _, k := range chain.Kinds() {
			said := full
			if k == chain.Confirmed {
				said = `{"answer":"partly","delivery":"d"}`
			}
			for _, payload := range []json.RawMessage{json.RawMessage(said), nil} {
				e := chain.Entry{Seq: 3, Kind: k, At: time.Unix(0, 0), Role: actor.SystemRole, Payload: payload, Corrects: 1}
				steps, err := story.Tell(locale.For(l), []chain.Entry{e})
				require.NoError(t, err)
				told := steps[0].At + steps[0].Title + steps[0].Body
				require.NotContains(t, told, locale.Missing, "%s in %s", k, l)
				require.NotContains(t, told, "{", "%s in %s", k, l)
				require.NotContains(t, told, "王桂英", "only what is known to be harmless is told")
				if l == locale.En {
					require.NotRegexp(t, `\p{Han}`, told, k)
				}
			}
		}
		for _, role := range append(actor.Roles, actor.SystemRole) {
			require.True(t, locale.For(l).Has("chain.by."+string(role)), role)
		}
	}
}

func TestToConfirm(t *testing.T) {
	t.Parallel()
	entry := func(k chain.Kind, delivery string) chain.Entry {
		return chain.Entry{Kind: k, Payload: json.RawMessage(`{"delivery":"` + delivery + `","code":"bathing","units":1,"on":"2026-11-23"}`)}
	}
	entries := []chain.Entry{entry(chain.Delivered, "a"), entry(chain.Delivered, "b"), entry(chain.Confirmed, "a")}
	waiting, err := story.ToConfirm(locale.For(locale.En), entries)
	require.NoError(t, err)
	require.Len(t, waiting, 1)
	require.Equal(t, "b", waiting[0].Delivery)
	require.Equal(t, "Bathing help, 1 visit", waiting[0].What)
	require.Equal(t, "23 November 2026", waiting[0].On)
	require.True(t, story.Confirmed(entries, "a"))
	require.False(t, story.Confirmed(entries, "b"))
}
