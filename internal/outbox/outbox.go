// Package outbox commits a fact together with the change it reports.
//
// A fact is past tense and carries references, never a person. It is written in
// the transaction of the change, into the outbox of the half where the change
// happened; the relay hands it on, and Redis only rings the bell: wiped, it has
// lost nothing that is not here.
package outbox

import (
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
	for _, f := range facts {
		msg, err := uuid.NewV7()
		if err != nil {
			return err
		}
		if f.Queue == "" {
			f.Queue = Default
		}
		if f.Key == "" {
			f.Key = f.Kind + ":" + f.Ref
		}
		payload := []byte("{}")
		if f.Payload != nil {
			if payload, err = json.Marshal(f.Payload); err != nil {
				return err
			}
		}
		var after *time.Time
		if !f.After.IsZero() {
			after = &f.After
		}
		_, err = tx.Exec(ctx, fmt.Sprintf(`
			insert into %s.outbox (msg_id, dedupe_key, kind, queue, ref, payload, not_before)
			values (@msg, @key, @kind, @queue, @ref, @payload, coalesce(@after, now()))
			on conflict (dedupe_key) do nothing`, half),
			pg.Args{"msg": msg, "key": f.Key, "kind": f.Kind, "queue": f.Queue,
				"ref": f.Ref, "payload": payload, "after": after})
		if err != nil {
			return fmt.Errorf("fact %s: %w", f.Kind, err)
		}
	}
	return nil
}
