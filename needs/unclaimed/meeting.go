package unclaimed

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/needs"
	"shanqiao/needs/chain"
	"shanqiao/needs/move"
)

// Way is what a meeting agrees on.
type Way string

// The ways: buy the service, send the need straight to a provider, hand it to
// another department, look at the family's need again, go on looking.
const (
	Buy        Way = "purchase"
	SendDirect Way = "direct"
	Department Way = "department"
	Reassess   Way = "reassess"
	Search     Way = "search"
)

// Ways in the order of the form.
var Ways = []Way{Buy, SendDirect, Department, Reassess, Search}

// Meeting is one turn of a need's coordination meeting. The fields from Next on
// are empty until somebody recorded what it found.
type Meeting struct {
	ID         string
	NeedID     needs.ID
	Turn       int
	DueOn      time.Time
	Next       Way
	NextOn     time.Time
	RecordedAt *time.Time
}

const meetingColumns = `
	id, need_id, turn, due_on, coalesce(next, '') as next, coalesce(next_on, 'epoch') as next_on, recorded_at`

// Waits says whether somebody must still record what it found.
func (m *Meeting) Waits() bool { return m != nil && m.RecordedAt == nil }

// Found is what a meeting found: what was decided in words, which are sealed, and
// the next step with its day, which the family reads too.
type Found struct {
	Decided secret.String
	Next    Way
	By      time.Time
}

// ErrNoMeeting is what Record says where no meeting waits for its outcome.
var ErrNoMeeting = fault.New(fault.Conflict, "unclaimed.no_meeting")

// mostWords a note of a meeting may have, and mostDays its next step may be off.
const (
	mostWords = 500
	mostDays  = 90
)

func (f Found) check(day time.Time) error {
	wrong := map[string]string{}
	words := strings.TrimSpace(f.Decided.Reveal())
	if words == "" {
		wrong["decided"] = "unclaimed.decided_missing"
	} else if utf8.RuneCountInString(words) > mostWords {
		wrong["decided"] = "unclaimed.decided_long"
	}
	if !slices.Contains(Ways, f.Next) {
		wrong["next"] = "unclaimed.way"
	}
	if f.By.Before(day) || f.By.After(day.AddDate(0, 0, mostDays)) {
		wrong["by"] = "unclaimed.by"
	}
	return fault.InvalidFields(wrong)
}

type held struct {
	Need needs.ID   `json:"need"`
	Code needs.Code `json:"code"`
	Next Way        `json:"next"`
	By   string     `json:"by"` // civil date
	Turn int        `json:"turn"`
}

// Record writes down what the open meeting of a need found, once: whoever comes
// second is told that it was done. day is today. A need that has ended has no
// meeting any more.
func Record(ctx context.Context, db pg.DB, keys *secret.Keys, by actor.Officer, need needs.ID, f Found, day time.Time) error {
	if !meets(by) {
		return move.ErrNotFound
	}
	if err := f.check(day); err != nil {
		return err
	}
	return pg.As(ctx, db, by.Reach(), func(tx pg.DB) error {
		if err := move.Hold(ctx, tx, need); err != nil {
			return err
		}
		type row struct {
			ID, HouseholdID string
			Code            needs.Code
			Turn            int
		}
		m, err := pg.One[row](ctx, tx, ErrNoMeeting, `
			select m.id, m.household_id, n.code, m.turn
			  from records.need_meetings m
			  join records.needs n on n.id = m.need_id
			 where m.need_id = @need
			   and m.recorded_at is null
			   and n.state = any(@alive)`, pg.Args{"need": need, "alive": alive})
		if err != nil {
			return err
		}
		sealed := keys.Seal(at(m.ID), secret.String(strings.TrimSpace(f.Decided.Reveal())))
		tag, err := tx.Exec(ctx, `
			update records.need_meetings
			   set decided_sealed = @decided, next = @next, next_on = @on, recorded_by = @by, recorded_at = now()
			 where id = @id
			   and recorded_at is null`,
			pg.Args{"id": m.ID, "decided": sealed, "next": f.Next, "on": f.By, "by": by.Account})
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return ErrNoMeeting
		}
		return chain.Append(ctx, tx, m.HouseholdID, by, chain.MeetingHeld, "",
			held{need, m.Code, f.Next, f.By.Format(time.DateOnly), m.Turn})
	})
}

func at(meeting string) secret.Place {
	return secret.Place{Table: "need_meetings", Column: "decided_sealed", Row: meeting}
}

// Minutes is a recorded meeting with its words, which are empty for the city.
type Minutes struct {
	Meeting
	Decided secret.String
}

// meets says whether an officer is of those who sit in such a meeting.
func meets(by actor.Officer) bool {
	return by.Level == actor.SubdistrictRole || by.Level == actor.DistrictRole
}

// MinutesOf lists the recorded meetings of a need for an officer of its region,
// the latest first. The words stay with the subdistrict and the district: the city
// reads the next step and its day.
func MinutesOf(ctx context.Context, db pg.DB, keys *secret.Keys, by actor.Officer, need needs.ID) ([]Minutes, error) {
	type row struct {
		Meeting
		Sealed []byte
	}
	rows, err := pg.ManyAs[row](ctx, db, by.Reach(), `
		select`+meetingColumns+`, decided_sealed as sealed
		  from records.need_meetings
		 where need_id = @need
		   and recorded_at is not null
		 order by turn desc
		 limit 20`, pg.Args{"need": need})
	if err != nil {
		return nil, err
	}
	all := make([]Minutes, len(rows))
	for i, r := range rows {
		if all[i].Meeting = r.Meeting; !meets(by) {
			continue
		}
		words, err := keys.Open(at(r.ID), r.Sealed)
		if err != nil {
			return nil, err
		}
		all[i].Decided = words
	}
	return all, nil
}
