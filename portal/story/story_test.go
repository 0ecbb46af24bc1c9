package story_test

import (
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/needs/chain"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/story"
)

// full is a payload that says something of everything.
const full = `{"code":"bathing","quantity":4,"units":2,"name":"邻里助老社","answer":"accepted","result":"as_agreed",
	"on":"2026-11-23","reason":"helped","channel":"online","delivery":"d","region":"110105015","entry":2,"days":30,
	"people":3,"purchased":1,"charity":2,"hardships":["medical","heating"],"fields":["call_name","phone"],
	"needs":[{"code":"meals","quantity":20}],"what":["address"],"secret":"王桂英"}`

// absent is a payload of a visit in vain.
const absent = `{"result":"person_absent","on":"2026-11-23","code":"bathing","answer":"rejected","channel":"counter","reason":"moved_away"}`

// toFamily is how the family is spoken to, and nobody else.
var toFamily = regexp.MustCompile(`您|(?i)\byour?s?\b`)

func TestTell(t *testing.T) {
	t.Parallel()
	for _, l := range locale.Languages {
		for _, voice := range []story.Voice{story.Family, story.Staff} {
			for _, k := range chain.Kinds() {
				for _, role := range append(actor.Roles, actor.SystemRole) {
					told := tell(t, l, voice, k, role)
					require.NotContains(t, told, locale.Missing, "%s in %s", k, l)
					require.NotContains(t, told, "{", "%s in %s", k, l)
					require.NotContains(t, told, "王桂英", "only what is known to be harmless is told")
					if l == locale.En {
						require.NotRegexp(t, `\p{Han}`, told, k)
					}
					if voice == story.Staff {
						require.NotRegexp(t, toFamily, told, "%s is told to staff as to the family", k)
					} else {
						require.NotRegexp(t, `家庭自己|家庭确认|家庭同意|家庭收回|(?i)the household (confirmed|agreed|took)|· the household`, told, "%s is told to the family as to staff", k)
					}
				}
			}
		}
		for _, role := range append(actor.Roles, actor.SystemRole) {
			require.True(t, locale.For(l).Has("chain.by."+string(role)), role)
		}
	}
}

// tell is all that is told of an entry of a kind: as it was, of a small payload,
// and after its content was erased.
func tell(t *testing.T, l locale.Language, voice story.Voice, k chain.Kind, role actor.Role) string {
	t.Helper()
	said := full
	if k == chain.Confirmed {
		said = `{"answer":"partly","delivery":"d"}`
	}
	told := ""
	for _, payload := range []json.RawMessage{json.RawMessage(said), json.RawMessage(absent), nil} {
		if k == chain.Confirmed && string(payload) == absent {
			continue
		}
		e := chain.Entry{Seq: 3, Kind: k, At: time.Unix(0, 0), Role: role, Payload: payload, Corrects: 1}
		steps, err := story.Tell(locale.For(l), voice, []chain.Entry{e})
		require.NoError(t, err)
		told += steps[0].At + steps[0].Title + steps[0].Body
	}
	return told
}

func TestVoices(t *testing.T) {
	t.Parallel()
	title := func(l locale.Language, voice story.Voice, k chain.Kind) string {
		steps, err := story.Tell(locale.For(l), voice, []chain.Entry{{Kind: k, Role: actor.CitizenRole}})
		require.NoError(t, err)
		return steps[0].Title
	}
	require.Equal(t, "您家确认了帮助", title(locale.Zh, story.Family, chain.Confirmed))
	require.Equal(t, "家庭确认了帮助", title(locale.Zh, story.Staff, chain.Confirmed))
	require.Equal(t, "You confirmed the help", title(locale.En, story.Family, chain.Confirmed))
	require.Equal(t, "The household confirmed the help", title(locale.En, story.Staff, chain.Confirmed))
	require.Equal(t, title(locale.Zh, story.Family, chain.Delivered), title(locale.Zh, story.Staff, chain.Delivered), "the same words where they fit both")
}

