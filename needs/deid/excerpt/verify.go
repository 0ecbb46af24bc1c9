package excerpt

import (
	"regexp"
	"slices"
)

var longLatin = regexp.MustCompile(`[a-z]{5,}`)

// verify reads what is to be published as if it were a note of its own. What it
// finds is a reason to withhold it. The last three checks repeat, in the
// plainest way, what the detectors do: one of the two may be wrong.
func verify(out string, v *Values) []Reason {
	var reasons []Reason
	if tooLong(out) {
		reasons = append(reasons, TooLong)
	}
	t, marks := detect(out, v)
	if slices.ContainsFunc(marks, func(m mark) bool { return m.kind != "" }) {
		reasons = append(reasons, StillFound)
	}
	if longRun(t) {
		reasons = append(reasons, LongNumber)
	}
	for _, w := range longLatin.FindAllString(t.plain.s, -1) {
		if !latinWords[w] {
			reasons = append(reasons, LongLatin)
			break
		}
	}
	if ownLeft(t, v) {
		reasons = append(reasons, OwnLeft)
	}
	return reasons
}

var anyRun = regexp.MustCompile(`[0-9](?:[ \t\-–—.·/()_]{0,3}[0-9])*`)

// longRun says whether four digits stand together once what parts digits is
// gone, other than a number that the public is told to ring.
func longRun(t *text) bool {
	for _, w := range anyRun.FindAllString(t.plain.s, -1) {
		n := 0
		for _, c := range w {
			if '0' <= c && c <= '9' {
				n++
			}
		}
		if n >= 4 && !hotline[w] {
			return true
		}
	}
	return false
}

func ownLeft(t *text, v *Values) bool {
	left := false
	v.whole.find(t.bare(), func(view, int, int, Kind) { left = true })
	return left
}
