// Package relay carries what was committed to what must follow.
//
// A fact is a row of an outbox, written with the change it reports. The relay
// turns each fact into the rows of the jobs it causes, hands those to asynq, and
// runs them: once, in one transaction with the note in the inbox that they ran.
// A sweeper issues again what was lost on the way. Postgres is the ledger and
// Redis the bell: wiped, stopped or absent, it delays work and loses none, because
// the same wrapper also runs jobs that are pulled straight from the outbox.
//
// The package knows nothing about needs or charities: which fact causes which
// job is a Table, and what a job does is a function, both given to it.
package relay

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
)

// Room is the login, and so the half, in whose transaction a job works.
type Room string

// The rooms. Gate notes its work in the exchange half's inbox.
const (
	Records  Room = "records"
	Exchange Room = "exchange"
	Gate     Room = "gate"
)

// inbox is the schema of the inbox that a room's work is noted in.
func (r Room) inbox() string {
	if r == Gate {
		return string(Exchange)
	}
	return string(r)
}

// Message is what a job gets: references, never people. A job reads the rest
// when it runs, so that a late run sees what is true then.
type Message struct {
	Half    outbox.Half       // whose outbox holds it
	ID      string            // a UUID, the same however often the message is sent
	Kind    string            // the job's name
	Ref     string            // the id of the thing
	Payload map[string]string // further references
}

// Run does a job's work. db is a transaction of the job's room, with the whole
// city in reach on the records half; for an External job it is the room's pool.
// It may be called again for a message that was done, and must then change nothing.
type Run func(ctx context.Context, db pg.DB, m Message) error

// Spec is a job's policy.
type Spec struct {
	Name     string        // imperative, hyphenated, and never renamed without a migration
	Queue    string        // one of Queues
	Room     Room          // where it works
	Timeout  time.Duration // for one run
	Retries  int           // failures of our own making before it is a dead letter
	External bool          // touches something outside Postgres, or has transactions of its own, so it runs before the one that notes it
}

// Job is a policy and the work.
type Job struct {
	Spec
	Run Run
}

// Queues is every queue that is served, with its share of attention.
var Queues = map[string]int{outbox.Critical: 6, outbox.Default: 3, outbox.Index: 2, outbox.Bulk: 1}

// Table says which jobs a fact sets in motion. A fact that causes nothing is
// listed too, so that a fact nobody thought of is noticed.
type Table map[string][]string

// isFact tells facts from jobs: "noun.past_tense" from "verb-noun".
func isFact(kind string) bool { return strings.Contains(kind, ".") }

// Check finds what would make work vanish without a trace: a queue nobody
// reads, a fact routed to a job that does not exist, a name that asynq's
// pattern matching would give to another job.
func Check(jobs []Job, table Table, schedules []Schedule) error {
	var wrong []error
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	known := map[string]bool{}
	for i, j := range jobs {
		switch {
		case j.Name == "" || isFact(j.Name):
			say("job %q: a name is imperative and hyphenated", j.Name)
		case known[j.Name]:
			say("job %s: listed twice", j.Name)
		}
		known[j.Name] = true
		if Queues[j.Queue] == 0 {
			say("job %s: nobody serves queue %q", j.Name, j.Queue)
		}
		if j.Room != Records && j.Room != Exchange && j.Room != Gate {
			say("job %s: no such room %q", j.Name, j.Room)
		}
		if j.External && j.Room == Gate {
			say("job %s: the gate's login cannot read its notes", j.Name)
		}
		if j.Timeout <= 0 || j.Retries <= 0 || j.Run == nil {
			say("job %s: timeout, retries and work are all required", j.Name)
		}
		for _, other := range jobs[i+1:] {
			if j.Name != other.Name && (strings.HasPrefix(other.Name, j.Name) || strings.HasPrefix(j.Name, other.Name)) {
				say("jobs %s and %s: one name begins with the other", j.Name, other.Name)
			}
		}
	}
	for fact, names := range table {
		if !isFact(fact) {
			say("fact %s: a fact is noun.past_tense", fact)
		}
		for _, name := range names {
			if !known[name] {
				say("fact %s: no job %s", fact, name)
			}
		}
	}
	for _, s := range schedules {
		if !known[s.Job] {
			say("schedule: no job %s", s.Job)
		}
		if s.Every <= 0 || day%s.Every != 0 || s.At < 0 || s.At >= s.Every {
			say("schedule %s: slots must divide a day", s.Job)
		}
	}
	return errors.Join(wrong...)
}
