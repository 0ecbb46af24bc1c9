package account

import (
	"crypto/rand"
	"strings"
)

// letters leaves out what is misread from a screen or over the telephone:
// 0 and o, 1, i and l.
const letters = "abcdefghjkmnpqrstuvwxyz23456789"

// NewPassword is four groups of four characters, 79 random bits, to be told once
// and typed by hand.
func NewPassword() string {
	var b strings.Builder
	var one [1]byte
	for n := 0; n < 16; {
		rand.Read(one[:]) // never fails since Go 1.24
		// Bytes past a whole number of alphabets would favour the first letters.
		if int(one[0]) >= 256/len(letters)*len(letters) {
			continue
		}
		if n > 0 && n%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(letters[int(one[0])%len(letters)])
		n++
	}
	return b.String()
}
