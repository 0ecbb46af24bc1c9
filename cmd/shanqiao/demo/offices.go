package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"shanqiao/charities"
	"shanqiao/charities/contract"
	"shanqiao/charities/organisation"
	"shanqiao/charities/project"
	"shanqiao/charities/volunteer"
	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/internal/region"
	"shanqiao/needs"
	"shanqiao/portal/account"
)

// staff makes the accounts of officers, an auditor and an administrator. One
// hash serves them all, because hashing is made slow on purpose.
func (t *town) staff(ctx context.Context) error {
	hash, err := account.Hash(ctx, Password)
	if err != nil {
		return err
	}
	officer := func(level actor.Role, login, name, place string) (actor.Officer, error) {
		made := account.New{Role: level, Login: login, Hash: hash, Name: name}
		if level != actor.CityRole { // the whole city is no one place
			made.Region = place
		}
		a, err := account.Create(ctx, t.Pools.Access, made)
		return actor.Officer{Account: a, Level: level, Region: place, Name: name}, err
	}
	for i, street := range t.streets() {
		var pair [2]actor.Officer
		for j, part := range []string{"a", "b"} {
			called := string([]rune(surnames)[(i*2+j)%60]) + "助理员"
			if pair[j], err = officer(actor.SubdistrictRole, street+part, called, street); err != nil {
				return err
			}
		}
		t.officers[street] = pair
	}
	for i, d := range region.Districts() {
		called := string([]rune(surnames)[i]) + "科长"
		if t.districts[d.Code], err = officer(actor.DistrictRole, "d"+d.Code, called, d.Code); err != nil {
			return err
		}
	}
	if err := t.allowNotes(ctx); err != nil {
		return err
	}
	if _, err = officer(actor.CityRole, "city", "市级值班员", region.City); err != nil {
		return err
	}
	for _, n := range []account.New{
		{Role: actor.AuditorRole, Login: "auditor", Name: "审计员"}, {Role: actor.AdministratorRole, Login: "admin", Name: "管理员"},
	} {
		n.Hash = hash
		if _, err := account.Create(ctx, t.Pools.Access, n); err != nil {
			return err
		}
	}
	return t.memberAccounts(ctx, hash)
}

// memberAccounts are those of organisations and of their volunteers.
func (t *town) memberAccounts(ctx context.Context, hash string) error {
	for _, p := range t.providers {
		m := actor.Member{Organisation: id.New(), Name: p.Contact}
		var err error
		m.Account, err = account.Create(ctx, t.Pools.Access, account.New{Role: actor.MemberRole, Login: p.Login,
			Hash: hash, Name: p.Contact, Organisation: m.Organisation})
		if err != nil {
			return err
		}
		c := charity{Member: m, provider: p}
		for h := range p.Helpers {
			v := helper{Volunteer: id.New(), Name: fmt.Sprintf("志愿者%d号", h+1)}
			v.Account, err = account.Create(ctx, t.Pools.Access, account.New{Role: actor.VolunteerRole,
				Login: fmt.Sprintf("%s-v%d", p.Login, h+1), Hash: hash, Name: v.Name, Volunteer: v.Volunteer})
			if err != nil {
				return err
			}
			c.helpers = append(c.helpers, v)
		}
		t.charities = append(t.charities, c)
	}
	return nil
}

// organisations apply, their districts verify them, and they say what they can give.
func (t *town) organisations(ctx context.Context) error {
	for _, c := range t.charities {
		if _, err := organisation.Apply(ctx, t.Pools.Exchange, c.Member, organisation.Application{
			Name: c.provider.Name, NameEn: c.NameEn, CreditCode: c.Code, Kind: c.Kind, District: c.District,
			Summary: c.Summary, Contact: c.Contact, Phone: "010-6000 0000",
		}); err != nil {
			return err
		}
		if !c.Verified {
			continue
		}
		err := organisation.Decide(ctx, t.Pools.Exchange, t.districts[c.District],
			organisation.Decision{Organisation: c.Organisation, To: organisation.Verified})
		if err != nil {
			return err
		}
		if err := t.offers(ctx, c); err != nil {
			return fmt.Errorf("offers of %s: %w", c.Login, err)
		}
	}
	return t.brands(ctx)
}

