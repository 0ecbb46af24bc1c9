// Package contract keeps services that a district has bought: so many units of
// one kind at one price, from one organisation, between two dates. A contract
// opens an offer of exactly its units, so that nothing can be claimed that was
// not bought, and its drawdown can be read at any time.
package contract

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"shanqiao/charities"
	"shanqiao/charities/offer"
	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/internal/region"
	"shanqiao/needs"
)

// Terms are what was agreed. District is needed from an officer of the city
// only; a district officer signs for the own district. Programme is the assistance
// in whose name it is bought, "" for "service"; Fund the public money that pays,
// BudgetFen what may be spent of it, 0 for all that was bought. Categories name
// fewer than the policy does, and then Basis is the paper that says so.
type Terms struct {
	Organisation string
	District     string
	Number       string
	Code         string
	UnitPriceFen int64
	Units        int
	Programme    string
	Fund         string
	BudgetFen    int64
	charities.Bounds
	Basis    string
	StartsOn time.Time
	EndsOn   time.Time
}

// Contract is the terms and the drawdown: units promised to families and units
// given to them.
type Contract struct {
	ID string
	Terms
	OrganisationName   string
	OrganisationNameEn string
	OfferState         string
	Committed          int
	Delivered          int
	CreatedAt          time.Time
}

// Left is how many units nobody has been promised.
func (c Contract) Left() int { return c.Units - c.Committed }

// DeliveredFen is what the units given have cost.
func (c Contract) DeliveredFen() int64 { return int64(c.Delivered) * c.UnitPriceFen }

// TotalFen is what the contract may cost at most.
func (c Contract) TotalFen() int64 { return int64(c.Units) * c.UnitPriceFen }

const columns = `c.id, c.organisation_id as organisation, c.district, c.number, c.code, c.unit_price_fen, c.units,
	c.programme, c.fund, c.budget_fen, c.least_age, c.most_age, c.categories, c.basis,
	c.starts_on, c.ends_on, g.name as organisation_name, g.name_en as organisation_name_en, o.state as offer_state, o.committed,
	coalesce((select sum(k.delivered) from exchange.claims k where k.offer_id = o.id), 0)::int as delivered,
	c.created_at`

const tables = `exchange.contracts c
	  join exchange.organisations g on g.id = c.organisation_id
	  join exchange.offers o on o.contract_id = c.id`

var (
	errNone     = fault.New(fault.NotFound, "contract.not_found")
	constraints = pg.Constraints{
		"contracts_number_key": {Kind: fault.Conflict, Key: "contract.number_taken",
			Fields: map[string]string{"number": "contract.number_taken"}},
	}
)

// Create enters a contract and opens its offer. The number is the contract's
// own on paper and stands once.
func Create(ctx context.Context, db pg.DB, by actor.Officer, t Terms) (string, error) {
	prefix, err := reach(by)
	if err != nil {
		return "", err
	}
	if by.Level == actor.DistrictRole {
		t.District = by.Region
	}
	wrong := t.wrong()
	if d, ok := region.DistrictOf(t.District); !ok || d.Code != t.District || !strings.HasPrefix(t.District, prefix) {
		wrong["district"] = "organisation.district_unknown"
	}
	if err := fault.InvalidFields(wrong); err != nil {
		return "", err
	}
	made := id.New()
	return made, pg.InTx(ctx, db, func(tx pg.DB) error {
		_, err := organisation.Standing(ctx, tx, t.Organisation)
		if err != nil && fault.Of(err) == fault.Forbidden {
			return fault.InvalidFields(map[string]string{"organisation": "project.organisation_unverified"})
		}
		if err != nil {
			return err
		}
		return enter(ctx, tx, by, made, t)
	})
}

