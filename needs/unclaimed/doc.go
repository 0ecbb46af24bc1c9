// Package unclaimed is what happens to a need that nobody takes: it climbs, by
// its age, through wider area, neighbouring district, direct push, purchase and
// a coordination meeting. Publishing is not the end of the duty.
//
// How old a need is stands nowhere. It is counted from the day on which it was
// first listed and from the claims on it as they are now: a claim that covers
// all of it stops the clock, one that falls through lets it run on from where it
// stood. Each step is taken once: its row, the chain entry and the fact for the
// other half are one transaction, under the need's lock.
//
// The package must never let a step say more of a household than its card does:
// what crosses is the name of the step, and the gate gives it to the whole cohort.
package unclaimed
