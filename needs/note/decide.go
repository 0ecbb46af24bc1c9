package note

import (
	"bytes"
	"context"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/needs"
	"shanqiao/needs/chain"
	"shanqiao/needs/deid/excerpt"
	"shanqiao/needs/household"
	"shanqiao/needs/move"
)

// MaxReason is how many characters the reason for keeping a phrase may have.
const MaxReason = 200

// For reads a note with what would go out of it now, for an officer of the region.
// The note tells of a household, so the look is written down. Where there is no
// note, none is: the need's page says no more without one.
func For(ctx context.Context, db pg.DB, keys *secret.Keys, by actor.Officer, need needs.ID) (Note, error) {
	var n Note
	err := pg.As(ctx, db, by.Reach(), func(tx pg.DB) error {
		r, err := pg.One[row](ctx, tx, move.ErrNotFound, rows, pg.Args{"need": need})
		if err != nil {
			return err
		}
		if n, err = r.open(ctx, tx, keys, by, need); err != nil || n.State == None || n.Removed != nil {
			return err
		}
		return household.Note(ctx, tx, by, r.HouseholdID, household.ToAssess)
	})
	if err != nil {
		return Note{}, err // a look that could not be written down shows nothing
	}
	return n, nil
}

// open unseals a note and cuts it down with all that is known now. Who reads it
// now is an officer of the household as well, whose name may not go out.
func (r row) open(ctx context.Context, tx pg.DB, keys *secret.Keys, by actor.Officer, need needs.ID) (Note, error) {
	with, err := on(ctx, tx, r.Region)
	if err != nil {
		return Note{}, err
	}
	known, child, err := r.rules(ctx, tx, keys, need)
	if err != nil {
		return Note{}, err
	}
	n := Note{On: with.Enabled, Reviewers: with.Reviewers, State: r.State, WrittenBy: r.WrittenBy, Excerpt: r.Excerpt, Finding: r.Finding}
	n.KeepDays, n.Source, n.Removed = with.KeepDays, with.Source, r.RemovedAt
	if r.State == None || r.RemovedAt != nil {
		return n, nil
	}
	if n.Words, err = keys.Open(at("note_sealed", need), r.Words); err != nil {
		return Note{}, err
	}
	if by.Name != "" {
		known[excerpt.Name] = append(known[excerpt.Name], by.Name)
	}
	n.WrittenAt = *r.WrittenAt
	n.Result = excerpt.Redact(n.Words.Reveal(), known)
	bound := excerpt.Approval(n.Result.Text)
	n.Hash = hex.EncodeToString(bound)
	if n.Cases = r.cases(n.Words.Reveal(), child); len(n.Cases) > 0 {
		n.Reviewers = 2
	}
	if bytes.Equal(r.FirstHash, bound) {
		n.FirstBy = r.FirstBy
	}
	return n, nil
}

// entry is what the chain says of an approval: which text, by its hash alone, and
// how many approved it where it took two.
type entry struct {
	Need      needs.ID `json:"need"`
	Hash      string   `json:"hash"`
	Reviewers int      `json:"reviewers,omitempty"`
}

// Approve lets the exact output out that the reviewer saw: hash names it. Where a
// phrase is flagged the reviewer says why it may stay. The writer and the
// assessor cannot approve. Of two that are needed the first is kept with what was
// approved, and another officer approves the same; a newer version of the
// detectors in between voids the first.
func Approve(ctx context.Context, db pg.DB, keys *secret.Keys, by actor.Officer, need needs.ID, hash, kept string) error {
	kept = strings.TrimSpace(kept)
	if !utf8.ValidString(kept) || utf8.RuneCountInString(kept) > MaxReason {
		return fault.InvalidFields(map[string]string{"reason": "need.reason_long"})
	}
	return decide(ctx, db, keys, by, need, func(tx pg.DB, r row, n Note) error {
		switch {
		case r.State != Written:
			return errMoved
		case n.Removed != nil:
			return errMoved
		case !n.On:
			return errOff
		case n.Result.Withheld || n.Result.Text == "":
			return errWithheld
		case n.Hash != hash:
			return errChanged
		case len(n.Result.Flags) > 0 && kept == "":
			return fault.InvalidFields(map[string]string{"reason": "note.kept_missing"})
		}
		if n.Reviewers > 1 && n.FirstBy == "" {
			return first(ctx, tx, keys, by, need, n, kept)
		}
		if n.FirstBy == by.Account {
			return errAnother
		}
		return last(ctx, tx, keys, by, need, r, n, kept)
	})
}

// first keeps what the first of two approved. The note waits on.
func first(ctx context.Context, tx pg.DB, keys *secret.Keys, by actor.Officer, need needs.ID, n Note, kept string) error {
	_, err := tx.Exec(ctx, `
		update records.notes
		   set reviewers = 2, cases = @cases, first_by = @by, first_at = now(), first_hash = @hash, first_sealed = @kept
		 where need_id = @need and state = 'written'`,
		pg.Args{"need": need, "cases": n.Cases, "by": by.Account, "hash": excerpt.Approval(n.Result.Text),
			"kept": keys.Seal(at("first_sealed", need), secret.String(kept))})
	return err
}

// last lets a text out.
func last(ctx context.Context, tx pg.DB, keys *secret.Keys, by actor.Officer, need needs.ID, r row, n Note, kept string) error {
	_, err := tx.Exec(ctx, `
		update records.notes
		   set state = 'approved', excerpt = @text, hash = @hash, kept_sealed = @kept, decided_by = @by, decided_at = now(),
		       cases = @cases, reviewers = @reviewers
		 where need_id = @need and state = 'written'`,
		pg.Args{"need": need, "text": n.Result.Text, "hash": excerpt.Approval(n.Result.Text), "by": by.Account,
			"cases": n.Cases, "reviewers": n.Reviewers, "kept": keys.Seal(at("kept_sealed", need), secret.String(kept))})
	if err != nil {
		return err
	}
	e := entry{Need: need, Hash: n.Hash}
	if n.Reviewers > 1 {
		e.Reviewers = n.Reviewers
	}
	return chain.Append(ctx, tx, r.HouseholdID, by, chain.ExcerptApproved, "", e)
}

// Refuse leaves the need with its generated sentence alone. It is also how an
// officer says that a text which was taken down has been looked at.
func Refuse(ctx context.Context, db pg.DB, keys *secret.Keys, by actor.Officer, need needs.ID) error {
	return decide(ctx, db, keys, by, need, func(tx pg.DB, _ row, _ Note) error {
		_, err := tx.Exec(ctx, `
			update records.notes set state = 'refused', excerpt = '', hash = null, decided_by = @by, decided_at = now()
			 where need_id = @need and state in ('written', 'taken_down')`, pg.Args{"need": need, "by": by.Account})
		return err
	})
}

// decide holds a note that waits, of a need that is not out yet, for somebody who
// may decide about it.
func decide(ctx context.Context, db pg.DB, keys *secret.Keys, by actor.Officer, need needs.ID, do func(pg.DB, row, Note) error) error {
	return pg.As(ctx, db, by.Reach(), func(tx pg.DB) error {
		r, err := hold(ctx, tx, need)
		if err != nil {
			return err
		}
		if r.State != TakenDown && (r.State != Written || r.Need != needs.Draft && r.Need != needs.Approved) {
			return errMoved
		}
		if by.Level == actor.CityRole || by.Account == r.WrittenBy || by.Account == r.AssessedBy {
			return errSecond
		}
		n, err := r.open(ctx, tx, keys, by, need)
		if err != nil {
			return err
		}
		return do(tx, r, n)
	})
}
