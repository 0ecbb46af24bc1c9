package embedded

import (
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"shanqiao/needs/index"
)

// texts is one searchable attribute. Cards of a cohort say the same words, so a
// text is kept and cut once and documents point to it.
type texts struct {
	of     map[string]uint32
	all    []text
	free   []uint32
	column []uint32
	grams  map[string]*roaring.Bitmap // gram → documents
}

type text struct {
	raw    string
	normal string // between blanks, so that a word can be found whole
	grams  []string
	uses   int
}

func newTexts() texts {
	return texts{of: map[string]uint32{}, grams: map[string]*roaring.Bitmap{}}
}

func (t *texts) set(slot uint32, raw string) {
	n, ok := t.of[raw]
	if !ok {
		made := text{raw: raw, normal: " " + index.Normal(raw) + " ", grams: index.TextGrams(raw)}
		if last := len(t.free) - 1; last >= 0 {
			n = t.free[last]
			t.free = t.free[:last]
			t.all[n] = made
		} else {
			n = uint32(len(t.all))
			t.all = append(t.all, made)
		}
		t.of[raw] = n
	}
	for int(slot) >= len(t.column) {
		t.column = append(t.column, 0)
	}
	t.column[slot] = n
	t.all[n].uses++
	for _, gram := range t.all[n].grams {
		bm := t.grams[gram]
		if bm == nil {
			bm = roaring.New()
			t.grams[gram] = bm
		}
		bm.Add(slot)
	}
}

func (t *texts) clear(slot uint32) {
	n := t.column[slot]
	for _, gram := range t.all[n].grams {
		if bm := t.grams[gram]; bm != nil {
			bm.Remove(slot)
			if bm.IsEmpty() {
				delete(t.grams, gram)
			}
		}
	}
	if t.all[n].uses--; t.all[n].uses == 0 {
		delete(t.of, t.all[n].raw)
		t.all[n] = text{}
		t.free = append(t.free, n)
	}
}

// find is who has the term within those of among. The pairs of a longer run may
// stand apart, so it is looked for once in each different text that has them all.
func (t *texts) find(term index.Term, among *roaring.Bitmap) *roaring.Bitmap {
	found := among
	grams := term.Grams()
	for i, gram := range grams {
		bm := t.grams[gram]
		if bm == nil {
			return roaring.New()
		}
		if i == 0 {
			found = roaring.And(found, bm)
		} else {
			found.And(bm)
		}
	}
	if len(grams) == 1 {
		return found
	}
	seen := map[uint32]bool{}
	var out []uint32
	for it := found.Iterator(); it.HasNext(); {
		slot := it.Next()
		n := t.column[slot]
		has, known := seen[n]
		if !known {
			has = strings.Contains(t.all[n].normal, term.Run)
			seen[n] = has
		}
		if has {
			out = append(out, slot)
		}
	}
	return roaring.BitmapOf(out...)
}
