package note

import (
	"cmp"
	"context"
	"strings"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/region"
	"shanqiao/needs"
	"shanqiao/needs/move"
)

// Switch is a district's decision whether excerpts may go out, and where it stands.
type Switch struct {
	District  string // six digits
	Enabled   bool
	Reviewers int    // how many approve any note: 1, or 2; nought is 1
	KeepDays  int    // how long words are kept once they are decided about: 1 to 180; nought is 30
	Source    string // the paper that says so
	Since     time.Time
	SetBy     string
	SetAt     time.Time
}

// Set writes down a district's decision from a day on. Only an officer of the
// district itself may. What is out already stays until its card goes.
func Set(ctx context.Context, db pg.DB, by actor.Officer, s Switch) error {
	if _, there := region.DistrictOf(s.District); !there || by.Level != actor.DistrictRole || by.Region != s.District {
		return errDistrict
	}
	if strings.TrimSpace(s.Source) == "" {
		return fault.InvalidFields(map[string]string{"source": "note.source"})
	}
	if s.Reviewers < 0 || s.Reviewers > 2 {
		return fault.InvalidFields(map[string]string{"reviewers": "note.reviewers"})
	}
	if s.KeepDays < 0 || s.KeepDays > 180 {
		return fault.InvalidFields(map[string]string{"keep": "note.keep"})
	}
	if s.Since.IsZero() {
		return fault.InvalidFields(map[string]string{"since": "note.since"})
	}
	_, err := db.Exec(ctx, `
		insert into records.excerpt_districts (district, enabled, reviewers, keep_days, source, since, set_by)
		values (@district, @enabled, @reviewers, @days, @source, @since, @by)`,
		pg.Args{"district": s.District, "enabled": s.Enabled, "reviewers": max(1, s.Reviewers), "days": cmp.Or(s.KeepDays, KeepDays), "source": strings.TrimSpace(s.Source), "since": s.Since, "by": by.Account})
	return err
}

// Switches lists a district's decisions, the newest first.
func Switches(ctx context.Context, db pg.DB, _ actor.Officer, district string) ([]Switch, error) {
	return pg.Many[Switch](ctx, db, `
		select district, enabled, reviewers, keep_days, source, since, set_by, set_at
		  from records.excerpt_districts
		 where district = @district
		 order by since desc, id desc
		 limit 50`, pg.Args{"district": district})
}

// rule is what holds at a place today.
type rule struct {
	Enabled   bool
	Reviewers int
	KeepDays  int
	Source    string
}

// on reads what a place has decided; where it never did, excerpts are off.
func on(ctx context.Context, tx pg.DB, place string) (rule, error) {
	return pg.One[rule](ctx, tx, nil, `
		select coalesce(d.enabled, false) as enabled, coalesce(d.reviewers, 1) as reviewers,
		       coalesce(d.keep_days, @days) as keep_days, coalesce(d.source, '') as source
		  from (select) one
		  left join lateral (select enabled, reviewers, keep_days, source
		                       from records.excerpt_districts
		                      where district = left(@place, 6)
		                        and since <= (now() at time zone 'Asia/Shanghai')::date
		                      order by since desc, id desc
		                      limit 1) d on true`, pg.Args{"place": place, "days": KeepDays})
}

// Stand is whether a need may have a note, and how far the one it has is.
type Stand struct {
	On    bool
	State State
}

// StandOf reads it for an officer of the region. It opens nothing.
func StandOf(ctx context.Context, db pg.DB, by actor.Officer, need needs.ID) (s Stand, err error) {
	err = pg.As(ctx, db, by.Reach(), func(tx pg.DB) error {
		r, err := pg.One[row](ctx, tx, move.ErrNotFound, rows, pg.Args{"need": need})
		if err != nil {
			return err
		}
		s.State = r.State
		with, err := on(ctx, tx, r.Region)
		s.On = with.Enabled
		return err
	})
	return s, err
}