// offers of one organisation: a project of its own, its volunteers' time, or a
// contract with its district.
func (t *town) offers(ctx context.Context, c charity) error {
	from, to := t.today(), t.today().AddDate(0, 10, 0)
	places := t.Households/len(t.charities) + 20
	if t.Starved != "" { // where there is enough for all, nobody goes short
		places = max(2, places/8)
	}
	if c.Kind == organisation.Enterprise || c.Kind == organisation.SocialService {
		for i, code := range c.Gives[:2] {
			item, _ := needs.ItemOf(code)
			_, err := contract.Create(ctx, t.Pools.Exchange, t.districts[c.District], contract.Terms{
				Organisation: c.Organisation, Number: fmt.Sprintf("JZ-2026-%s-%s%d", c.District, strings.TrimPrefix(c.Login, "charity"), i+1),
				Code: string(code), UnitPriceFen: int64(8000 + 1500*i), Units: places * item.Packages[0],
				Fund: []string{"district", "lottery"}[i], StartsOn: from, EndsOn: to})
			if err != nil {
				return err
			}
		}
	}
	codes := make([]string, len(c.Gives))
	for i, code := range c.Gives {
		codes[i] = string(code)
	}
	plan, err := project.Draft(ctx, t.Pools.Exchange, c.Member, project.Plan{
		Organisation: c.Organisation, Title: c.provider.Name + "帮扶项目", TitleEn: c.NameEn + " aid project", Summary: c.Summary,
		SummaryEn: "Aid by " + c.NameEn + ".", Codes: codes, Areas: c.Areas, Places: places * 2,
		Fund: "donated", UnitFen: 20_000, BudgetFen: int64(places) * 2 * 20_000, StartsOn: from, EndsOn: to})
	if err != nil {
		return err
	}
	if err := project.Publish(ctx, t.Pools.Exchange, c.Member, plan); err != nil {
		return err
	}
	for i, v := range c.helpers {
		_, err := volunteer.Register(ctx, t.Pools.Exchange, c.Member, v.Volunteer, volunteer.Person{
			Account: v.Account, Name: v.Name, Skills: codes[:2], Areas: c.Areas, UnitsPerMonth: 8 + 4*i,
			InsuredUntil: insured(i, to), Trained: training(c.Gives), Qualified: qualifications(i, c.Gives)})
		if err != nil {
			return err
		}
	}
	return nil
}

// qualifications that a kind of need asks for, as two helpers of three have them.
func qualifications(i int, codes []needs.Code) []string {
	var all []string
	for _, c := range codes {
		if item, _ := needs.ItemOf(c); item.Qualification != "" && i%3 != 1 {
			all = append(all, item.Qualification)
		}
	}
	return all
}

// insured leaves every third volunteer without insurance, as happens.
func insured(i int, until time.Time) time.Time {
	if i%3 == 2 {
		return time.Time{}
	}
	return until
}

// brands are published by their districts and run by an organisation that can.
func (t *town) brands(ctx context.Context) error {
	for i, b := range brands {
		if b.district == t.Starved {
			continue
		}
		runner := t.charities[i%(len(t.charities)-2)]
		for _, c := range t.charities {
			if c.Verified && c.District == b.district {
				runner = c
			}
		}
		var codes []string
		for _, code := range b.codes {
			codes = append(codes, string(code))
		}
		officer := t.districts[b.district]
		plan, err := project.Draft(ctx, t.Pools.Exchange, officer, project.Plan{
			Organisation: runner.Organisation, BrandRegion: b.district, Title: b.title, TitleEn: b.en, Summary: b.summary,
			SummaryEn: b.summaryEn, Codes: codes, Areas: []string{b.district}, Places: 120 + 40*i,
			Bounds: charities.Bounds{LeastAge: b.least, MostAge: b.most}, Fund: "donated", StartsOn: t.today(), EndsOn: t.today().AddDate(1, 0, 0)})
		if err != nil {
			return err
		}
		if err := project.Publish(ctx, t.Pools.Exchange, officer, plan); err != nil {
			return err
		}
	}
	return nil
}
