package chain

import (
	"bytes"
	"fmt"
)

// most is how many findings of one household are listed: one forged entry in
// front can make every later one look wrong, and the first ones tell the story.
const most = 8

// head is the last entry of a chain as chain_heads tells it.
type head struct {
	Household string
	Seq       int64
	Link      []byte
}

// examine reads one household's entries, oldest first, beside its head and says
// what is wrong. It is pure, so that each kind of damage can be tried in a test.
func examine(household string, rows []row, h *head) []Finding {
	e := examination{household: household, rows: rows, last: h, erased: map[int64]bool{}}
	for _, r := range rows {
		if r.Kind == string(Erased) && r.Corrects < r.Seq && bytes.Equal(r.link(), r.Link) {
			e.erased[r.Corrects] = true
		}
	}
	before, expected := genesis(household), int64(1)
	for i := range rows {
		e.entry(i, before, expected)
		before, expected = rows[i].Link, rows[i].Seq+1
	}
	e.head()
	return e.found
}

type examination struct {
	household string
	rows      []row
	last      *head
	erased    map[int64]bool
	found     []Finding
}

func (e *examination) say(seq, to int64, d Damage, format string, args ...any) {
	if len(e.found) < most {
		e.found = append(e.found, Finding{Household: e.household, Seq: seq, To: to, Damage: d,
			Detail: fmt.Sprintf(format, args...)})
	}
}

// entry looks at one entry: its number, its own hash, its payload, and whether it
// continues the entry before.
func (e *examination) entry(i int, before []byte, expected int64) {
	r := e.rows[i]
	if was, moved := e.writtenAs(r); moved {
		e.say(r.Seq, 0, Reordered, "it was written as entry %d", was)
		return
	}
	if r.Seq > expected {
		e.say(expected, r.Seq-1, Removed, "%d missing before entry %d", r.Seq-expected, r.Seq)
	}
	whole := bytes.Equal(r.link(), r.Link)
	continues := bytes.Equal(r.Prev, before)
	switch {
	case !whole && e.borneOut(i):
		e.say(r.Seq, 0, EditedFields, "its time, actor, kind, basis, commitment or pointer back no longer gives its hash")
	case !whole:
		e.say(r.Seq, 0, EditedLink, "its hash is not that of its content, and what follows points elsewhere")
	case !continues && r.Seq == expected && !e.blamed(r.Seq-1):
		e.forged(i, expected)
	}
	e.payload(r, whole)
}

// forged decides which of two entries is the false one: both are consistent in
// themselves, and the second does not point to the first. What comes after, or
// the head, bears out the second or it does not.
func (e *examination) forged(i int, expected int64) {
	r := e.rows[i]
	if i == 0 || !e.borneOut(i) {
		e.say(r.Seq, 0, Forged, "it does not point back to the entry before it")
		return
	}
	e.say(expected-1, 0, Forged, "entry %d points back to another entry than this one", expected)
}

// borneOut says whether what comes after entry i, the next entry or the head,
// names i by the hash that it has now.
func (e *examination) borneOut(i int) bool {
	if i+1 < len(e.rows) {
		return bytes.Equal(e.rows[i+1].Prev, e.rows[i].Link)
	}
	return e.last != nil && bytes.Equal(e.last.Link, e.rows[i].Link)
}

func (e *examination) blamed(seq int64) bool {
	for _, f := range e.found {
		if f.Seq == seq || f.Seq <= seq && seq <= f.To {
			return true
		}
	}
	return false
}

// writtenAs finds the number under which the hash of an entry holds, if it does
// not hold under the number that the entry has now.
func (e *examination) writtenAs(r row) (int64, bool) {
	if len(e.found) >= most || bytes.Equal(r.link(), r.Link) {
		return 0, false
	}
	now, last := r.Seq, e.rows[len(e.rows)-1].Seq
	for r.Seq = max(1, now-1000); r.Seq <= min(last, now+1000)+1; r.Seq++ {
		if r.Seq != now && bytes.Equal(r.link(), r.Link) {
			return r.Seq, true
		}
	}
	return 0, false
}

func (e *examination) payload(r row, whole bool) {
	switch {
	case r.Payload != nil:
		if !bytes.Equal(commit(r.Salt, []byte(*r.Payload)), r.Commitment) && whole {
			e.say(r.Seq, 0, EditedPayload, "what it says is not what was committed to")
		}
	case !e.erased[r.Seq]:
		e.say(r.Seq, 0, PayloadMissing, "no later entry accounts for an erasure")
	}
}

func (e *examination) head() {
	h := e.last
	var seq int64
	link := genesis(e.household)
	if n := len(e.rows); n > 0 {
		seq, link = e.rows[n-1].Seq, e.rows[n-1].Link
	}
	switch {
	case h == nil:
		e.say(seq, 0, HeadMismatch, "the chain has no head")
	case h.Seq > seq:
		e.say(seq+1, h.Seq, Removed, "the head knows %d entries, %d are there", h.Seq, seq)
	case h.Seq < seq:
		e.say(h.Seq+1, seq, HeadMismatch, "the head knows %d entries only", h.Seq)
	case !bytes.Equal(h.Link, link):
		e.say(seq, 0, HeadMismatch, "the head names another last entry: one of the two was rewritten")
	}
}
