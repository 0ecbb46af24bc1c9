// Package secret keeps personal values unreadable at rest and in passing.
//
// A sealed value is bound to the table, column and row it stands in: moved
// elsewhere it does not open. A blind index finds an equal value without
// storing it. The index key is the whole secret of the index, because identity
// numbers can be enumerated, so it never enters the database.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
)

// String is a personal value on its way through the program. Whatever prints
// it prints three stars; only Reveal gives it up.
type String string

// String prints three stars.
func (String) String() string { return "***" }

// GoString prints three stars.
func (String) GoString() string { return "***" }

// LogValue logs three stars.
func (String) LogValue() slog.Value { return slog.StringValue("***") }

// MarshalJSON writes three stars.
func (String) MarshalJSON() ([]byte, error) { return []byte(`"***"`), nil }

// Reveal gives the value up. Callers are the few pages that may show it.
func (s String) Reveal() string { return string(s) }

// Keys opens and seals. Its keys are derived from one master secret.
type Keys struct {
	master []byte
	aead   cipher.AEAD
	blind  []byte
}

const version = 1

// ErrSealed is all that is told of a value that does not open.
var ErrSealed = errors.New("secret: value does not open here")

// NewKeys derives the keys from a master secret of at least 32 bytes.
func NewKeys(master []byte) (*Keys, error) {
	if len(master) < 32 {
		return nil, errors.New("secret: the master key needs at least 32 bytes")
	}
	k := &Keys{master: master}
	seal, err := k.Derive("seal/1", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(seal)
	if err != nil {
		return nil, err
	}
	if k.aead, err = cipher.NewGCMWithRandomNonce(block); err != nil {
		return nil, err
	}
	k.blind, err = k.Derive("blind/1", 32)
	return k, err
}

// Derive makes a key of n bytes for one purpose.
func (k *Keys) Derive(purpose string, n int) ([]byte, error) {
	return hkdf.Key(sha256.New, k.master, nil, "shanqiao/"+purpose, n)
}

// Place is where a sealed value stands.
type Place struct{ Table, Column, Row string }

func (p Place) bytes() []byte { return fmt.Appendf(nil, "%s|%s|%s", p.Table, p.Column, p.Row) }

// Seal encrypts s for one place. An empty value is nil: there is nothing to hide.
func (k *Keys) Seal(at Place, s String) []byte {
	if s == "" {
		return nil
	}
	return k.aead.Seal([]byte{version}, nil, []byte(s), at.bytes())
}

// Open decrypts what was sealed for this place.
func (k *Keys) Open(at Place, sealed []byte) (String, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	if sealed[0] != version {
		return "", ErrSealed
	}
	plain, err := k.aead.Open(nil, nil, sealed[1:], at.bytes())
	if err != nil {
		return "", ErrSealed
	}
	return String(plain), nil
}

// Blind is the index of a normalised value of one kind ("identity", "phone").
// Nothing is the index of nothing.
func (k *Keys) Blind(kind string, s String) []byte {
	if s == "" {
		return nil
	}
	h := hmac.New(sha256.New, k.blind)
	fmt.Fprintf(h, "%s|%s", kind, string(s))
	return h.Sum(nil)[:16]
}
