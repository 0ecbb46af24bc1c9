package index

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Sum is the checksum of all that a document says. Two documents of one version
// may still differ, when the words that a kind of help is found by have changed
// with the program, and a store may lose part of what it was given: the version
// alone would not tell.
func (d Doc) Sum() uint64 {
	h := sha256.New()
	fmt.Fprintf(h, "%q %d %q %q %q %q %q %q %q %d %d %d %q %q", d.ID, d.Version, d.Area, d.Age, d.Size,
		d.Category, d.Group, d.Code, d.Urgency, d.Tick, d.Until, d.Rank, d.Title, d.Text)
	return binary.BigEndian.Uint64(h.Sum(nil))
}

// DocVersion is one line of a manifest: which version of a document is held, and
// the checksum that it came with.
type DocVersion struct {
	ID      string
	Version int64
	Sum     uint64
}

// LineOf is how a document would stand in a manifest.
func LineOf(d Doc) DocVersion { return DocVersion{ID: d.ID, Version: d.Version, Sum: d.Sum()} }

// mark is the line as one number, for comparing many of them at once.
func (v DocVersion) mark() uint64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %d", v.ID, v.Version, v.Sum))
	return binary.BigEndian.Uint64(sum[:])
}

// Bucket is the part of an index that a document is compared in: the first two
// characters of its id, which is random, so that the 1024 of them are alike in size.
func Bucket(id string) string { return id[:min(2, len(id))] }

// Buckets says of every part of an index how many documents it holds and which,
// in one number: the lines' marks, added without carry. In whatever order lines
// are added, equal parts have equal numbers.
type Buckets map[string]struct {
	N    int
	Mark uint64
}

// Add counts a line.
func (b Buckets) Add(v DocVersion) {
	at := Bucket(v.ID)
	sum := b[at]
	sum.N++
	sum.Mark ^= v.mark()
	b[at] = sum
}

// Len is how many documents there are in all parts.
func (b Buckets) Len() (n int) {
	for _, part := range b {
		n += part.N
	}
	return n
}

// Differ names the parts in which two indexes are not the same.
func (b Buckets) Differ(from Buckets) []string {
	var out []string
	for at, sum := range b {
		if from[at] != sum {
			out = append(out, at)
		}
	}
	for at := range from {
		if _, both := b[at]; !both {
			out = append(out, at)
		}
	}
	return out
}
