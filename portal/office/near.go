package office

import (
	"net/http"
	"strconv"

	"shanqiao/internal/actor"
	"shanqiao/matcher"
	needsroot "shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/portal/locale"
)

// whom is an organisation to ask, with the language of its name.
type whom struct{ Name, Lang string }

// nearLine is one condition that alone keeps offers away.
type nearLine struct {
	Text, Do string
	Whom     []whom
}

// nearView is what stands between a need and more help. Folded where somebody is
// proposed already: then it is worth knowing and nothing waits for it.
type nearView struct {
	Lines  []nearLine
	None   string // in place of lines: nobody is near
	Folded bool
}

// near is nil where there is nothing to say.
func (o *Office) near(r *http.Request, l *locale.Locale, by actor.Officer, code needsroot.Code, card string, proposed int) (*nearView, error) {
	found, err := matcher.NearMisses(r.Context(), o.Exchange, by, deid.CardID(card), o.Now())
	if err != nil {
		return nil, err
	}
	if proposed > 0 && len(found.Misses) == 0 || found.Fit > 0 && proposed == 0 {
		return nil, nil // who fits is proposed in a moment
	}
	return nearOf(l, code, found, proposed > 0), nil
}

func nearOf(l *locale.Locale, code needsroot.Code, found matcher.Near, folded bool) *nearView {
	v := &nearView{Folded: folded}
	switch {
	case len(found.Misses) > 0:
	case found.Kind == 0:
		v.None = l.T("near.none.kind", "what", itemName(l, code))
	default:
		v.None = l.T("near.none.other", "what", itemName(l, code), "n", found.Kind, "rule", l.T("rule."+string(found.Cause)+".name"))
	}
	for _, m := range found.Misses {
		words := m.Words(string(l.Language))
		words["n"] = strconv.Itoa(m.Offers)
		line := nearLine{Text: l.Fill(m.Key(), words), Do: l.Fill(m.Key()+".do", words)}
		for _, g := range m.Organisations {
			name, lang := l.Pick(g.Zh, g.En)
			line.Whom = append(line.Whom, whom{name, lang})
		}
		v.Lines = append(v.Lines, line)
	}
	return v
}
