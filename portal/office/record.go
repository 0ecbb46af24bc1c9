package office

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/needs/chain"
	"shanqiao/needs/consent"
	"shanqiao/needs/household"
	"shanqiao/needs/introduction"
	"shanqiao/needs/worklist"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
	"shanqiao/portal/story"
)

type recordView struct {
	Number     string
	Head       string
	Bar        []html.Fact // who this is, always in sight
	Facts      []html.Fact
	Actions    []action
	Members    *table
	Needs      *table
	NoNeeds    string
	Consents   *table
	Complete   *completing
	Looks      *table
	Readings   *table
	Deliveries *table
	Chain      []html.Step
}

var recordPage = html.Define[recordView]("office/household")

// record is everything that the page of a household shows, as it was read.
type record struct {
	home      household.Household
	needs     []worklist.Need
	given     []consent.Given
	looks     []introduction.Disclosure
	delivered []worklist.Delivery
	entries   []chain.Entry
	read      []household.Reading
}

// household is the whole record with its chain, the latest entry first.
func (o *Office) household(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	id, err := route.ID(r, "household")
	if err != nil {
		return err
	}
	rec, err := o.record(r.Context(), by, id)
	if err != nil {
		return err
	}
	v, err := o.recordView(html.Locale(r), by, rec)
	if err != nil {
		return err
	}
	return recordPage.Write(w, r, http.StatusOK, v)
}

// record reads a household. Looking comes first: it answers whether the household
// is the officer's, and writes the look down, so that the reader stands in read.
func (o *Office) record(ctx context.Context, by actor.Officer, id string) (record, error) {
	var rec record
	var err error
	if rec.home, err = household.Look(ctx, o.Records, o.Keys, by, id, household.ToFollow); err != nil {
		return rec, err
	}
	if rec.needs, err = worklist.OfHousehold(ctx, o.Records, by, id); err != nil {
		return rec, err
	}
	if rec.given, err = consent.Of(ctx, o.Records, by, id); err != nil {
		return rec, err
	}
	if rec.looks, err = introduction.Looks(ctx, o.Records, by, id); err != nil {
		return rec, err
	}
	if rec.delivered, err = worklist.DeliveriesOf(ctx, o.Records, by, id); err != nil {
		return rec, err
	}
	if rec.entries, err = chain.For(ctx, o.Records, by, id); err != nil {
		return rec, err
	}
	rec.read, err = household.Readings(ctx, o.Records, by, id)
	return rec, err
}

// recordView lays a record out for one reader. A closed one is only looked at.
func (o *Office) recordView(l *locale.Locale, by actor.Officer, rec record) (recordView, error) {
	told, err := toldWithBasis(l, rec.entries)
	if err != nil {
		return recordView{}, err
	}
	home := rec.home
	v := recordView{Number: home.Number, Head: home.Head().Name.Reveal(), Bar: bar(l, by, home), Facts: homeFacts(l, home),
		Members: memberTable(l, home, o), NoNeeds: l.T("office.household.no_needs"), Chain: told}
	if home.ClosedAt == nil && acts(by) {
		if v.Complete, err = completion(l, home, rec.entries); err != nil {
			return recordView{}, err
		}
	}
	if home.ClosedAt == nil && street(by) {
		v.Actions = []action{{l.T("office.act.assess"), "/s/households/" + home.ID + "/assess", true}}
	}
	if len(rec.needs) > 0 {
		v.Needs = needTable(l, "office.household.needs", rec.needs, true)
	}
	if len(rec.given) > 0 {
		v.Consents = consentTable(l, by, rec.given)
	}
	if len(rec.looks) > 0 {
		v.Looks = lookTable(l, rec.looks)
	}
	if len(rec.delivered) > 0 {
		v.Deliveries = deliveryTable(l, "office.household.deliveries", acts(by), rec.delivered, true)
	}
	if len(rec.read) > 0 {
		v.Readings = readingTable(l, rec.read)
	}
	return v, nil
}

// toldWithBasis tells a chain to staff, who see the clause that each entry rests on.
func toldWithBasis(l *locale.Locale, entries []chain.Entry) ([]html.Step, error) {
	told, err := story.Tell(l, story.Staff, entries)
	if err != nil {
		return nil, err
	}
	for i, e := range slices.Backward(entries) {
		step := &told[len(entries)-1-i]
		step.Facts = append(step.Facts, html.Fact{Label: l.T("office.household.basis"), Value: e.Basis, Lang: "zh-CN"})
	}
	return told, nil
}

