// Package outbox commits a fact together with the change it reports.
//
// A fact is past tense and carries references, never a person. It is written in
// the transaction of the change, into the outbox of the half where the change
// happened; the relay hands it on, and Redis only rings the bell: wiped, it has
// lost nothing that is not here.
package outbox

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"shanqiao/internal/pg"
)

// Half is the schema whose outbox a fact is written to.
type Half string

// The halves, named as their schemas.
const (
	Records  Half = "records"
	Exchange Half = "exchange"
)

// Fact is something that happened. Kind is "noun.past_tense", Ref the id of the
// thing, and Key what makes the fact one fact: writing it twice is one row.
// Payload holds further references, 512 bytes at most as stored.
type Fact struct {
	Kind    string
	Ref     string
	Key     string
	Queue   string
	Payload map[string]string
	After   time.Time // not before; zero: at once
}

// The queues, by how much they hurry.
const (
	Critical = "critical"
	Default  = "default"
	Index    = "index"
	Bulk     = "bulk"
)

// Append writes facts in the transaction of the change they report. A fact with
// a key that is already there is left alone.
func Append(ctx context.Context, tx pg.DB, half Half, facts ...Fact) error {
	if len(facts) == 0 {
		return nil
	}
	n := len(facts)
	msgs, keys, kinds, queues, refs := make([]uuid.UUID, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	payloads, afters := make([]string, n), make([]*time.Time, n)
	for i, f := range facts {
		var err error
		if msgs[i], err = uuid.NewV7(); err != nil {
			return err
		}
		keys[i], kinds[i], queues[i], refs[i], payloads[i] = f.Key, f.Kind, cmp.Or(f.Queue, Default), f.Ref, "{}"
		if f.Key == "" {
			keys[i] = f.Kind + ":" + f.Ref
		}
		if f.Payload != nil {
			payload, err := json.Marshal(f.Payload)
			if err != nil {
				return err
			}
			payloads[i] = string(payload)
		}
		if !f.After.IsZero() {
			afters[i] = &f.After
		}
	}
	_, err := tx.Exec(ctx, fmt.Sprintf(`
		insert into %s.outbox (msg_id, dedupe_key, kind, queue, ref, payload, not_before)
		select f.msg, f.key, f.kind, f.queue, f.ref, f.payload::jsonb, coalesce(f.after, now())
		  from unnest(@msgs::uuid[], @keys::text[], @kinds::text[], @queues::text[], @refs::text[],
		              @payloads::text[], @afters::timestamptz[]) f (msg, key, kind, queue, ref, payload, after)
		    on conflict (dedupe_key) do nothing`, half),
		pg.Args{"msgs": msgs, "keys": keys, "kinds": kinds, "queues": queues, "refs": refs, "payloads": payloads, "afters": afters})
	if err != nil {
		return fmt.Errorf("fact %s: %w", kinds[0], err)
	}
	return nil
}
