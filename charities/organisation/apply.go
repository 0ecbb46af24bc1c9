package organisation

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/internal/region"
)

// Application is what an organisation says of itself. Contact is the person to
// ask for; Phone is the office's, a landline or a mobile.
type Application struct {
	Name       string
	NameEn     string
	CreditCode string
	Kind       Kind
	District   string // six digits: who verifies it
	Summary    string
	Contact    string
	Phone      string
}

var constraints = pg.Constraints{
	"organisations_credit_code_key": {Kind: fault.Conflict, Key: "organisation.code_taken",
		Fields: map[string]string{"credit_code": "organisation.code_taken"}},
}

// A landline with its area code, a mobile, or a service number.
var phoneShape = regexp.MustCompile(`^\+?[0-9][0-9 -]{4,18}[0-9]$`)

// Apply enters the organisation that the member's account was made for, or
// mends an application that was rejected. The state becomes applied; a district
// officer decides. The same application sent twice is one application, and a
// credit code that another organisation holds is Conflict
// "organisation.code_taken".
func Apply(ctx context.Context, db pg.DB, by actor.Member, a Application) (string, error) {
	if !id.Valid(by.Organisation) {
		return "", errNone
	}
	if err := a.Check(); err != nil {
		return "", err
	}
	return by.Organisation, pg.InTx(ctx, db, func(tx pg.DB) error {
		tag, err := tx.Exec(ctx, `
			insert into exchange.organisations
			       (id, name, name_en, credit_code, kind, district, summary, contact, phone, applied_by)
			values (@id, @name, @name_en, @code, @kind, @district, @summary, @contact, @phone, @by)
			on conflict (id) do update
			   set name = excluded.name, name_en = excluded.name_en, credit_code = excluded.credit_code,
			       kind = excluded.kind, district = excluded.district, summary = excluded.summary,
			       contact = excluded.contact, phone = excluded.phone,
			       state = 'applied', reason = '', decided_by = null, state_at = now(), applied_at = now()
			 where organisations.state = any(@from)`,
			pg.Args{"id": by.Organisation, "name": a.Name, "name_en": a.NameEn, "code": a.CreditCode,
				"kind": string(a.Kind), "district": a.District, "summary": a.Summary, "contact": a.Contact,
				"phone": a.Phone, "by": by.Account, "from": Applied.From()})
		if err != nil {
			return constraints.Explain(err)
		}
		if tag.RowsAffected() == 0 {
			return same(ctx, tx, by.Organisation, a.CreditCode)
		}
		return join(ctx, tx, by.Organisation, by.Account, by.Name)
	})
}

// same lets the same application through a second time and refuses a change of
// what is being looked at.
func same(ctx context.Context, tx pg.DB, organisation, code string) error {
	type row struct {
		CreditCode string
		State      State
	}
	r, err := pg.One[row](ctx, tx, errNone, `
		select credit_code, state
		  from exchange.organisations
		 where id = @id`, pg.Args{"id": organisation})
	if err == nil && (r.CreditCode != code || r.State != Applied) {
		return fault.New(fault.Conflict, "organisation.already_applied")
	}
	return err
}

// Check cleans an application and names every field that must change. A page
// calls it before it makes an account.
func (a *Application) Check() error {
	for _, s := range []*string{&a.Name, &a.NameEn, &a.Summary, &a.Contact, &a.Phone} {
		*s = clean(*s)
	}
	wrong := map[string]string{}
	between(wrong, "name", a.Name, 2, 60)
	between(wrong, "contact", a.Contact, 1, 30)
	between(wrong, "name_en", a.NameEn, 0, 120)
	between(wrong, "summary", a.Summary, 0, 500)
	code := NormalCode(a.CreditCode)
	switch {
	case strings.TrimSpace(a.CreditCode) == "":
		wrong["credit_code"] = "organisation.code_missing"
	case code == "":
		wrong["credit_code"] = "organisation.code_wrong"
	default:
		a.CreditCode = code
	}
	if !slices.Contains(Kinds, a.Kind) {
		wrong["kind"] = "organisation.kind_unknown"
	}
	if d, ok := region.DistrictOf(a.District); !ok || d.Code != a.District {
		wrong["district"] = "organisation.district_unknown"
	}
	if !phoneShape.MatchString(a.Phone) {
		wrong["phone"] = "organisation.phone_wrong"
	}
	return fault.InvalidFields(wrong)
}

func between(wrong map[string]string, field, value string, least, most int) {
	switch n := utf8.RuneCountInString(value); {
	case n == 0 && least > 0:
		wrong[field] = "organisation." + field + "_missing"
	case n < least || n > most:
		wrong[field] = "organisation." + field + "_length"
	}
}

// Free says whether a credit code may still be applied for: Conflict
// "organisation.code_taken" where another organisation holds it. The constraint
// decides in the end; this only spares making an account in vain.
func Free(ctx context.Context, db pg.DB, creditCode string) error {
	taken, err := pg.One[bool](ctx, db, nil, `
		select exists (select from exchange.organisations where credit_code = @code)`,
		pg.Args{"code": creditCode})
	if err == nil && taken {
		return constraints["organisations_credit_code_key"]
	}
	return err
}