func bar(l *locale.Locale, by actor.Officer, home household.Household) []html.Fact {
	return []html.Fact{
		{Label: l.T("office.col.place"), Value: place(l, by, home.Region)},
		fact(l.T("office.col.category"), l.T("office.category."+home.Category)),
		fact(l.T("office.col.people"), l.Number(int64(len(home.Living())))),
	}
}

func homeFacts(l *locale.Locale, home household.Household) []html.Fact {
	income := l.T("office.household.income_unknown")
	if home.Income != nil {
		income = l.Money(*home.Income)
	}
	facts := []html.Fact{
		fact(l.T("office.col.phone"), cmp.Or(home.Head().Phone.Reveal(), l.T("office.complete.none"))),
		address(l, home),
		fact(l.T("office.col.condition"), l.T("office.condition."+home.Condition)),
		fact(l.T("office.col.income"), income),
		fact(l.T("office.col.recorded"), l.Date(home.CreatedAt)),
	}
	follows := "office.household.not_followed"
	if home.Account != "" {
		follows = "office.household.followed"
	}
	facts = append(facts, fact(l.T("office.col.follows"), l.T(follows)))
	if home.ClosedAt != nil {
		facts = append(facts, fact(l.T("office.col.closed"), l.Date(*home.ClosedAt)))
	}
	return facts
}

func address(l *locale.Locale, home household.Household) html.Fact {
	if home.Address == "" {
		return fact(l.T("office.col.address"), l.T("office.complete.none"))
	}
	return html.Fact{Label: l.T("office.col.address"), Value: home.Address.Reveal(), Lang: "zh-CN"}
}

func memberTable(l *locale.Locale, home household.Household, o *Office) *table {
	t := newTable(l, "office.household.members", "name", "relation", "age", "sex", "disability", "identity")
	for _, m := range home.Living() {
		age := l.T("office.household.age_unknown")
		if m.Born != nil {
			age = l.T("office.household.age", "n", years(*m.Born, o.day()))
		}
		t.add(chinese(m.Name.Reveal()), text(l.T("office.relation."+m.Relation)), text(age),
			text(l.T("office.sex."+m.Sex)), text(l.T("office.disability."+m.Disability)), text(masked(m.Identity.Reveal())))
	}
	return t
}

// masked shows as much of an identity number as is read out to compare it.
func masked(identity string) string {
	if len(identity) < 18 {
		return "—"
	}
	return identity[:3] + "···········" + identity[14:]
}

func consentTable(l *locale.Locale, by actor.Officer, given []consent.Given) *table {
	heads := []string{"organisation", "worker", "need", "fields", "until", "state"}
	steps := acts(by) && slices.ContainsFunc(given, func(g consent.Given) bool { return g.Live })
	if steps {
		heads = append(heads, "step")
	}
	t := newTable(l, "office.household.consents", heads...)
	t.Steps = steps
	for _, g := range given {
		state, step := html.Badge{Tone: html.Ended, Text: l.T("office.consent.over")}, text("")
		if g.Live {
			state = html.Badge{Tone: html.Good, Text: l.T("office.consent.live")}
			if steps {
				step = link(l.T("office.act.withdraw_consent"), "/s/consents/"+g.ID+"/withdraw")
			}
		}
		name, spoken := l.Pick(g.Organisation, g.OrganisationEn)
		cells := []cell{{Text: name, Lang: spoken, Href: "/s/claims/" + g.ClaimID}, chinese(g.Worker), text(itemName(l, g.Code)),
			text(fieldList(l, g.Fields)), whole(l.Date(g.Until)), badge(state)}
		if steps {
			cells = append(cells, step)
		}
		t.add(cells...)
	}
	return t
}

func fieldList[T ~string](l *locale.Locale, fields []T) string {
	codes := make([]string, len(fields))
	for i, f := range fields {
		codes[i] = string(f)
	}
	return story.Fields(l, codes)
}

func years(born, on time.Time) int {
	n := on.Year() - born.Year()
	if on.Month() < born.Month() || on.Month() == born.Month() && on.Day() < born.Day() {
		n--
	}
	return n
}

func lookTable(l *locale.Locale, looks []introduction.Disclosure) *table {
	t := newTable(l, "office.household.looks", "at", "worker", "organisation", "need", "fields", "purpose")
	for _, d := range looks {
		name, spoken := l.Pick(d.Organisation, d.OrganisationEn)
		t.add(text(l.Time(d.At)), chinese(d.Worker), cell{Text: name, Lang: spoken, Href: "/s/claims/" + d.ClaimID},
			text(itemName(l, d.Code)), text(fieldList(l, d.Fields)), text(l.T("office.consent.purpose."+d.Purpose)))
	}
	return t
}
