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

// Person is what may be completed or corrected about a member.
type Person struct {
	Born       *time.Time // civil date; nil: not known
	Sex        string
	Disability string
	Student    bool
}

// Person of a member, as an officer sees it before a correction.
func (m Member) Person() Person { return Person{m.Born, m.Sex, m.Disability, m.Student} }

// Same says whether two officers would write down the same.
func (p Person) Same(q Person) bool { return len(p.differs(q)) == 0 }

// differs names the fields in which two persons differ, as the chain says them.
func (p Person) differs(q Person) []string {
	var what []string
	if (p.Born == nil) != (q.Born == nil) || p.Born != nil && !p.Born.Equal(*q.Born) {
		what = append(what, "born")
	}
	if p.Sex != q.Sex {
		what = append(what, "sex")
	}
	if p.Disability != q.Disability {
		what = append(what, "disability")
	}
	if p.Student != q.Student {
		what = append(what, "student")
	}
	return what
}

// Correct replaces what was seen of a living member with what is so, and adds the
// identity number where the record has none; a number on record stays, and says
// the birth date and the sex itself. If somebody changed the member meanwhile,
// nothing is written. The chain learns who and which things, never the values.
func Correct(ctx context.Context, db pg.DB, keys *Keys, by actor.Officer, household, member string, seen, now Person, identity secret.String) error {
	if identity != "" {
		if identity = secret.NormalIdentity(identity.Reveal()); identity == "" {
			return fault.InvalidFields(map[string]string{"identity": "household.identity_wrong"})
		}
		born, sex, err := facts(identity)
		if err != nil {
			return fault.InvalidFields(map[string]string{"identity": "household.identity_wrong"})
		}
		now.Born, now.Sex = &born, sex
	}
	if err := now.check(); err != nil {
		return err
	}
	if !id.Valid(member) {
		return errNotFound
	}
	return constraints.Explain(within(ctx, db, by, household, func(tx pg.DB) error {
		type stored struct {
			Person
			Numbered bool
		}
		was, err := pg.One[stored](ctx, tx, errNotFound, `
			select born, sex, disability, student, identity_sealed is not null as numbered
			  from records.members
			 where id = @member and household_id = @household and left_on is null
			   for update`, pg.Args{"member": member, "household": household})
		if err != nil {
			return err
		}
		switch {
		case !was.Same(seen), identity != "" && was.Numbered:
			return errMoved
		case was.Numbered:
			now.Born, now.Sex = was.Born, was.Sex
		}
		what := was.differs(now)
		if identity != "" {
			what = append(what, "identity")
		}
		if len(what) == 0 {
			return nil
		}
		if err := correct(ctx, tx, keys, member, now, identity); err != nil {
			return err
		}
		return tell(ctx, tx, by, household, was.Person, now, Touched{Member: member, What: what})
	}))
}

func (p Person) check() error {
	wrong := map[string]string{}
	if !slices.Contains(Sexes, p.Sex) {
		wrong["sex"] = "form.unknown_choice"
	}
	if !slices.Contains(Disability, p.Disability) {
		wrong["disability"] = "form.unknown_choice"
	}
	if p.Born != nil && p.Born.Year() < earliest {
		wrong["born"] = "household.born_wrong"
	}
	return fault.InvalidFields(wrong)
}

func correct(ctx context.Context, tx pg.DB, keys *Keys, member string, now Person, identity secret.String) error {
	if now.Born != nil {
		if come, err := come(ctx, tx, *now.Born); err != nil {
			return err
		} else if !come {
			return errNotBorn
		}
	}
	var sealed, blind []byte
	if identity != "" {
		sealed = keys.Seal(secret.Place{Table: "members", Column: "identity_sealed", Row: member}, identity)
		blind = keys.Blind("identity", identity)
	}
	_, err := tx.Exec(ctx, `
		update records.members
		   set born = @born, sex = @sex, disability = @disability, student = @student,
		       identity_sealed = coalesce(@sealed, identity_sealed), identity_blind = coalesce(@blind, identity_blind)
		 where id = @member`,
		pg.Args{"member": member, "born": now.Born, "sex": now.Sex, "disability": now.Disability, "student": now.Student,
			"sealed": sealed, "blind": blind})
	return err
}

// tell writes a correction where something was wrong that does not change by
// itself, a birth date or a sex, and points back to the entry that brought it;
// anything else is news.
func tell(ctx context.Context, tx pg.DB, by actor.Actor, household string, was, now Person, t Touched) error {
	wrong := was.Born != nil && slices.Contains(t.What, "born") || was.Sex != Sexes[0] && was.Sex != now.Sex
	if !wrong {
		return chain.Append(ctx, tx, household, by, chain.DataChanged, "", t)
	}
	brought, err := pg.One[int64](ctx, tx, errNotFound, `
		select coalesce(max(seq) filter (where payload::json ->> 'member' = @member), min(seq))
		  from records.chain_entries
		 where household_id = @household and kind in ('member_joined', 'registered')`,
		pg.Args{"household": household, "member": t.Member})
	if err != nil {
		return err
	}
	return chain.Correct(ctx, tx, household, by, brought, "", t)
}
