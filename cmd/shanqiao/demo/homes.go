package demo

import (
	"context"
	"fmt"
	"slices"

	"shanqiao/internal/actor"
	"shanqiao/internal/secret"
	"shanqiao/needs"
	"shanqiao/needs/assessment"
	"shanqiao/needs/declaration"
	"shanqiao/needs/household"
	"shanqiao/portal/account"
)

// households come to the register in three ways: every tenth declares online,
// three of ten at the counter, and the rest are found by the subdistrict.
func (t *town) households(ctx context.Context) error {
	return t.settle(ctx, 0, t.arrived(0))
}

// settle brings the families from one place in their order up to another.
func (t *town) settle(ctx context.Context, from, to int) error {
	return each(ctx, to-from, func(ctx context.Context, i int) error {
		i += from
		f := t.families[i]
		officers := t.officers[f.Region]
		var home, declared string
		var err error
		switch {
		case i%10 == 0:
			home, declared, err = t.declareOnline(ctx, i, f, officers[0])
		case i%10 <= 3:
			home, declared, err = t.declare(ctx, i, f, officers[0], officers[0])
		default:
			home, err = t.register(ctx, f, officers[0])
		}
		if err != nil {
			return fmt.Errorf("household %d: %w", i, err)
		}
		t.homes.Store(home, i)
		if i%30 == 10 || i%40 == 1 { // has just declared; the office has it on its list
			return nil
		}
		if declared != "" {
			if err := t.complete(ctx, f, home, officers[0]); err != nil {
				return fmt.Errorf("household %d, visit: %w", i, err)
			}
		}
		if i%10 == 0 { // the officer met who declared online, and lets that person follow the household
			if err := household.Link(ctx, t.Pools.Records, officers[0], home, declared); err != nil {
				return fmt.Errorf("household %d, link: %w", i, err)
			}
		}
		if err := t.assess(ctx, i, f, home, declared, officers); err != nil {
			return fmt.Errorf("household %d, assessment: %w", i, err)
		}
		return nil
	})
}

func (t *town) declareOnline(ctx context.Context, i int, f family, officer actor.Officer) (home, declared string, err error) {
	phone := secret.String(f.People[0].Phone)
	citizen, err := account.OfPhone(ctx, t.Pools.Access, t.Keys, phone)
	if err != nil {
		return "", "", err
	}
	return t.declare(ctx, i, f, actor.Citizen{Account: citizen}, officer)
}

// declare as whoever types: the citizen, or the officer at the counter.
func (t *town) declare(ctx context.Context, i int, f family, by actor.Actor, officer actor.Officer) (home, declared string, err error) {
	d := declaration.Declaration{
		RequestKey: t.key("household", i), People: len(f.People), Region: f.Region,
		Name: secret.String(f.People[0].Name), Identity: secret.String(f.People[0].Identity), Phone: secret.String(f.People[0].Phone),
		ContactTime: declaration.Times[i%len(declaration.Times)], Words: secret.String(f.Words), Pledged: true, CheckAgreed: true,
	}
	for _, h := range f.Hardships {
		d.Hardships = append(d.Hardships, declaration.Hardship(h))
	}
	for _, p := range f.People {
		switch years := t.At.Year() - p.Born.Year(); {
		case years > 60:
			d.Elders++
		case years < 18:
			d.Children++
		}
		if p.Disability != "none" {
			d.Disabled++
		}
	}
	sent, err := declaration.Submit(ctx, t.Pools.Records, t.Keys, by, d)
	if err != nil {
		return "", "", err
	}
	record, err := declaration.ForOfficer(ctx, t.Pools.Records, t.Keys, officer, sent)
	return record.Household, sent.String(), err
}

// register is the office's own finding, 主动发现: the household comes whole.
func (t *town) register(ctx context.Context, f family, officer actor.Officer) (string, error) {
	n := household.New{Region: f.Region, Address: secret.String(f.Address), Category: f.Category, Condition: f.Condition, Income: &f.Income}
	for _, p := range f.People {
		n.Members = append(n.Members, p.member())
	}
	return household.Register(ctx, t.Pools.Records, t.Keys, officer, n)
}

