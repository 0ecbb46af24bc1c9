// Package offer reads what can be given. Offers are opened by the packages of
// their origin (project, volunteer, contract) and drawn on by claims; this
// package is where a row becomes a charities.Offer, once, for pages and for the
// matcher alike.
package offer

import (
	"context"
	"regexp"
	"slices"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/internal/region"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// Columns fill a charities.Offer by name: offers as o, their organisation as g.
const Columns = `o.id, o.kind, o.organisation_id as organisation, g.state as standing, o.codes, o.areas,
	o.capacity, o.committed, coalesce(o.insured_until, '0001-01-01') as insured_until, o.trained,
	o.starts_on, o.ends_on, o.state, o.created_at, o.qualified, o.least_age, o.most_age, o.categories, o.programme,
	o.fund, o.unit_fen, o.budget_fen, coalesce((
	  select max(b.until) from exchange.bans b
	   where b.organisation_id = o.organisation_id and b.lifted_at is null
	     and (b.volunteer_id is null or b.volunteer_id = o.volunteer_id)), '0001-01-01') as banned_until`

var errNone = fault.New(fault.NotFound, "offer.not_found")

// For is one offer, whoever's it is: for the matcher and for jobs.
func For(ctx context.Context, db pg.DB, offer string) (charities.Offer, error) {
	return pg.One[charities.Offer](ctx, db, errNone, `
		select `+Columns+`
		  from exchange.offers o
		  join exchange.organisations g on g.id = o.organisation_id
		 where o.id = @id`, pg.Args{"id": offer})
}

// Open is every offer that could take something now: open, not used up, of a
// verified organisation. A code narrows it; "" is all codes.
func Open(ctx context.Context, db pg.DB, code needs.Code) ([]charities.Offer, error) {
	return pg.Many[charities.Offer](ctx, db, `
		select `+Columns+`
		  from exchange.offers o
		  join exchange.organisations g on g.id = o.organisation_id
		 where o.state = 'open' and o.committed < o.capacity and g.state = 'verified'
		   and (@code = '' or @code = any(o.codes))
		 order by o.id`, pg.Args{"code": string(code)})
}

// Named is an offer with what its owner calls it: a project's title, which may
// have an English one beside it, a volunteer's name, a contract's number.
type Named struct {
	charities.Offer
	Title   string
	TitleEn string
}

// List is the offers of the member's own organisation, open ones first. An
// organisation that is not verified has none to show.
func List(ctx context.Context, db pg.DB, by actor.Member) ([]Named, error) {
	return pg.Many[Named](ctx, db, `
		select `+Columns+`,
		       coalesce(p.title, m.name, c.number, '') as title, coalesce(p.title_en, '') as title_en
		  from exchange.offers o
		  join exchange.organisations g on g.id = o.organisation_id
		  left join exchange.projects p on p.id = o.project_id
		  left join exchange.volunteers v on v.id = o.volunteer_id
		  left join exchange.members m on m.account_id = v.account_id
		  left join exchange.contracts c on c.id = o.contract_id
		 where o.organisation_id = @organisation and g.state = 'verified'
		 order by o.state = 'open' desc, o.created_at desc, o.id
		 limit 500`, pg.Args{"organisation": by.Organisation})
}

// Opened is the fact of a new offer.
func Opened(offer string) outbox.Fact {
	return outbox.Fact{Kind: "offer.opened", Ref: offer}
}

// Changed is the fact that an offer can take more, less or nothing now. It can
// happen often, so each is a fact of its own.
func Changed(offer string) outbox.Fact {
	return outbox.Fact{Kind: "offer.changed", Ref: offer, Key: "offer.changed:" + offer + ":" + id.New()}
}

var nineDigits = regexp.MustCompile(`^[0-9]{9}$`)

// CheckCodes says whether every code is in the service catalogue, once.
func CheckCodes(codes []string) bool {
	seen := map[string]bool{}
	for _, c := range codes {
		if _, ok := needs.ItemOf(needs.Code(c)); !ok || seen[c] {
			return false
		}
		seen[c] = true
	}
	return len(codes) > 0
}

// CheckAreas says whether every area is the city, a zone or a district, once.
// Subdistricts are too fine: a card never says one.
func CheckAreas(areas []string) bool {
	seen := map[string]bool{}
	for _, a := range areas {
		if region.Name(a) == a || nineDigits.MatchString(a) || seen[a] {
			return false
		}
		seen[a] = true
	}
	return len(areas) > 0
}

// CheckTrained says whether every training is one that the catalogue asks for.
func CheckTrained(trained []string) bool {
	for _, t := range trained {
		if !Training[t] {
			return false
		}
	}
	return true
}

// Training is every training that some kind of need asks for.
var Training = func() map[string]bool {
	all := map[string]bool{}
	for _, item := range needs.Catalogue() {
		if item.Training != "" {
			all[item.Training] = true
		}
	}
	return all
}()

// Qualifications is every qualification that some kind of need asks for.
var Qualifications = func() map[string]bool {
	all := map[string]bool{}
	for _, item := range needs.Catalogue() {
		if item.Qualification != "" {
			all[item.Qualification] = true
		}
	}
	return all
}()

// WrongBounds names the fields of bounds that must change.
func WrongBounds(b charities.Bounds, wrong map[string]string) {
	if b.LeastAge < 0 || b.MostAge > deid.Oldest {
		wrong["least_age"] = "offer.ages_wrong"
	}
	if b.MostAge < b.LeastAge {
		wrong["most_age"] = "offer.ages_order"
	}
	for _, c := range b.Categories {
		if !slices.Contains(needs.Categories, c) {
			wrong["categories"] = "offer.categories_wrong"
		}
	}
}
