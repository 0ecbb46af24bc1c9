package secret

import (
	"strings"
	"time"

	"golang.org/x/text/width"
)

// NormalIdentity brings every spelling of a resident identity number to one:
// full-width digits, spaces, a small x, the 15-digit form. It returns "" for
// what cannot be an identity number; the check digit must hold.
func NormalIdentity(s string) String {
	s = strings.ToUpper(keep(s, "xX"))
	if len(s) == 15 {
		s = s[:6] + "19" + s[6:]
		s += string(checkDigit(s))
	}
	if len(s) != 18 || strings.ContainsRune(s[:17], 'X') || s[17] != checkDigit(s[:17]) {
		return ""
	}
	if _, err := time.Parse("20060102", s[6:14]); err != nil {
		return ""
	}
	return String(s)
}

// NormalPhone brings every spelling of a mainland mobile number to its eleven
// digits, or returns "" for what is none.
func NormalPhone(s string) String {
	s = strings.TrimPrefix(keep(s, ""), "00")
	if len(s) == 13 {
		s = strings.TrimPrefix(s, "86")
	}
	if len(s) != 11 || s[0] != '1' || s[1] < '3' {
		return ""
	}
	return String(s)
}

// keep narrows full-width characters and drops all but digits and the given letters.
func keep(s, letters string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || strings.ContainsRune(letters, r) {
			return r
		}
		return -1
	}, width.Narrow.String(s))
}

// checkDigit is the last character of an 18-digit number (GB 11643, ISO 7064 MOD 11-2).
func checkDigit(s string) byte {
	sum, weight := 0, 1
	for i := len(s) - 1; i >= 0; i-- {
		weight = weight * 2 % 11
		sum += int(s[i]-'0') * weight
	}
	return "10X98765432"[sum%11]
}
