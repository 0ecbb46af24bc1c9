package household

import (
	"context"
	"slices"
	"time"

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

// MemberEntry is what the chain says of a member who joined or left: who, by a
// reference that means nothing outside of this half.
type MemberEntry struct {
	Member   string `json:"member"`
	Relation string `json:"relation,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

// Join adds a member to a household, for example a newborn, who has no number yet.
func Join(ctx context.Context, db pg.DB, keys *Keys, by actor.Officer, household string, m Member) (string, error) {
	wrong := map[string]string{}
	m.Head = false
	m.check("", wrong)
	if err := fault.InvalidFields(wrong); err != nil {
		return "", err
	}
	var member string
	err := within(ctx, db, by, household, func(tx pg.DB) error {
		type place struct {
			Region string
			People int
		}
		// The household's row is held, so that two officers cannot both add the last one.
		at, err := pg.One[place](ctx, tx, errNotFound, `
			select h.region, (select count(*)::int from records.members m
			                   where m.household_id = h.id and m.left_on is null) as people
			  from records.households h where h.id = @id for update`, pg.Args{"id": household})
		if err != nil {
			return err
		}
		if at.People >= MaxMembers {
			return fault.InvalidFields(map[string]string{"members": "household.members_count"})
		}
		if member, err = insert(ctx, tx, keys, household, at.Region, m); err != nil {
			return err
		}
		return chain.Append(ctx, tx, household, by, chain.MemberJoined, "", MemberEntry{Member: member, Relation: m.Relation})
	})
	return member, constraints.Explain(err)
}

// Departures are why a member leaves.
var Departures = []string{"died", "married", "moved", "divorced", "institution", "other"}

// Leave ends a membership on a day. The head cannot leave before another is the head.
func Leave(ctx context.Context, db pg.DB, by actor.Officer, household, member string, on time.Time, reason string) error {
	if !slices.Contains(Departures, reason) {
		return fault.InvalidFields(map[string]string{"reason": "form.unknown_choice"})
	}
	if !id.Valid(member) {
		return errNotFound
	}
	return within(ctx, db, by, household, func(tx pg.DB) error {
		done, err := tx.Exec(ctx, `
			update records.members set left_on = @on
			 where id = @member and household_id = @household and left_on is null and not head
			   and @on::date <= (now() at time zone 'Asia/Shanghai')::date`,
			pg.Args{"member": member, "household": household, "on": on})
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return fault.New(fault.Conflict, "household.cannot_leave")
		}
		return chain.Append(ctx, tx, household, by, chain.MemberLeft, "", MemberEntry{Member: member, Reason: reason})
	})
}

// Reach changes a living member's phone. Empty removes it.
func Reach(ctx context.Context, db pg.DB, keys *Keys, by actor.Officer, household, member string, phone secret.String) error {
	if phone != "" {
		if phone = secret.NormalPhone(phone.Reveal()); phone == "" {
			return fault.InvalidFields(map[string]string{"phone": "household.phone_wrong"})
		}
	}
	if !id.Valid(member) {
		return errNotFound
	}
	return within(ctx, db, by, household, func(tx pg.DB) error {
		done, err := tx.Exec(ctx, `
			update records.members set phone_sealed = @sealed, phone_blind = @blind
			 where id = @member and household_id = @household and left_on is null`,
			pg.Args{"member": member, "household": household, "blind": keys.Blind("phone", phone),
				"sealed": keys.Seal(secret.Place{Table: "members", Column: "phone_sealed", Row: member}, phone)})
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return errNotFound
		}
		return chain.Append(ctx, tx, household, by, chain.DataChanged, "", MemberEntry{Member: member, Reason: "phone"})
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
