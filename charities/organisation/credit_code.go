package organisation

import (
	"strings"

	"golang.org/x/text/width"
)

// creditAlphabet is the 31 characters of GB 32100-2015: no I, O, S, V, Z.
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// NormalCode brings every spelling of a unified social credit code to its 18
// capital characters, or returns "" for what is none: the check character must
// hold (GB 32100, weights are the powers of 3 modulo 31).
func NormalCode(s string) string {
	s = strings.ToUpper(width.Narrow.String(s))
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\t' || r == 0x3000 {
			return -1
		}
		return r
	}, s)
	if len(s) != 18 {
		return ""
	}
	check, ok := creditCheck(s[:17])
	if !ok || s[17] != check {
		return ""
	}
	return s
}

// creditCheck is the eighteenth character that belongs to seventeen.
func creditCheck(s string) (byte, bool) {
	sum, weight := 0, 1
	for i := range len(s) {
		value := strings.IndexByte(creditAlphabet, s[i])
		if value < 0 {
			return 0, false
		}
		sum += value * weight
		weight = weight * 3 % 31
	}
	return creditAlphabet[(31-sum%31)%31], true
}

// CodeFor completes seventeen characters to a code that holds, for a made-up
// city; "" for what cannot be completed.
func CodeFor(seventeen string) string {
	check, ok := creditCheck(seventeen)
	if len(seventeen) != 17 || !ok {
		return ""
	}
	return seventeen + string(check)
}
