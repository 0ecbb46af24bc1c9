package note

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/needs"
	"shanqiao/needs/chain"
	"shanqiao/needs/deid/excerpt"
)

// Finding says what was found in a text that is out.
type Finding string

// The findings, as the database checks them; the gravest first.
const (
	Own      Finding = "own"      // a value of the household's own record
	Register Finding = "register" // the name of anybody in the register
	Rules    Finding = "rules"    // what the detectors of today would cut
)

// Hit is a text that may not stay.
type Hit struct {
	Card    string
	Need    needs.ID
	Finding Finding
}

var clock = actor.System{Name: "rescan-excerpts"}

// Rescan reads every text that is out with the detectors of today, the values that
// its household has now and all names of the register, and has each hit taken down
// at once; then the chains are told, of earlier runs that broke off as well. It
// returns how many were hit. What cannot be read is an error at the end and stops
// nothing else.
func Rescan(ctx context.Context, db pg.DB, keys *secret.Keys, down func(context.Context, Hit) error) (int, error) {
	var failed []error
	register, err := names(ctx, db, keys)
	if register == nil {
		return 0, err
	}
	failed = append(failed, err)
	type out struct {
		Card, Need, Text string
	}
	texts, err := pg.ManyAs[out](ctx, db, clock.Reach(), `
		select x.card_id as card, l.need_id as need, x.text
		  from exchange.card_excerpts x
		  join records.listings l on l.card_id = x.card_id
		 order by x.card_id`, pg.Args{})
	if err != nil {
		return 0, err
	}
	hits := 0
	for _, x := range texts {
		found, err := find(ctx, db, keys, needs.ID(x.Need), x.Text, register)
		if err == nil && found != "" {
			hits++
			err = down(ctx, Hit{Card: x.Card, Need: needs.ID(x.Need), Finding: found})
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("the text of card %s: %w", x.Card, err))
		}
	}
	return hits, errors.Join(append(failed, tell(ctx, db))...)
}

// names readies every name of the register that can be opened.
func names(ctx context.Context, db pg.DB, keys *secret.Keys) (*excerpt.Values, error) {
	type sealed struct {
		ID   string
		Name []byte
	}
	rows, err := pg.ManyAs[sealed](ctx, db, clock.Reach(), `select id, name_sealed as name from records.members order by id`, pg.Args{})
	if err != nil {
		return nil, err
	}
	var all []string
	var failed []error
	for _, r := range rows {
		name, err := keys.Open(secret.Place{Table: "members", Column: "name_sealed", Row: r.ID}, r.Name)
		if err != nil {
			failed = append(failed, fmt.Errorf("the name of member %s: %w", r.ID, err))
			continue
		}
		all = append(all, name.Reveal())
	}
	return excerpt.Exact(excerpt.Name, all), errors.Join(failed...)
}

func find(ctx context.Context, db pg.DB, keys *secret.Keys, need needs.ID, text string, register *excerpt.Values) (found Finding, err error) {
	var known excerpt.Known
	err = pg.As(ctx, db, clock.Reach(), func(tx pg.DB) error {
		r, err := pg.One[row](ctx, tx, nil, rows, pg.Args{"need": need})
		if err == nil {
			known, _, err = r.rules(ctx, tx, keys, need)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	for _, s := range excerpt.Scan(text, known) {
		if s.Why == excerpt.OwnValue {
			return Own, nil
		}
		found = Rules
	}
	for _, s := range register.Scan(text) {
		if s.Why == excerpt.OwnValue {
			return Register, nil
		}
	}
	return found, nil
}

// tell adds to the chain of each household that a text of it was taken down.
func tell(ctx context.Context, db pg.DB) error {
	type untold struct {
		NeedID      needs.ID
		HouseholdID string
		Hash        []byte
	}
	return pg.As(ctx, db, clock.Reach(), func(tx pg.DB) error {
		all, err := pg.Many[untold](ctx, tx, `
			select need_id, household_id, hash
			  from records.notes
			 where state = 'taken_down' and not told
			 order by household_id, need_id
			   for update`, pg.Args{})
		if err != nil {
			return err
		}
		for _, n := range all {
			err := chain.Append(ctx, tx, n.HouseholdID, clock, chain.ExcerptTakenDown, "",
				entry{Need: n.NeedID, Hash: hex.EncodeToString(n.Hash)})
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `update records.notes set told = true where need_id = @need`, pg.Args{"need": n.NeedID})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