func enter(ctx context.Context, tx pg.DB, by actor.Officer, made string, t Terms) error {
	_, err := tx.Exec(ctx, `
		insert into exchange.contracts (id, organisation_id, district, number, code, unit_price_fen, units,
		       programme, fund, budget_fen, least_age, most_age, categories, basis, starts_on, ends_on, created_by)
		values (@id, @organisation, @district, @number, @code, @price, @units,
		       @programme, @fund, @budget, @least, @most, @categories, @basis, @starts, @ends, @by)`,
		pg.Args{"id": made, "organisation": t.Organisation, "district": t.District, "number": t.Number,
			"code": t.Code, "price": t.UnitPriceFen, "units": t.Units, "starts": t.StartsOn, "ends": t.EndsOn,
			"programme": t.Programme, "fund": t.Fund, "budget": t.BudgetFen, "least": t.LeastAge, "most": t.MostAge,
			"categories": t.Categories, "basis": t.Basis, "by": by.Account})
	if err != nil {
		return constraints.Explain(err)
	}
	opened := id.New()
	_, err = tx.Exec(ctx, `
		insert into exchange.offers (id, kind, organisation_id, contract_id, codes, areas, capacity,
		       insured_until, trained, programme, fund, unit_fen, budget_fen, least_age, most_age, categories,
		       starts_on, ends_on)
		values (@id, 'purchased', @organisation, @contract, array[@code], array[@district], @units,
		       @ends, @trained, @programme, @fund, @price, @budget, @least, @most, @categories, @starts, @ends)`,
		pg.Args{"id": opened, "organisation": t.Organisation, "contract": made, "code": t.Code,
			"district": t.District, "units": t.Units, "starts": t.StartsOn, "ends": t.EndsOn,
			"trained": needed(t.Code), "programme": t.Programme, "fund": t.Fund, "price": t.UnitPriceFen,
			"budget": t.BudgetFen, "least": t.LeastAge, "most": t.MostAge, "categories": t.Categories})
	if err != nil {
		return err
	}
	return outbox.Append(ctx, tx, outbox.Exchange, offer.Opened(opened))
}

// List is the contracts of the officer's district, or of the city.
func List(ctx context.Context, db pg.DB, by actor.Officer) ([]Contract, error) {
	prefix, err := reach(by)
	if err != nil {
		return nil, err
	}
	return pg.Many[Contract](ctx, db, `
		select `+columns+`
		  from `+tables+`
		 where starts_with(c.district, @prefix)
		 order by c.ends_on desc, c.number
		 limit 500`, pg.Args{"prefix": prefix})
}

// For is one contract of the officer's district, or of the city.
func For(ctx context.Context, db pg.DB, by actor.Officer, contract string) (Contract, error) {
	prefix, err := reach(by)
	if err != nil {
		return Contract{}, err
	}
	return pg.One[Contract](ctx, db, errNone, `
		select `+columns+`
		  from `+tables+`
		 where c.id = @id and starts_with(c.district, @prefix)`,
		pg.Args{"id": contract, "prefix": prefix})
}

// reach is the beginning of the district codes an officer may see. A
// subdistrict buys nothing.
func reach(by actor.Officer) (string, error) {
	if prefix, ok := by.Area(); ok && by.Level != actor.SubdistrictRole {
		return prefix, nil
	}
	return "", fault.New(fault.Forbidden, "contract.not_your_office")
}

// Check cleans the terms and names every field that must change; which district
// an officer may buy for is for Create. A page calls it with what it could not read.
func (t *Terms) Check() error { return fault.InvalidFields(t.wrong()) }

func (t *Terms) wrong() map[string]string {
	t.Number = strings.TrimSpace(t.Number)
	wrong := map[string]string{}
	if n := len([]rune(t.Number)); n < 3 || n > 40 {
		wrong["number"] = "contract.number_wrong"
	}
	if !offer.CheckCodes([]string{t.Code}) {
		wrong["code"] = "offer.codes_wrong"
	}
	if t.UnitPriceFen < 0 || t.UnitPriceFen > 10_000_000 {
		wrong["unit_price"] = "contract.price_wrong"
	}
	if t.Units < 1 || t.Units > 1_000_000 {
		wrong["units"] = "contract.units_wrong"
	}
	t.Bounds, t.Programme, t.Basis = t.Settled(), cmp.Or(t.Programme, "service"), strings.TrimSpace(t.Basis)
	offer.WrongBounds(t.Bounds, wrong)
	if _, ok := needs.ProgrammeOf(t.Programme); !ok || t.Programme == "charity" {
		wrong["programme"] = "contract.programme_wrong"
	}
	if t.Fund != "" && !slices.Contains(charities.PublicFunds, t.Fund) {
		wrong["fund"] = "offer.fund_wrong"
	}
	if t.BudgetFen < 0 || t.BudgetFen > 0 && t.UnitPriceFen == 0 {
		wrong["budget"] = "contract.budget_wrong"
	}
	if n := len([]rune(t.Basis)); n > 200 || n == 0 && len(t.Categories) > 0 {
		wrong["basis"] = "contract.basis_missing"
	}
	if t.StartsOn.IsZero() {
		wrong["starts_on"] = "offer.date_missing"
	}
	if t.EndsOn.IsZero() || t.EndsOn.Before(t.StartsOn) {
		wrong["ends_on"] = "offer.dates_order"
	}
	return wrong
}
