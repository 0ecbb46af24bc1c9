package chain

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
)

// MaxPayload is the most bytes that an entry may say. Entries hold codes and
// numbers; what is long belongs in a record of its own.
const MaxPayload = 4096

// errNoHousehold is also the answer for a household out of the writer's reach.
var errNoHousehold = fault.New(fault.NotFound, "household.not_found")

// Start begins the chain of a household that was just registered, in the same transaction.
func Start(ctx context.Context, tx pg.DB, household string) error {
	_, err := tx.Exec(ctx, `
		insert into records.chain_heads (household_id, seq, link)
		values (@household, 0, @link)`,
		pg.Args{"household": household, "link": genesis(household)})
	return err
}

// Append writes the next entry of a household's chain in the transaction of the
// change that it reports. The transaction must reach the household (pg.As).
// basis is the clause or document that the act rests on; empty, the kind's own.
// payload is a struct of codes and numbers: everything in it stays for ever or
// until a lawful erasure, so names and numbers of persons do not belong in it.
func Append(ctx context.Context, tx pg.DB, household string, by actor.Actor, kind Kind, basis string, payload any) error {
	_, err := write(ctx, tx, household, by, kind, basis, 0, payload)
	return err
}

// Correct appends an entry that corrects the earlier entry with number seq.
func Correct(ctx context.Context, tx pg.DB, household string, by actor.Actor, seq int64, basis string, payload any) error {
	_, err := write(ctx, tx, household, by, Corrected, basis, seq, payload)
	return err
}

// write holds the head's row until the transaction ends, so that entries of one
// household are written one after the other and their numbers have no gaps.
func write(ctx context.Context, tx pg.DB, household string, by actor.Actor, kind Kind, basis string, corrects int64, payload any) (int64, error) {
	r, err := compose(household, by, kind, basis, corrects, payload)
	if err != nil {
		return 0, err
	}
	type head struct {
		Seq  int64
		Link []byte
		At   time.Time
	}
	// The clock is read after the row is ours: times never run backwards along a chain.
	last, err := pg.One[head](ctx, tx, errNoHousehold, `
		with mine as materialized (
		  select seq, link from records.chain_heads where household_id = @household for update)
		select seq, link, clock_timestamp() as at from mine`,
		pg.Args{"household": household})
	if err != nil {
		return 0, err
	}
	if corrects > last.Seq {
		return 0, fault.New(fault.NotFound, "chain.no_entry")
	}
	r.Seq, r.Prev, r.At = last.Seq+1, last.Link, last.At
	r.Link = r.link()
	_, err = tx.Exec(ctx, `
		with entry as (
		  insert into records.chain_entries (household_id, seq, kind, at, actor_role, actor_id, basis,
		                                     corrects, payload, salt, commitment, prev, link)
		  values (@household, @seq, @kind, @at, @role, @actor, @basis,
		          nullif(@corrects::bigint, 0), @payload, @salt, @commitment, @prev, @link))
		update records.chain_heads set seq = @seq, link = @link where household_id = @household`,
		pg.Args{"household": household, "seq": r.Seq, "kind": r.Kind, "at": r.At, "role": r.Role,
			"actor": r.Actor, "basis": r.Basis, "corrects": corrects, "payload": *r.Payload,
			"salt": r.Salt, "commitment": r.Commitment, "prev": r.Prev, "link": r.Link})
	if err != nil {
		return 0, fmt.Errorf("chain entry %s: %w", kind, err)
	}
	return r.Seq, nil
}

// compose makes everything of an entry that does not depend on its place in the chain.
func compose(household string, by actor.Actor, kind Kind, basis string, corrects int64, payload any) (row, error) {
	if !kind.Known() {
		return row{}, fmt.Errorf("%w: %q", errNotAKind, kind)
	}
	if payload == nil {
		payload = struct{}{}
	}
	said, err := json.Marshal(payload)
	if err != nil {
		return row{}, fmt.Errorf("chain entry %s: %w", kind, err)
	}
	if len(said) > MaxPayload || said[0] != '{' {
		return row{}, fmt.Errorf("chain entry %s: the payload is not an object of at most %d bytes", kind, MaxPayload)
	}
	if basis == "" {
		basis = kind.Basis()
	}
	salt := make([]byte, 16)
	rand.Read(salt) // never fails since Go 1.24
	role, id := by.Signature()
	words := string(said)
	return row{
		Household: household, Kind: string(kind), Role: string(role), Actor: id, Basis: basis, Corrects: corrects,
		Payload: &words, Salt: salt, Commitment: commit(salt, said),
	}, nil
}