// complete writes down what a visit finds, where a declaration brought only the
// head: the others of the household, where it lives and how.
func (t *town) complete(ctx context.Context, f family, home string, officer actor.Officer) error {
	for _, p := range f.People[1:] {
		if _, err := household.Join(ctx, t.Pools.Records, t.Keys, officer, home, p.member()); err != nil {
			return err
		}
	}
	if err := household.Readdress(ctx, t.Pools.Records, t.Keys, officer, home, secret.String(f.Address)); err != nil {
		return err
	}
	record, err := household.Look(ctx, t.Pools.Records, t.Keys, officer, home, household.ToComplete)
	if err != nil {
		return err
	}
	head, found := record.Head(), f.People[0].member().Person()
	if !head.Person().Same(found) {
		if err := household.Correct(ctx, t.Pools.Records, t.Keys, officer, home, head.ID, head.Person(), found, ""); err != nil {
			return err
		}
	}
	seen := household.Facts{Category: record.Category, Condition: record.Condition, Income: record.Income}
	return household.Change(ctx, t.Pools.Records, officer, home, seen,
		household.Facts{Category: f.Category, Condition: f.Condition, Income: &f.Income}, "")
}

func (p person) member() household.Member {
	return household.Member{Head: p.Relation == "self", Relation: p.Relation, Name: secret.String(p.Name), Identity: secret.String(p.Identity),
		Phone: secret.String(p.Phone), Sex: p.Sex, Born: &p.Born, Disability: p.Disability, Student: p.Student}
}

// assess as the first officer finds it; the second approves, but for every
// twenty-fifth, which waits on the list.
func (t *town) assess(ctx context.Context, i int, f family, home, declared string, officers [2]actor.Officer) error {
	a := assessment.Assessment{Household: home, Declaration: declared, RequestKey: t.key("household", i),
		Answers: answers(f), SelfCare: selfCare(f)}
	for _, w := range f.Wants {
		a.Needs = append(a.Needs, assessment.Line{Code: w.Code, Quantity: w.Quantity, Urgency: w.Urgency})
	}
	done, err := assessment.Assess(ctx, t.Pools.Records, officers[0], a)
	if err != nil || i%25 == 24 {
		return err
	}
	for j, n := range done.Needs {
		if i%2 == 0 && t.mayTell(f, f.Wants[j].Code) {
			if err := t.tell(ctx, i, f, n, officers); err != nil {
				return err
			}
		}
		if err := assessment.Approve(ctx, t.Pools.Records, officers[1], n); err != nil {
			return err
		}
	}
	return nil
}

// answers follow from what the family lacks, so that the assessment reads true.
func answers(f family) assessment.Answers {
	a := assessment.Answers{Economy: 2, Inclusion: 1}
	if f.Category == "extreme_poverty" || f.Category == "minimum_living" {
		a.Economy = 3
	}
	if f.Condition != "none" {
		a.Health = 2
	}
	for _, w := range f.Wants {
		switch item, _ := needs.ItemOf(w.Code); {
		case item.For == "youngest":
			a.Education = 2
		case item.Group == needs.Care:
			a.Guardianship, a.Health = 2, max(a.Health, 2)
		case slices.Contains([]needs.Code{"home_adaptation", "small_repairs"}, w.Code):
			a.Housing = 2
		case w.Code == "job_guidance":
			a.Employment = 2
		case item.Group == needs.Concern:
			a.Inclusion = 2
		}
	}
	return a
}

func selfCare(f family) assessment.SelfCare {
	s := assessment.SelfCare{Assessed: f.Category == "extreme_poverty"}
	for _, w := range f.Wants {
		switch w.Code {
		case "bathing":
			s.Assessed, s.Bathing = true, true
		case "nursing":
			s.Assessed, s.Toilet, s.Transfer, s.Walking, s.Dressing = true, true, true, true, true
		case "wheelchair":
			s.Assessed, s.Walking = true, true
		}
	}
	return s
}
