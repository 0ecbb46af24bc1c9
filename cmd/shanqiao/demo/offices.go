package demo

import (
	"context"
	"fmt"
	"time"

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
		a, err := account.Create(ctx, t.Pools.Access, account.New{Role: level, Login: login, Hash: hash, Name: name,
			Region: map[bool]string{true: "", false: place}[level == actor.CityRole]})
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

func (t *town) memberAccounts(ctx context.Context, hash string) error {
	for _, p := range t.providers {
		m := actor.Member{Organisation: id.New(), Name: p.Contact}
		var err error
		m.Account, err = account.Create(ctx, t.Pools.Access, account.New{Role: actor.MemberRole, Login: p.Login,
			Hash: hash, Name: p.Contact, Organisation: m.Organisation})
		if err != nil {
			return err
		}
		member := member_{Member: m, provider: p, workers: []string{m.Account}}
		for h := range p.Helpers {
			volunteer := id.New()
			a, err := account.Create(ctx, t.Pools.Access, account.New{Role: actor.VolunteerRole,
				Login: fmt.Sprintf("%s-v%d", p.Login, h+1), Hash: hash, Name: fmt.Sprintf("志愿者%d号", h+1),
				Volunteer: volunteer})
			if err != nil {
				return err
			}
			member.workers = append(member.workers, volunteer+"/"+a)
		}
		t.members = append(t.members, member)
	}
	return nil
}

// organisations apply, their districts verify them, and they say what they can give.
func (t *town) organisations(ctx context.Context) error {
	for i := range t.members {
		m := &t.members[i]
		if _, err := organisation.Apply(ctx, t.Pools.Exchange, m.Member, organisation.Application{
			Name: m.provider.Name, NameEn: m.NameEn, CreditCode: m.Code, Kind: m.Kind, District: m.District,
			Summary: m.Summary, Contact: m.Contact, Phone: "010-6000 0000",
		}); err != nil {
			return err
		}
		if !m.Verified {
			continue
		}
		err := organisation.Decide(ctx, t.Pools.Exchange, t.districts[m.District],
			organisation.Decision{Organisation: m.Organisation, To: organisation.Verified})
		if err != nil {
			return err
		}
		if err := t.offers(ctx, m); err != nil {
			return fmt.Errorf("offers of %s: %w", m.Login, err)
		}
	}
	return t.brands(ctx)
}

// offers of one organisation: a project of its own, its volunteers' time, or a
// contract with its district.
func (t *town) offers(ctx context.Context, m *member_) error {
	from, to := t.today(), t.today().AddDate(0, 10, 0)
	places := t.Households/len(t.members) + 20
	if m.Kind == organisation.Enterprise || m.Kind == organisation.SocialService {
		for i, code := range m.Gives[:2] {
			item, _ := needs.ItemOf(code)
			_, err := contract.Create(ctx, t.Pools.Exchange, t.districts[m.District], contract.Terms{
				Organisation: m.Organisation, Number: fmt.Sprintf("JZ-2026-%s-%s-%d", m.District, m.Login, i+1),
				Code: string(code), UnitPriceFen: int64(8000 + 1500*i), Units: places * item.Packages[0], StartsOn: from, EndsOn: to})
			if err != nil {
				return err
			}
		}
	}
	codes := make([]string, len(m.Gives))
	for i, c := range m.Gives {
		codes[i] = string(c)
	}
	plan, err := project.Draft(ctx, t.Pools.Exchange, m.Member, project.Plan{
		Organisation: m.Organisation, Title: m.provider.Name + "帮扶项目", TitleEn: m.NameEn + " aid project", Summary: m.Summary,
		SummaryEn: "Aid by " + m.NameEn + ".", Codes: codes, Areas: m.Areas, Places: places * 2, StartsOn: from, EndsOn: to})
	if err != nil {
		return err
	}
	if err := project.Publish(ctx, t.Pools.Exchange, m.Member, plan); err != nil {
		return err
	}
	for i, worker := range m.workers[1:] {
		volunteerID, accountID := worker[:id.Length], worker[id.Length+1:]
		m.workers[i+1] = accountID
		_, err := volunteer.RegisterAs(ctx, t.Pools.Exchange, m.Member, volunteerID, volunteer.Person{
			Account: accountID, Name: fmt.Sprintf("志愿者%d号", i+1), Skills: codes[:2], Areas: m.Areas, UnitsPerMonth: 8 + 4*i,
			InsuredUntil: insured(i, to), Trained: training(m.Gives)})
		if err != nil {
			return err
		}
	}
	return nil
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
		runner := t.members[i%(len(t.members)-2)]
		for _, m := range t.members {
			if m.Verified && m.District == b.district {
				runner = m
			}
		}
		var codes []string
		for _, c := range b.codes {
			codes = append(codes, string(c))
		}
		officer := t.districts[b.district]
		plan, err := project.Draft(ctx, t.Pools.Exchange, officer, project.Plan{
			Organisation: runner.Organisation, BrandRegion: b.district, Title: b.title, TitleEn: b.en, Summary: b.summary,
			SummaryEn: b.summaryEn, Codes: codes, Areas: []string{b.district}, Places: 120 + 40*i,
			StartsOn: t.today(), EndsOn: t.today().AddDate(1, 0, 0)})
		if err != nil {
			return err
		}
		if err := project.Publish(ctx, t.Pools.Exchange, officer, plan); err != nil {
			return err
		}
	}
	return nil
}
