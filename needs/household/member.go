package household

import (
	"cmp"
	"context"
	"slices"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/needs/chain"
)

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
		if member, err = joined(ctx, tx, household, m.Request); err != nil || member != "" {
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

// joined is the member that a form added when it was sent before, or "". The
// household's row is held by then, so the first sending has ended.
func joined(ctx context.Context, tx pg.DB, household, request string) (string, error) {
	if request == "" {
		return "", nil
	}
	before, err := pg.Many[string](ctx, tx, `
		select id from records.members where household_id = @household and request_key = @request`,
		pg.Args{"household": household, "request": request})
	if err != nil || len(before) == 0 {
		return "", err
	}
	return before[0], nil
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
		if come, err := come(ctx, tx, on); err != nil || !come {
			return cmp.Or(err, fault.InvalidFields(map[string]string{"on": "household.day_ahead"}))
		}
		done, err := tx.Exec(ctx, `
			update records.members set left_on = @on
			 where id = @member and household_id = @household and left_on is null and not head`,
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

// come says whether a civil date has come where the city is.
func come(ctx context.Context, tx pg.DB, on time.Time) (bool, error) {
	return pg.One[bool](ctx, tx, nil, `select @on::date <= (now() at time zone 'Asia/Shanghai')::date`, pg.Args{"on": on})
}
