package chain

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"time"
)

// format is the version of the encoding below. It is part of every hash, so that
// a later format cannot be passed off as this one.
const format = "shanqiao-chain/1"

// row is an entry as it is stored.
type row struct {
	Household  string
	Seq        int64
	Kind       string
	At         time.Time
	Role       string
	Actor      string
	Basis      string
	Corrects   int64 // 0: none
	Payload    *string
	Salt       []byte
	Commitment []byte
	Prev       []byte
	Link       []byte
}

// genesis is what the first entry of a household points back to. It is made from
// the household's id, so that a chain cannot be moved to another household.
func genesis(household string) []byte {
	h := sha256.New()
	text(h, format)
	text(h, "genesis")
	text(h, household)
	return h.Sum(nil)
}

// commit binds a payload without telling it: without the salt, even a short
// payload cannot be guessed from its commitment.
func commit(salt, payload []byte) []byte {
	h := sha256.New()
	h.Write(salt)
	h.Write(payload)
	return h.Sum(nil)
}

// link is the entry's own hash over everything but the payload and the salt,
// which the commitment stands for. Every part has its length before it: no two
// different entries have the same encoding.
func (r row) link() []byte {
	h := sha256.New()
	text(h, format)
	text(h, r.Household)
	number(h, r.Seq)
	text(h, r.Kind)
	number(h, r.At.UnixMicro())
	text(h, r.Role)
	text(h, r.Actor)
	text(h, r.Basis)
	number(h, r.Corrects)
	text(h, string(r.Commitment))
	text(h, string(r.Prev))
	return h.Sum(nil)
}

func text(h hash.Hash, s string) {
	number(h, int64(len(s)))
	h.Write([]byte(s))
}

func number(h hash.Hash, n int64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	h.Write(b[:])
}
