package household

import (
	"context"
	"regexp"
	"slices"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/needs/chain"
)

// Facts are what may change about a household as a whole. Change is given what the
// officer saw before; if somebody changed it meanwhile, nothing is written.
type Facts struct {
	Category  string
	Condition string
	Income    *int64 // fen a month; nil: not known
}

// Changed is what the chain's entry says: the facts before and after.
type Changed struct {
	Before ChangedFacts `json:"before"`
	After  ChangedFacts `json:"after"`
}

// ChangedFacts are facts as an entry holds them.
type ChangedFacts struct {
	Category  string `json:"category"`
	Condition string `json:"condition"`
	Income    *int64 `json:"monthly_income_fen"`
}

// numbered finds what could be somebody's number. A basis stands on the chain for
// ever, so a person's papers are named by their kind.
var numbered = regexp.MustCompile(`[0-9]{11}`)

func checkBasis(basis string) string {
	switch {
	case !plain(secret.String(basis), maxBasis):
		return "household.basis_wrong"
	case numbered.MatchString(basis):
		return "household.basis_personal"
	}
	return ""
}

// Change replaces the facts seen with the facts now. basis is the document that
// shows them; empty, the visit.
func Change(ctx context.Context, db pg.DB, by actor.Officer, household string, seen, now Facts, basis string) error {
	wrong := map[string]string{}
	if !slices.Contains(Categories, now.Category) {
		wrong["category"] = "form.unknown_choice"
	}
	if !slices.Contains(Conditions, now.Condition) {
		wrong["condition"] = "form.unknown_choice"
	}
	if now.Income != nil && *now.Income < 0 {
		wrong["income"] = "household.income_negative"
	}
	if key := checkBasis(basis); key != "" {
		wrong["basis"] = key
	}
	if len(wrong) > 0 {
		return fault.InvalidFields(wrong)
	}
	return within(ctx, db, by, household, func(tx pg.DB) error {
		done, err := tx.Exec(ctx, `
			update records.households
			   set category = @category, condition = @condition, monthly_income_fen = @income
			 where id = @id and category = @was_category and condition = @was_condition
			   and monthly_income_fen is not distinct from @was_income`,
			pg.Args{"id": household, "category": now.Category, "condition": now.Condition, "income": now.Income,
				"was_category": seen.Category, "was_condition": seen.Condition, "was_income": seen.Income})
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return errMoved
		}
		return chain.Append(ctx, tx, household, by, chain.DataChanged, basis,
			Changed{Before: ChangedFacts(seen), After: ChangedFacts(now)})
	})
}

// within runs do in the officer's reach, for an id that has the shape of one.
func within(ctx context.Context, db pg.DB, by actor.Officer, household string, do func(tx pg.DB) error) error {
	if !id.Valid(household) {
		return errNotFound
	}
	return pg.As(ctx, db, by.Reach(), func(tx pg.DB) error {
		if _, err := pg.One[string](ctx, tx, errNotFound,
			`select id from records.households where id = @id`, pg.Args{"id": household}); err != nil {
			return err
		}
		return do(tx)
	})
}
