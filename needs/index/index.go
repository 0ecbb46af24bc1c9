// Package index makes published cards findable. It holds what Postgres already
// published and nothing else, is rebuilt from there at any time, and answers
// with ids, versions and counts: the page reads the cards themselves from
// Postgres, under the reader's own rights.
//
// There are two engines, embedded and meili, behind one interface and one
// contract suite (indextest). They agree because neither does any language work:
// words are cut, folded and matched by the tokens of this package.
//
// The rule a maintainer must not break: a document is made of a deid.Card by
// Document and by nothing else, and every attribute of it may be read, filtered
// and counted by anyone who may see that tier. There is no hidden attribute.
package index

import (
	"context"

	"shanqiao/internal/fault"
	"shanqiao/needs/deid"
)

// Index is one tier's cards, searchable. Every method may be called at once from
// many goroutines; each ends when its context does.
type Index interface {
	// Tier is whose cards these are.
	Tier() deid.Tier
	// Apply takes changes in any order and any number of times: what is not
	// newer than the version already known changes nothing. One bad document
	// is rejected alone. Searches see the changes after WaitVisible.
	Apply(ctx context.Context, changes []Change) (Receipt, error)
	// WaitVisible returns when later searches see what the receipt was given for.
	WaitVisible(ctx context.Context, r Receipt) error
	// Search answers q within what scope may see. The zero Scope sees nothing.
	Search(ctx context.Context, scope Scope, q Query) (Page, error)
	// Health says how the index stands; it does not fail.
	Health(ctx context.Context) Health
	// BeginRebuild starts a second generation beside the one that answers.
	// There is one at a time: errors.Is(err, ErrRebuilding) otherwise.
	BeginRebuild(ctx context.Context) (Rebuild, error)
	// Manifest lists what is held, ascending by id, n at most after the id given:
	// of one bucket, or of all if it is empty.
	Manifest(ctx context.Context, bucket, after string, n int) ([]DocVersion, error)
	// Buckets sums up what is held, for finding where two indexes differ.
	Buckets(ctx context.Context) (Buckets, error)
	// Close gives back what the index holds.
	Close() error
}

// Change is a new version of a document, or its removal. Version grows strictly
// with every change of one id: it is the card's row version in Postgres. Repair
// says that the sender compared and found something else at this very version:
// it counts then although the version is known. What is older still changes nothing.
type Change struct {
	ID      string
	Version int64
	Delete  bool
	Repair  bool
	Doc     *Doc
}

// ItemResult is what became of one change.
type ItemResult uint8

// Applied: it counts from now on. Stale: the index knew this version or a newer
// one, and nothing happened. Rejected: it is not a valid document.
const (
	Applied ItemResult = iota
	Stale
	Rejected
)

// Receipt is what Apply gives: a place in the engine's order, and one result for each change.
type Receipt struct {
	Seq   int64
	Items []ItemResult
}

// Rebuild is a generation being built while the old one answers. Changes that
// are applied meanwhile reach both, or come back through the tail of Commit.
type Rebuild interface {
	// Add puts documents in. A later Add of the same id wins if its version is not older.
	Add(ctx context.Context, docs []Doc) error
	// Commit asks tail for what changed since the scan began, adds it while no
	// other change can slip in between, and lets the new generation answer.
	Commit(ctx context.Context, tail func(context.Context) ([]Change, error)) (Report, error)
	// Abort throws the new generation away. After Commit it does nothing.
	Abort(ctx context.Context) error
}

// Report says what a rebuild put in place.
type Report struct{ Docs int }

// Health says how an index stands. Reason is a word of ours, never an engine's text.
type Health struct {
	Ready      bool
	Engine     string
	Docs       int
	Generation uint64
	Degraded   bool
	Reason     string
}

// What an index refuses with. None carries anything that was typed or stored.
var (
	ErrUnavailable = fault.New(fault.Unavailable, "search.unavailable")
	ErrOverloaded  = fault.New(fault.Unavailable, "search.busy")
	ErrQuery       = fault.New(fault.Invalid, "search.invalid")
	ErrWords       = fault.New(fault.Invalid, "search.too_many_words")
	ErrDeep        = fault.New(fault.Invalid, "search.too_deep")
	ErrNarrow      = fault.New(fault.Invalid, "search.too_narrow")
	ErrRebuilding  = fault.New(fault.Conflict, "search.rebuilding")
)
