package excerpt

import (
	"strings"
	"unicode/utf8"
)

// short is the most bytes of a piece that is looked up where a text may hold it;
// what is longer is rare, and each is looked for by itself.
const short = 64

// needles are pieces of text to be looked for together. The cost of a text grows
// with its length and not with how many pieces there are.
type needles struct {
	kinds map[string]Kind
	sizes map[int]bool // of kinds, in bytes
	long  map[string]Kind
}

func newNeedles() needles {
	return needles{map[string]Kind{}, map[int]bool{}, map[string]Kind{}}
}

// add keeps the strongest kind of a piece, and of two that have no rank the
// first in the alphabet, so that the order of adding changes nothing.
func (n needles) add(w string, kind Kind) {
	in := n.kinds
	if len(w) > short {
		in = n.long
	} else {
		n.sizes[len(w)] = true
	}
	if had, ok := in[w]; !ok || kind.rank() < had.rank() || kind.rank() == had.rank() && kind < had {
		in[w] = kind
	}
}

// find tells of every place of a view, bytes from to to, where a piece stands; what
// it told of a long piece it does not tell again. It returns how often it looked.
func (n needles) find(v view, found func(v view, from, to int, kind Kind)) int {
	looked := 0
	for i := range v.s {
		for size := range n.sizes {
			if i+size > len(v.s) {
				continue
			}
			looked++
			if kind, ok := n.kinds[v.s[i:i+size]]; ok {
				found(v, i, i+size, kind)
			}
		}
	}
	for w, kind := range n.long {
		told := 0
		for from := 0; ; looked++ {
			i := strings.Index(v.s[from:], w)
			if i < 0 {
				break
			}
			i += from
			found(v, max(i, told), i+len(w), kind)
			told = i + len(w)
			_, size := utf8.DecodeRuneInString(v.s[i:])
			from = i + size
		}
	}
	return looked
}
