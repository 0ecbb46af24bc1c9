package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"shanqiao/internal/fault"
)

// Cost is what a password hash costs: about 100 ms and 64 MiB, which is what
// makes guessing dear. A hash made at another cost is made anew at sign-in.
type Cost struct {
	KiB     uint32
	Passes  uint32
	Threads uint8
}

// Today is the cost of new hashes.
var Today = Cost{KiB: 64 * 1024, Passes: 2, Threads: 1}

// Shortest and Longest password, in characters. No other rule is set for what
// it must contain, because such rules make passwords weaker; common ones are refused.
const (
	Shortest = 10
	Longest  = 128
)

var (
	errBusy     = fault.New(fault.Unavailable, "account.busy")
	errTooShort = fault.InvalidFields(map[string]string{"password": "account.password_short"})
	errTooLong  = fault.InvalidFields(map[string]string{"password": "account.password_long"})
	errCommon   = fault.InvalidFields(map[string]string{"password": "account.password_common"})
)

// Hashing takes a whole core and much memory, so only as many run as there are
// cores; a queue of fifty waits and the next is told to come back.
var (
	running = make(chan struct{}, runtime.NumCPU())
	waiting = make(chan struct{}, runtime.NumCPU()+50)
)

func hashing(ctx context.Context, do func()) error {
	select {
	case waiting <- struct{}{}:
		defer func() { <-waiting }()
	default:
		return errBusy
	}
	select {
	case running <- struct{}{}:
		defer func() { <-running }()
	case <-ctx.Done():
		return ctx.Err()
	}
	do()
	return nil
}

// usable says whether a password is long enough and not common.
func usable(password string) error {
	password = norm.NFC.String(password)
	switch n := utf8.RuneCountInString(password); {
	case n < Shortest:
		return errTooShort
	case n > Longest:
		return errTooLong
	case common(password):
		return errCommon
	}
	return nil
}

// Hash makes a PHC string of a password that is long enough and not common.
func Hash(ctx context.Context, password string) (string, error) {
	if err := usable(password); err != nil {
		return "", err
	}
	password = norm.NFC.String(password)
	var salt [16]byte
	rand.Read(salt[:])
	var out string
	err := hashing(ctx, func() {
		c := Today
		sum := argon2.IDKey([]byte(password), salt[:], c.Passes, c.KiB, c.Threads, 32)
		out = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.KiB, c.Passes, c.Threads,
			base64.RawStdEncoding.EncodeToString(salt[:]), base64.RawStdEncoding.EncodeToString(sum))
	})
	return out, err
}

// nobody is compared with when there is no such account, so that the answer
// takes as long as it does for one that is there.
var nobody = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, Today.KiB, Today.Passes, Today.Threads,
	strings.Repeat("A", 22), strings.Repeat("A", 43))

// matches compares a password with a PHC string; stale says that it matched
// and should be hashed anew at today's cost.
func matches(ctx context.Context, phc, password string) (ok, stale bool, err error) {
	cost, salt, sum, err := readPHC(phc)
	if err != nil {
		return false, false, err
	}
	if len(password) > 4*Longest {
		password = "" // too long to be one of ours, and not worth the memory
	}
	err = hashing(ctx, func() {
		got := argon2.IDKey([]byte(norm.NFC.String(password)), salt, cost.Passes, cost.KiB, cost.Threads, uint32(len(sum)))
		ok = subtle.ConstantTimeCompare(got, sum) == 1
	})
	return ok, ok && cost != Today, err
}

func readPHC(phc string) (c Cost, salt, sum []byte, err error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return c, nil, nil, fmt.Errorf("account: a password hash of an unknown kind")
	}
	if _, err = fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.KiB, &c.Passes, &c.Threads); err != nil {
		return c, nil, nil, fmt.Errorf("account: cost of a password hash: %w", err)
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return c, nil, nil, fmt.Errorf("account: salt of a password hash: %w", err)
	}
	sum, err = base64.RawStdEncoding.DecodeString(parts[5])
	return c, salt, sum, err
}

// common refuses what is tried first: one character repeated, a run of the
// keyboard or of digits, and the usual words with digits around them.
func common(password string) bool {
	s := strings.ToLower(password)
	if strings.Count(s, s[:1]) == len(s) {
		return true
	}
	for _, run := range []string{"01234567890123456789", "98765432109876543210", "qwertyuiopasdfghjklzxcvbnm", "abcdefghijklmnopqrstuvwxyz"} {
		if strings.Contains(run, s) {
			return true
		}
	}
	core := strings.Trim(s, "0123456789!@#$%.*_-")
	switch core {
	case "", "password", "passw0rd", "p@ssw0rd", "admin", "administrator", "qwerty", "qwertyuiop", "iloveyou",
		"welcome", "woaini", "shanqiao", "beijing", "letmein", "abc", "abcd", "user", "test", "root":
		return len(s) < 20
	}
	return false
}
