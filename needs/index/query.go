package index

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Field is a code that a card carries. The list is closed: a name that is not
// here cannot be asked for.
type Field uint8

// The code fields.
const (
	Area Field = iota
	Age
	Size
	Category
	Group
	Code
	Urgency
	fields
)

var facetFields = map[Field]string{
	Area: "area", Age: "age", Size: "size", Category: "category", Group: "group", Code: "code", Urgency: "urgency",
}

// Fields lists every code field.
func Fields() []Field { return []Field{Area, Age, Size, Category, Group, Code, Urgency} }

func (f Field) String() string { return facetFields[f] }

// NumField is a number that a card carries.
type NumField uint8

// Tick is the publishing round; Until the last day of the window, in days since 1970.
const (
	Tick NumField = iota
	Until
)

func (f NumField) String() string { return [...]string{Tick: "tick", Until: "until"}[f] }

// Cond is one condition on a document: In, Range, Not or AnyOf.
type Cond interface{ cond() }

// In holds where the field is one of the codes. No codes hold nowhere.
type In struct {
	Field Field
	Codes []string
}

// Range holds where the number lies between Min and Max, both included; nil is no bound.
type Range struct {
	Field    NumField
	Min, Max *int64
}

// Not holds where Of does not.
type Not struct{ Of Cond }

// AnyOf holds where at least one does. None of none holds nowhere.
type AnyOf struct{ Of []Cond }

func (In) cond()    {}
func (Range) cond() {}
func (Not) cond()   {}
func (AnyOf) cond() {}

// canon writes a condition in one way, whatever the order of its codes and parts.
func canon(c Cond) string {
	switch c := c.(type) {
	case In:
		codes := slices.Sorted(slices.Values(c.Codes))
		return c.Field.String() + " in " + strings.Join(slices.Compact(codes), ",")
	case Range:
		bound := func(n *int64) string {
			if n == nil {
				return ""
			}
			return strconv.FormatInt(*n, 10)
		}
		return c.Field.String() + " from " + bound(c.Min) + " to " + bound(c.Max)
	case Not:
		return "not (" + canon(c.Of) + ")"
	case AnyOf:
		var parts []string
		for _, of := range c.Of {
			parts = append(parts, canon(of))
		}
		slices.Sort(parts)
		return "any (" + strings.Join(parts, ") (") + ")"
	}
	return ""
}

// Sort is the order of hits. Every order ends with the id, which is random, so
// that equals come in the same order every time and the order tells nothing.
type Sort uint8

// Best: words in the name of the help before words elsewhere, then as Pressing.
// Pressing: urgent first, then what ends soonest. Ending: what ends soonest.
// Latest: the newest publishing round first.
const (
	Best Sort = iota
	Pressing
	Ending
	Latest
	sorts
)

// Query is one search. All of Must has to hold. Facets names the fields to count
// over everything that matches, not only the hits returned.
type Query struct {
	Text   string
	Must   []Cond
	Sort   Sort
	Facets []Field
	Limit  int // 1 to MaxLimit
	Offset int // Offset+Limit up to MaxDepth
}

// What a query may ask at most.
const (
	MaxLimit = 100
	MaxDepth = 1000
	MaxRunes = 200 // characters of text
	MaxTerms = 10  // words of text
	maxNest  = 16
	maxConds = 500
	maxCodes = 512
)

// Terms checks the query and cuts its text. An engine begins with it, so that
// every engine refuses the same queries in the same words.
func (q Query) Terms() ([]Term, error) {
	if q.Limit < 1 || q.Limit > MaxLimit || q.Offset < 0 || q.Sort >= sorts || len(q.Facets) > int(fields) {
		return nil, ErrQuery
	}
	if q.Offset > MaxDepth-q.Limit {
		return nil, ErrDeep
	}
	for _, f := range q.Facets {
		if f >= fields {
			return nil, ErrQuery
		}
	}
	budget := maxConds
	for _, c := range q.Must {
		if err := check(c, maxNest, &budget); err != nil {
			return nil, err
		}
	}
	if !utf8.ValidString(q.Text) || utf8.RuneCountInString(q.Text) > MaxRunes {
		return nil, ErrQuery
	}
	terms := Terms(q.Text)
	if len(terms) > MaxTerms {
		return nil, ErrWords
	}
	return terms, nil
}

func check(c Cond, depth int, budget *int) error {
	if *budget--; depth == 0 || *budget < 0 {
		return ErrQuery
	}
	switch c := c.(type) {
	case In:
		if c.Field >= fields || len(c.Codes) > maxCodes {
			return ErrQuery
		}
		for _, v := range c.Codes {
			if !code.MatchString(v) {
				return ErrQuery
			}
		}
	case Range:
		if c.Field > Until {
			return ErrQuery
		}
	case Not:
		return check(c.Of, depth-1, budget)
	case AnyOf:
		for _, sub := range c.Of {
			if err := check(sub, depth-1, budget); err != nil {
				return err
			}
		}
	default:
		return ErrQuery.Because(fmt.Errorf("condition of type %T", c))
	}
	return nil
}

// Page is what a search found. Total and the counts of Facets are exact and cover
// everything that matches; they are for Find, which hides the small ones, and not for pages.
type Page struct {
	Hits       []Hit
	Total      int
	Facets     map[Field][]Count
	Degraded   bool // answered by the second engine, or cut short
	Generation uint64
}

// Hit names a card and the version that matched.
type Hit struct {
	ID      string
	Version int64
}

// Count says how many matches carry a code. Counts come largest first, then by code.
type Count struct {
	Code string
	N    int
}
