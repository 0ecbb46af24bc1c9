// Package fault sorts expected failures into a few kinds, so that the portal can
// choose a status and the workers can choose whether to retry without reading
// anyone's text. An error that is not a *Error is Internal: our mistake.
package fault

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Kind is what went wrong, from the caller's point of view.
type Kind uint8

// The kinds. Only Internal wakes anyone.
const (
	Internal        Kind = iota // our mistake
	Invalid                     // change what you sent
	Unauthenticated             // sign in first
	Forbidden                   // signed in, and still not yours
	NotFound                    // not there, or not yours to know about
	Conflict                    // true when you looked, not any more
	TooMany                     // slow down and try again later
	TooLarge                    // more than we take at once
	Unavailable                 // a neighbour is down; the same call may work later
)

// Kinds lists every kind, for tables that must cover them all.
var Kinds = []Kind{Internal, Invalid, Unauthenticated, Forbidden, NotFound, Conflict, TooMany, TooLarge, Unavailable}

var names = map[Kind]string{
	Internal: "internal", Invalid: "invalid", Unauthenticated: "unauthenticated", Forbidden: "forbidden",
	NotFound: "not_found", Conflict: "conflict", TooMany: "too_many", TooLarge: "too_large", Unavailable: "unavailable",
}

func (k Kind) String() string { return names[k] }

// Error is a failure that the product expects. Key names the sentence in the
// catalogue that a person is told; Fields names one per field of a form; Data
// fills the sentence's placeholders. Neither may hold anything personal,
// because both reach logs and pages.
type Error struct {
	Kind   Kind
	Key    string
	Fields map[string]string
	Data   map[string]any
	cause  error
}

// New makes a failure of a kind, told by the catalogue's key.
func New(kind Kind, key string) *Error { return &Error{Kind: kind, Key: key} }

// With fills a placeholder of the sentence.
func (e *Error) With(name string, value any) *Error {
	c := *e
	c.Data = maps.Clone(e.Data)
	if c.Data == nil {
		c.Data = map[string]any{}
	}
	c.Data[name] = value
	return &c
}

// Because keeps the cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// Error is the kind and the key, and nothing a person typed.
func (e *Error) Error() string {
	if len(e.Fields) == 0 {
		return e.Kind.String() + " " + e.Key
	}
	return fmt.Sprintf("%s %s (%s)", e.Kind, e.Key, strings.Join(slices.Sorted(maps.Keys(e.Fields)), ", "))
}

func (e *Error) Unwrap() error { return e.cause }

// Is makes errors.Is compare kind and key, so that a filled-in copy still is
// the failure it was made from.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind && t.Key == e.Key
}

// InvalidFields says which fields must change, each with a catalogue key.
// It is nil when there are none, so that a verb can end with it.
func InvalidFields(fields map[string]string) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Key: "form.invalid", Fields: fields}
}

// Of is the kind of err; nil has no kind and must not be asked.
func Of(err error) Kind {
	if e := As(err); e != nil {
		return e.Kind
	}
	return Internal
}

// As finds the *Error in err, or nil.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}
