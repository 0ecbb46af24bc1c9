package office

import (
	"net/http"

	"shanqiao/internal/actor"
	"shanqiao/needs/chain"
	"shanqiao/needs/declaration"
	"shanqiao/needs/household"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// completing is the part of the record's page that says what is still missing and
// leads to the pages that add it.
type completing struct {
	Missing []string
	Steps   []action
	People  []person
}

// person is a member with what may be done about the member's data.
type person struct {
	Name  string
	Who   string
	Steps []action
}

// completion lists what a record lacks: a declared household arrives with its head
// and nothing else.
func completion(l *locale.Locale, home household.Household, entries []chain.Entry) (*completing, error) {
	declared, err := declaredPeople(entries)
	if err != nil {
		return nil, err
	}
	base, living := "/s/households/"+home.ID, home.Living()
	c := &completing{Steps: []action{
		{l.T("office.act.join"), base + "/join", false},
		{l.T("office.act.change"), base + "/change", false},
		{l.T("office.act.address"), base + "/address", false},
	}}
	if declared > len(living) {
		c.Missing = append(c.Missing, l.T("office.complete.people", "declared", declared, "known", len(living)))
	}
	if home.Address == "" {
		c.Missing = append(c.Missing, l.T("office.complete.no_address"))
	}
	if home.Category == household.Categories[0] {
		c.Missing = append(c.Missing, l.T("office.complete.no_category"))
	}
	if home.Income == nil {
		c.Missing = append(c.Missing, l.T("office.complete.no_income"))
	}
	unborn := 0
	for _, m := range living {
		if m.Born == nil {
			unborn++
		}
		at := base + "/members/" + m.ID
		p := person{Name: m.Name.Reveal(), Who: l.T("office.relation." + m.Relation), Steps: []action{
			{l.T("office.act.correct"), at + "/correct", false}, {l.T("office.act.phone"), at + "/phone", false}}}
		if !m.Head {
			p.Steps = append(p.Steps, action{l.T("office.act.leave"), at + "/leave", false})
		}
		c.People = append(c.People, p)
	}
	if unborn > 0 {
		c.Missing = append(c.Missing, l.T("office.complete.no_born", "n", unborn))
	}
	return c, nil
}

// declaredPeople is how many live there by the latest declaration; 0 without one.
func declaredPeople(entries []chain.Entry) (int, error) {
	n := 0
	for _, e := range entries {
		if e.Kind != chain.Declared {
			continue
		}
		var said declaration.Said
		if err := e.Read(&said); err != nil {
			return 0, err
		}
		n = max(said.People, 0)
	}
	return n, nil
}

// homeOf is the household of a page that completes its record. One that is closed
// is not there to be completed.
func (o *Office) homeOf(r *http.Request, by actor.Officer) (household.Household, error) {
	id, err := route.ID(r, "household")
	if err != nil {
		return household.Household{}, err
	}
	home, err := household.Look(r.Context(), o.Records, o.Keys, by, id, household.ToComplete)
	if err == nil && home.ClosedAt != nil {
		return home, route.NotHere
	}
	return home, err
}

// memberOf is the living member that a page names, with the household.
func (o *Office) memberOf(r *http.Request, by actor.Officer) (household.Household, household.Member, error) {
	id, err := route.ID(r, "member")
	if err != nil {
		return household.Household{}, household.Member{}, err
	}
	home, err := o.homeOf(r, by)
	if err != nil {
		return home, household.Member{}, err
	}
	for _, m := range home.Living() {
		if m.ID == id {
			return home, m, nil
		}
	}
	return home, household.Member{}, route.NotHere
}

// wordsOf are options whose words the desk uses elsewhere already.
func wordsOf(l *locale.Locale, prefix string, codes ...string) []form.Option {
	options := make([]form.Option, len(codes))
	for i, c := range codes {
		options[i] = form.Option{Value: c, Text: l.T(prefix + c)}
	}
	return options
}

// personFacts say who a page is about, beside the name in its heading.
func personFacts(l *locale.Locale, m household.Member) []html.Fact {
	facts := []html.Fact{fact(l.T("office.col.relation"), l.T("office.relation."+m.Relation))}
	if m.Identity != "" {
		facts = append(facts, fact(l.T("office.col.identity"), masked(m.Identity.Reveal())))
	}
	return facts
}
