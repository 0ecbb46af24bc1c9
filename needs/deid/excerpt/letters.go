package excerpt

import (
	"regexp"
	"strings"
)

var (
	latin    = regexp.MustCompile(`[a-z0-9][a-z0-9@_.+&\-$]*`)
	spelled  = regexp.MustCompile(`(?:\b[a-z0-9]{1,2}[ .\-_,]{1,2}){3,}[a-z0-9]{1,2}\b`)
	measured = regexp.MustCompile(`^\d{1,3}(?:\.\d)?(?:mg|ml|kg|cm|mm|g|u|d|h|μg|l)$`)
)

// latinWords are the only Latin words that stay: units, doses, findings.
var latinWords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`mg ml kg cm mm g l u h d iu mmhg bid tid qd qn qod prn po ct mri b a c p t x ecg icu inr adl iadl mmse bmi ph barthel app wifi ktv vip ok tv led gps aed dvd usb pm am gb mz hba`) {
		m[w] = true
	}
	return m
}()

// letters cuts every Latin word that is on no list: handles, addresses of mail,
// plates without their province, names in letters.
func letters(t *text, m *marker) {
	s, at := t.plain.s, t.plain.at
	for _, loc := range latin.FindAllStringIndex(s, -1) {
		w := strings.Trim(s[loc[0]:loc[1]], "@_.+&-$")
		if !strings.ContainsAny(w, "abcdefghijklmnopqrstuvwxyz") || latinWords[w] || measured.MatchString(w) {
			continue
		}
		before := s[max(0, loc[0]-24):loc[0]]
		m.cut(at[loc[0]], at[loc[1]], letterKind(w, before), Pattern)
	}
	for _, loc := range spelled.FindAllStringIndex(s, -1) {
		m.cut(at[loc[0]], at[loc[1]], Latin, Pattern)
	}
}

func letterKind(w, before string) Kind {
	switch {
	case strings.Contains(w, "@") || strings.HasSuffix(w, ".com") || strings.HasSuffix(w, ".cn") || strings.Contains(before, "邮箱"):
		return Email
	case strings.HasPrefix(w, "wxid") || strings.Contains(before, "微信"):
		return WeChat
	case strings.Contains(before, "车"):
		return Plate
	case strings.Contains(before, "诊") || strings.Contains(before, "病"):
		return Hospital
	}
	return Latin
}