// TestOrganisation calls it as the reader's language does, where it has such a name.
func TestOrganisation(t *testing.T) {
	t.Parallel()
	told := func(l locale.Language, payload string) html.Fact {
		steps, err := story.Tell(locale.For(l), story.Staff, []chain.Entry{{Kind: chain.Claimed, Payload: json.RawMessage(payload)}})
		require.NoError(t, err)
		require.Len(t, steps[0].Facts, 1)
		return steps[0].Facts[0]
	}
	both := `{"code":"bathing","units":1,"name":"邻里助老社","name_en":"Good Neighbours"}`
	require.Equal(t, html.Fact{Label: "Organisation", Value: "Good Neighbours", Lang: "en"}, told(locale.En, both))
	require.Equal(t, html.Fact{Label: "机构", Value: "邻里助老社", Lang: "zh-CN"}, told(locale.Zh, both))
	require.Equal(t, html.Fact{Label: "Organisation", Value: "邻里助老社", Lang: "zh-CN"}, told(locale.En, `{"code":"bathing","units":1,"name":"邻里助老社"}`))
}

func TestFields(t *testing.T) {
	t.Parallel()
	require.Equal(t, "称呼、电话、住址、大概年纪", story.Fields(locale.For(locale.Zh), []string{"address", "member_age_band", "phone", "call_name"}))
	require.Equal(t, []string{"phone", "address", "unheard_of"}, story.InOrder([]string{"unheard_of", "address", "phone"}))
}

// TestConfirmed tells help that did not come, or not all of it, from help that did.
func TestConfirmed(t *testing.T) {
	t.Parallel()
	step := func(answer string) html.Step {
		steps, err := story.Tell(locale.For(locale.En), story.Staff, []chain.Entry{{Kind: chain.Confirmed, Payload: json.RawMessage(`{"answer":"` + answer + `","delivery":"d"}`)}})
		require.NoError(t, err)
		return steps[0]
	}
	require.Equal(t, html.Good, step("received").Tone)
	for answer, body := range map[string]string{"partly": "Part of it arrived.", "not_received": "It did not arrive."} {
		got := step(answer)
		require.Equal(t, html.Step{At: got.At, Title: "The household says that not all came", Body: body, Tone: html.Urgent}, got)
	}
}

func TestNeeded(t *testing.T) {
	t.Parallel()
	steps, err := story.Tell(locale.For(locale.En), story.Staff, []chain.Entry{{Kind: chain.Assessed,
		Payload: json.RawMessage(`{"needs":[{"code":"bathing","quantity":2},{"code":"meals","quantity":20}]}`)}})
	require.NoError(t, err)
	require.Regexp(t, "^Bathing help, 2\u00a0visits; .+, 20\u00a0meals$", steps[0].Body)
}

func TestChanged(t *testing.T) {
	t.Parallel()
	for payload, want := range map[string]string{
		`{"what":["born","identity"],"member":"m"}`: "出生日期、身份证号",
		`{"reason":"phone","member":"m"}`:           "电话",
		`{"before":{"category":"a","monthly_income_fen":1},"after":{"category":"b","monthly_income_fen":null}}`:                              "救助类别、月收入",
		`{"before":{"category":"a","condition":"c","monthly_income_fen":1},"after":{"category":"a","condition":"c","monthly_income_fen":1}}`: "",
		`{"what":["王桂英"]}`: "",
	} {
		steps, err := story.Tell(locale.For(locale.Zh), story.Staff, []chain.Entry{{Kind: chain.DataChanged, Payload: json.RawMessage(payload)}})
		require.NoError(t, err)
		require.Equal(t, want, steps[0].Body, payload)
	}
	steps, err := story.Tell(locale.For(locale.Zh), story.Family, []chain.Entry{{Kind: chain.Corrected, Corrects: 1, Payload: json.RawMessage(`{"what":["sex"]}`)}})
	require.NoError(t, err)
	require.Equal(t, "更正第 1\u00a0条：性别", steps[0].Body)
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
	require.Equal(t, "Bathing help, 1\u00a0visit", waiting[0].What)
	require.Equal(t, "23 November 2026", waiting[0].On)
	require.True(t, story.Confirmed(entries, "a"))
	require.False(t, story.Confirmed(entries, "b"))
}
