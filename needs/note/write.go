package note

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
	"shanqiao/needs/deid"
	"shanqiao/needs/deid/excerpt"
	"shanqiao/needs/household"
	"shanqiao/needs/move"
)

// row is a need with its note, if it has one.
type row struct {
	HouseholdID string
	Region      string
	Code        needs.Code
	Need        needs.State
	AssessedBy  string
	State       State
	WrittenBy   string
	WrittenAt   *time.Time
	Words       []byte
	Name        []byte
	Excerpt     string
	Finding     Finding
	Condition   string
	FirstBy     string
	FirstHash   []byte
	RemovedAt   *time.Time
}

const rows = `
	select n.household_id, n.region, n.code, n.state as need, n.assessed_by, coalesce(x.state, '') as state,
	       coalesce(x.written_by, '') as written_by, x.written_at, x.note_sealed as words, x.name_sealed as name,
	       coalesce(x.excerpt, '') as excerpt, coalesce(x.scan_reason, '') as finding,
	       h.condition, coalesce(x.first_by, '') as first_by, x.first_hash, x.removed_at
	  from records.needs n
	  join records.households h on h.id = n.household_id
	  left join records.notes x on x.need_id = n.id
	 where n.id = @need`

// hold reads a need with its note, and keeps both from changing.
func hold(ctx context.Context, tx pg.DB, need needs.ID) (row, error) {
	return pg.One[row](ctx, tx, move.ErrNotFound, rows+` for no key update of n`, pg.Args{"need": need})
}

func at(column string, need needs.ID) secret.Place {
	return secret.Place{Table: "notes", Column: column, Row: string(need)}
}

// Write keeps what the assessor of a draft wants to say of it. Written again, it
// is another note and waits for a second person anew.
func Write(ctx context.Context, db pg.DB, keys *secret.Keys, by actor.Officer, need needs.ID, words secret.String) error {
	said := strings.TrimSpace(words.Reveal())
	switch {
	case said == "":
		return fault.InvalidFields(map[string]string{"words": "note.words_missing"})
	case !utf8.ValidString(said) || strings.ContainsRune(said, 0) || utf8.RuneCountInString(said) > MaxWords:
		return fault.InvalidFields(map[string]string{"words": "note.words_long"})
	}
	return pg.As(ctx, db, by.Reach(), func(tx pg.DB) error {
		n, err := hold(ctx, tx, need)
		if err != nil {
			return err
		}
		if n.Need != needs.Draft || n.State == Used || n.State == TakenDown {
			return errMoved
		}
		if n.AssessedBy != by.Account {
			return errAssessor
		}
		if with, err := on(ctx, tx, n.Region); err != nil {
			return err
		} else if !with.Enabled {
			return errOff
		}
		_, err = tx.Exec(ctx, `
			insert into records.notes (need_id, household_id, region, note_sealed, name_sealed, written_by)
			values (@need, @household, @region, @words, @name, @by)
			on conflict (need_id) do update
			   set note_sealed = excluded.note_sealed, name_sealed = excluded.name_sealed, written_by = excluded.written_by,
			       written_at = now(), state = 'written', excerpt = '', hash = null, kept_sealed = null,
			       decided_by = null, decided_at = null, cases = '{}', reviewers = 1,
			       first_by = null, first_at = null, first_hash = null, first_sealed = null, removed_at = null`,
			pg.Args{"need": need, "household": n.HouseholdID, "region": n.Region, "by": by.Account,
				"words": keys.Seal(at("note_sealed", need), secret.String(said)),
				"name":  keys.Seal(at("name_sealed", need), secret.String(by.Name))})
		return err
	})
}

// rules gathers what an excerpt of the need must not hold, and whether it tells of
// a child whatever it says.
func (n row) rules(ctx context.Context, tx pg.DB, keys *secret.Keys, need needs.ID) (known excerpt.Known, child bool, err error) {
	today, err := pg.One[time.Time](ctx, tx, nil, `select now()`, pg.Args{})
	if err != nil {
		return nil, false, err
	}
	known, minors, err := household.KnownOf(ctx, tx, keys, n.HouseholdID, today)
	if err != nil {
		return nil, false, err
	}
	name, err := keys.Open(at("name_sealed", need), n.Name)
	if name != "" {
		known[excerpt.Name] = append(known[excerpt.Name], name.Reveal())
	}
	return known, minors || deid.ForYoungest(n.Code), err
}

// cases is what is special about a note: what it says, whose need it is, and what
// the household lives with.
func (n row) cases(words string, child bool) []excerpt.Case {
	all := append([]excerpt.Case{}, excerpt.Cases(words)...)
	add := func(c excerpt.Case) {
		if !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	if child {
		add(excerpt.OfChild)
	}
	if n.Condition == "mental" {
		add(excerpt.OfIllness)
	}
	slices.Sort(all)
	return all
}
