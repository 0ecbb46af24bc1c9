package route

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"shanqiao/internal/actor"
)

// Relation is how a person must stand to the thing acted upon. The policy table
// documents it; the where clause of the verb enforces it.
type Relation string

// The relations.
const (
	Anyone    Relation = "anyone"     // nothing to own
	Self      Relation = "self"       // the account's own settings
	Household Relation = "household"  // the citizen's own household
	Own       Relation = "own"        // of the member's or volunteer's own organisation
	Named     Relation = "named"      // introduced to this one worker
	Region    Relation = "region"     // in the officer's region
	Verified  Relation = "verified"   // what verified organisations may see
	Whole     Relation = "whole city" // everything of that kind
)

// Rule is one row of the policy table. No roles means anyone, signed in or not.
type Rule struct {
	Roles    []actor.Role
	Relation Relation
}

// Policy is the table of who may do what.
type Policy map[Action]Rule

// Allows says whether a role may do something.
func (p Policy) Allows(a Action, role actor.Role) bool {
	rule, ok := p[a]
	return ok && (len(rule.Roles) == 0 || slices.Contains(rule.Roles, role))
}

// Check compares the table with the routes: every route has a row, every row a
// route, and a row lets in only roles that the handler's type can serve.
func (p Policy) Check(routes []Route) error {
	var errs []error
	used := map[Action]bool{}
	for _, rt := range routes {
		rule, ok := p[rt.Action]
		used[rt.Action] = true
		can := rt.Handler.Roles()
		switch {
		case !ok:
			errs = append(errs, fmt.Errorf("%s %s: no policy for %q", rt.Methods, rt.Pattern, rt.Action))
		case (len(can) == 0) != (len(rule.Roles) == 0):
			errs = append(errs, fmt.Errorf("%s: %q is public in one place and not in the other", rt.Pattern, rt.Action))
		}
		for _, role := range rule.Roles {
			if !slices.Contains(can, role) {
				errs = append(errs, fmt.Errorf("%s: %q lets in %s, whom its handler cannot serve", rt.Pattern, rt.Action, role))
			}
		}
	}
	for _, action := range slices.Sorted(maps.Keys(p)) {
		if !used[action] {
			errs = append(errs, fmt.Errorf("policy for %q has no route", action))
		}
	}
	return errors.Join(errs...)
}

// Merge joins the tables of the audiences; an action belongs to one of them.
func Merge(tables ...Policy) Policy {
	all := Policy{}
	for _, table := range tables {
		for action, rule := range table {
			if _, twice := all[action]; twice {
				panic("route: two policies for " + string(action))
			}
			all[action] = rule
		}
	}
	return all
}

// Link is a line of a role's navigation; Key names its words. Also is where
// pages of it lie that are not under Path.
type Link struct {
	Path string
	Key  string
	Also string
}
