// Package id makes the identifiers of everything that has a page: 128 random
// bits, so that none says when it was made, how many there are, or whose it is.
package id

import (
	"crypto/rand"
	"encoding/base32"
	"regexp"
	"strings"
)

var encoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// Length is the number of characters of an identifier.
const Length = 26

var shape = regexp.MustCompile(`^[a-z2-7]{26}$`)

// New returns 26 lower-case characters holding 128 random bits.
func New() string {
	var b [16]byte
	rand.Read(b[:]) // never fails since Go 1.24
	return strings.ToLower(encoding.EncodeToString(b[:]))
}

// Valid says whether s has the shape of an identifier, so that nonsense from a
// URL is "not found" before it costs a query.
func Valid(s string) bool { return shape.MatchString(s) }
