package journey

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/cmd/shanqiao/demo"
	"shanqiao/internal/actor"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/assessment"
	"shanqiao/needs/household"
	"shanqiao/portal/account"
)

// TestExcerptJourney walks an assessor's words from the desk to a card and back:
// written, approved by a second officer as they stand, read by a verified charity,
// and gone before anybody asks once a new name in the register is found in them.
func TestExcerptJourney(t *testing.T) {
	t.Parallel()
	town := found(t)
	hash, err := account.Hash(t.Context(), demo.Password)
	require.NoError(t, err)
	_, err = account.Create(t.Context(), town.Pools.Access,
		account.New{Role: actor.SubdistrictRole, Login: "third", Name: "冯助理员", Region: street, Hash: hash})
	require.NoError(t, err)
	need := town.draft(t)
	path := "/s/needs/" + need + "/excerpt"

	browser := chromium(t)
	person := func(name string, width int64) *person {
		p := arrive(t, browser, town.URL, name, width)
		if name != "charity" {
			p.signIn(name, demo.Password)
		}
		return p
	}
	district, assessor, approver := person("district", 1280), person("assessor", 360), person("approver", 1280)
	third, charity := person("third", 360), person("charity", 360)
	charity.register()
	district.verify()

	district.open("/s/excerpts")
	district.choose("decision", "on")
	district.fill("source", "区里的试点通知")
	district.day("since", "2026-01-01")
	district.next()
	district.sees("区里的试点通知")

	assessor.write(path, "陈桂兰每周2次康复训练，电话13800138000，上门请敲门。")
	approver.letOut(path, "陈桂兰", "康复训练")
	require.Equal(t, "approved", town.note(t, need))

	third.open(path)
	third.sees("已同意放出去")
	require.False(t, read[bool](third, `document.querySelector("main [name=words], main [name=decision]") !== null`), "a third person has nothing to change")
	assessor.write(path, "老人每周2次康复训练，上门请敲门等一等。")
	require.Equal(t, "written", town.note(t, need), "what is written anew is not what was approved")
	third.open(path)
	third.sees("等第二个人看")
	approver.letOut(path, "", "康复训练")

	approver.open("/s/approvals")
	approver.click(`//main//ul//h2/a`)
	approver.choose("decision", "approve")
	approver.follow("保存决定")
	town.tick(t)
	town.settled(t)

	card := town.of(t, `select card_id from records.listings where need_id = @need`, pg.Args{"need": need})
	charity.open("/c/needs/" + card)
	charity.sees("老人每周2次康复训练，上门请敲门等一等。")
	require.Equal(t, town.of(t, `select text from exchange.card_excerpts where card_id = @card`, pg.Args{"card": card}),
		read[string](charity, `document.querySelector("main blockquote").innerText`), "byte for byte what was approved")

	_, err = household.Register(t.Context(), town.Pools.Records, town.Keys, town.assessor, household.New{
		Region: street, Category: "marginal", Condition: "none", Members: []household.Member{{Head: true, Relation: "self", Name: "康复"}}})
	require.NoError(t, err)
	town.night(t)
	charity.open("/c/needs/" + card)
	charity.sees("送餐上门")
	charity.seesNot("康复训练")
	approver.open(path)
	approver.sees("登记过的名字")
	require.Equal(t, "taken_down", town.note(t, need))
	approver.choose("decision", "sentence")
	approver.follow("保存决定")
	require.Equal(t, "refused", town.note(t, need))
	require.Equal(t, "1", town.of(t, `
		select count(*)::text from records.chain_entries e join records.needs n on n.household_id = e.household_id
		 where n.id = @need and e.kind = 'excerpt_taken_down'`, pg.Args{"need": need}))
}

// draft is a need of one more family that waits for its approval.
func (s *town) draft(t *testing.T) string {
	t.Helper()
	born := time.Now().AddDate(-70, 0, 0).UTC().Truncate(24 * time.Hour)
	home, err := household.Register(t.Context(), s.Pools.Records, s.Keys, s.assessor, household.New{
		Region: street, Category: "marginal", Condition: "mobility",
		Members: []household.Member{{Head: true, Relation: "self", Name: "陈桂兰", Phone: "13800138000", Born: &born, Disability: "none", Sex: "unknown"}}})
	require.NoError(t, err)
	done, err := assessment.Assess(t.Context(), s.Pools.Records, s.assessor, assessment.Assessment{
		Household: home, RequestKey: "the-family-of-this-story", Answers: assessment.Answers{Guardianship: 2},
		Needs: []assessment.Line{{Code: "meals", Quantity: 20, Urgency: 3}}})
	require.NoError(t, err)
	return string(done.Needs[0])
}

func (s *town) note(t *testing.T, need string) string {
	t.Helper()
	return s.of(t, `select state from records.notes where need_id = @need`, pg.Args{"need": need})
}

// night has the workers read again what is out, as they do once a day.
func (s *town) night(t *testing.T) {
	t.Helper()
	require.NoError(t, pg.InTx(t.Context(), s.Pools.Records, func(tx pg.DB) error {
		return outbox.Append(t.Context(), tx, outbox.Records, outbox.Fact{Kind: "rescan-excerpts"})
	}))
	s.settled(t)
}

// day sets a date as the browser's own calendar does.
func (p *person) day(name, value string) {
	p.t.Helper()
	require.Equal(p.t, value, read[string](p, fmt.Sprintf(`document.querySelector('main [name=%q]').value = %[2]q`, name, value)))
}

// write: the assessor says in words of their own how to help well.
func (p *person) write(path, words string) {
	p.t.Helper()
	p.open(path)
	p.fill("words", words)
	p.next()
	p.sees("等第二个人看")
}

// letOut: a second officer sees what was cut and approves what is left of it.
func (p *person) letOut(path, cut, left string) {
	p.t.Helper()
	p.open(path)
	if cut != "" {
		p.sees(cut)
		require.NotContains(p.t, read[string](p, `document.querySelectorAll("main blockquote")[1].innerText`), cut)
	}
	require.Contains(p.t, read[string](p, `document.querySelectorAll("main blockquote")[1].innerText`), left)
	p.choose("decision", "as_shown")
	p.follow("保存决定")
}
