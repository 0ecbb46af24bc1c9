package chain

import (
	"context"
	"encoding/json"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
)

// Entry is one thing that happened, as pages show it. Payload is nil once erased.
type Entry struct {
	Seq      int64
	Kind     Kind
	At       time.Time
	Role     actor.Role
	Actor    string // account id, or the name of a job; pages of citizens show the role only
	Basis    string
	Corrects int64 // 0: none
	Payload  json.RawMessage
}

// Erased says whether the payload was lawfully dropped.
func (e Entry) Erased() bool { return e.Payload == nil }

// Read fills v, a pointer to a struct, with what the payload says. An erased
// payload leaves v as it is.
func (e Entry) Read(v any) error {
	if e.Erased() {
		return nil
	}
	return json.Unmarshal(e.Payload, v)
}

// Of reads a household's chain, oldest first, in a transaction that reaches the
// household (pg.As). Out of reach the chain is empty.
func Of(ctx context.Context, db pg.DB, household string) ([]Entry, error) {
	type stored struct {
		Seq      int64
		Kind     Kind
		At       time.Time
		Role     actor.Role
		Actor    string
		Basis    string
		Corrects int64
		Payload  *string
	}
	rows, err := pg.Many[stored](ctx, db, `
		select seq, kind, at, actor_role as role, actor_id as actor, basis,
		       coalesce(corrects, 0) as corrects, payload
		  from records.chain_entries
		 where household_id = @household
		 order by seq`, pg.Args{"household": household})
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, len(rows))
	for i, r := range rows {
		entries[i] = Entry{Seq: r.Seq, Kind: r.Kind, At: r.At, Role: r.Role, Actor: r.Actor,
			Basis: r.Basis, Corrects: r.Corrects}
		if r.Payload != nil {
			entries[i].Payload = json.RawMessage(*r.Payload)
		}
	}
	return entries, nil
}

// For reads a household's chain for one reader, oldest first. A household out of
// the reader's reach is not found.
func For(ctx context.Context, db pg.DB, by actor.Actor, household string) ([]Entry, error) {
	var entries []Entry
	err := pg.As(ctx, db, by.Reach(), func(tx pg.DB) (err error) {
		entries, err = Of(ctx, tx, household)
		return err
	})
	if err == nil && len(entries) == 0 {
		return nil, errNoHousehold
	}
	return entries, err
}
