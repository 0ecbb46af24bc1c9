package story

import (
	"shanqiao/needs/unclaimed"
	"shanqiao/portal/locale"
)

// Waited is how long something took, in days or working days, said which.
func Waited(l *locale.Locale, n int, unit unclaimed.Unit) string {
	key := "unclaimed.time." + string(unit)
	if n == 1 {
		key += "_one"
	}
	return l.T(key, "n", n)
}
