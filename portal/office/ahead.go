package office

import (
	"net/http"
	"strconv"
	"strings"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/needs/deid"
	"shanqiao/needs/gate"
	"shanqiao/needs/worklist"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

// ahead is what would be shown of a need, beside what its record holds. It is
// for the officer who decides: the record's side is nobody else's to read.
type ahead struct {
	None   *html.Notice // nothing can be said, or no cohort is waited for
	Looks  []look
	Direct said
}

// look is one tier, with the card as it would read or why it waits.
type look struct {
	Title, Asked, Together, Another string
	Waits                           *html.Notice
	Said                            *said
	Table                           *table
}

// said is a sentence of a card as both kinds of reader see it.
type said struct{ Zh, En string }

func sentences(c deid.Card) said {
	return said{locale.Unbroken(c.SentenceZh), locale.Unbroken(c.SentenceEn)}
}

func (o *Office) ahead(r *http.Request, l *locale.Locale, by actor.Officer, n worklist.Need) (*ahead, error) {
	p, err := gate.Foresee(r.Context(), o.Gate, by, n.ID, o.day())
	if fault.Of(err) == fault.Conflict {
		return &ahead{None: &html.Notice{Tone: html.Waiting, Title: l.T("office.ahead.none"), Text: l.T("gate.no_draft")}}, nil
	}
	if err != nil {
		return nil, err
	}
	a := &ahead{Direct: sentences(p.Direct)}
	if len(p.Tiers) == 0 {
		a.None = &html.Notice{Tone: html.Urgent, Title: l.T("office.ahead.at_once"), Text: l.T("office.ahead.at_once_text")}
	}
	for _, t := range p.Tiers {
		a.Looks = append(a.Looks, lookOf(l, p, t))
	}
	return a, nil
}

func lookOf(l *locale.Locale, p gate.Preview, t gate.Look) look {
	v := look{
		Title: l.T("office.ahead.tier." + string(t.Tier)),
		Asked: l.T("office.ahead.asked", "k", t.Asked.K, "k_map", t.Asked.KMap, "l", t.Asked.L, "share", t.Asked.MostShare, "listed", t.Asked.MostListed),
	}
	if t.Asked.K > t.Shipped.K || t.Asked.KMap > t.Shipped.KMap || t.Asked.L > t.Shipped.L ||
		t.Asked.MostShare < t.Shipped.MostShare || t.Asked.MostListed < t.Shipped.MostListed {
		v.Asked += l.T("office.ahead.harder", "k", t.Shipped.K)
	}
	if t.Another {
		v.Another = l.T("office.ahead.another")
	}
	if !t.Placed {
		v.Waits = &html.Notice{Tone: html.Waiting, Title: l.T("office.ahead.waits"),
			Text: l.T("office.ahead.waits."+string(t.Waits.Why), "least", t.Waits.Least)}
		return v
	}
	s := sentences(t.Card)
	v.Said, v.Together = &s, l.T("office.ahead.together", "n", t.Households, "fits", t.Fits)
	v.Table = beside(l, p, t)
	return v
}

// beside puts each column of the card next to what the record has of it.
func beside(l *locale.Locale, p gate.Preview, t gate.Look) *table {
	b := &table{Caption: l.T("office.ahead.caption"), Alone: true}
	for _, head := range []string{"what", "record", "shown", "why"} {
		b.Heads = append(b.Heads, l.T("office.ahead."+head))
	}
	row := func(what, record, shown, why string) { b.add(text(what), text(record), text(shown), text(why)) }
	because := func(r deid.Reason) string { return l.T("office.ahead.why."+string(r.Why), "least", r.Least) }
	age := p.Home.Eldest
	if deid.ForYoungest(t.Card.Code) {
		age = p.Home.Youngest
	}
	category := l.T("office.ahead.unsaid")
	if t.Card.Category != deid.Any {
		category = l.T("office.ahead.category." + t.Card.Category)
	}
	row(l.T("office.col.place"), l.Region(p.Home.Region), l.Region(t.Card.Area), because(t.Area))
	row(l.T("office.col.age"), l.T("office.ahead.years", "n", age), bandOf(l, "office.ahead.years", t.Card.Age), because(t.Age))
	row(l.T("office.col.people"), l.T("office.ahead.people", "n", p.Home.Size), bandOf(l, "office.ahead.people", t.Card.Size), because(t.Size))
	row(l.T("office.col.category"), l.T("office.category."+p.Home.Category), category, because(t.Category))
	if t.Tier == deid.Public {
		never := l.T("office.ahead.why.public")
		row(l.T("office.col.need"), itemName(l, p.Code), t.Card.Group.Name(string(l.Language)), never)
		row(l.T("office.col.amount"), amount(l, p.Code, p.Quantity), l.T("office.ahead.unsaid"), never)
	} else {
		row(l.T("office.col.need"), itemName(l, p.Code), itemName(l, t.Card.Code), l.T("office.ahead.why.same"))
		row(l.T("office.col.amount"), amount(l, p.Code, p.Quantity), amount(l, p.Code, t.Card.Quantity), l.T("office.ahead.why.same"))
	}
	soon := l.T("office.ahead.unsaid")
	if t.Card.Urgency != deid.Unsaid {
		soon = l.T("charity.urgency." + string(t.Card.Urgency))
	}
	why := because(t.Urgency)
	if t.Tier == deid.Public {
		why = l.T("office.ahead.why.public")
	}
	row(l.T("office.col.urgency"), urgency(l, p.Urgency), soon, why)
	return b
}

// bandOf says a band of numbers: 60-79, 80+ or nothing at all.
func bandOf(l *locale.Locale, unit, band string) string {
	if band == deid.Any {
		return l.T("office.ahead.unsaid")
	}
	if from, over := strings.CutSuffix(band, "+"); over {
		return l.T(unit+".over", "n", from)
	}
	from, to, _ := strings.Cut(band, "-")
	if n, err := strconv.Atoi(from); err == nil && n == 0 {
		return l.T(unit+".under", "n", to)
	}
	return l.T(unit+".between", "from", from, "to", to)
}
