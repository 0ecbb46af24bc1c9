package office

import (
	"cmp"
	"net/http"
	"slices"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/secret"
	needsroot "shanqiao/needs"
	"shanqiao/needs/note"
	"shanqiao/needs/worklist"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

type noteForm struct {
	form.Form
	Words form.Text
}

func newNoteForm() *noteForm {
	f := &noteForm{Form: form.Named("note.write"), Words: form.Lines("words").Required().MaxRunes(note.MaxWords)}
	f.Fields(&f.Words)
	return f
}

type letOut string

const (
	asShown  letOut = "as_shown"
	sentence letOut = "sentence"
)

type excerptForm struct {
	form.Form
	Decision form.Choice[letOut]
	Reason   form.Text
	Output   form.Text // the hash of what the page showed
	MayGo    bool      // there is something that could be let out as shown
}

func newExcerptForm(mayGo bool) *excerptForm {
	choices := []letOut{asShown, sentence}
	if !mayGo {
		choices = choices[1:]
	}
	f := &excerptForm{
		Form:     form.Named("note.decide"),
		Decision: form.OneOf("decision", choices...),
		Reason:   form.Lines("reason").MaxRunes(note.MaxReason).AsNeeded(),
		Output:   form.Line("output").MaxRunes(64).AsNeeded(),
		MayGo:    mayGo,
	}
	f.Fields(&f.Decision, &f.Reason, &f.Output)
	return f
}

// stretch is a part of a text that is marked, or is not.
type stretch struct {
	Text   string
	Marked bool
}

// marked says of a phrase what was done with it or why to read it twice.
type marked struct{ Text, Token, Why string }

// sides are a note and what is left of it, beside each other.
type sides struct {
	Original, Output []stretch
	Cuts, Flags      []marked
	Withheld         []string // why nothing but the generated sentence goes out
	Hash             string
}

type excerptView struct {
	Name   string
	Back   string
	State  *html.Notice
	Kept   string   // how long the words are kept
	Basis  string   // what says so, as the district named it; empty: not to be said
	Two    []string // why two persons have to approve
	Write  *noteForm
	Decide *excerptForm
	Sides  *sides
}

var excerptPage = html.Define[excerptView]("office/excerpt")

// excerpt is where the assessor writes a note on a draft, and where somebody else
// sees it beside what would be read outside, and decides.
func (o *Office) excerpt(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	n, err := o.needFor(r, by)
	if err != nil {
		return err
	}
	x, err := note.For(r.Context(), o.Records, o.Keys, by, n.ID)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	v := excerptView{Name: itemName(l, n.Code), Back: "/s/needs/" + string(n.ID), State: noteState(l, by, n, x)}
	if x.State != note.None && x.Removed == nil {
		v.Sides, v.Kept = besides(l, x), l.T("note.kept", "days", l.Number(int64(x.KeepDays)))
	}
	if x.State != note.None {
		v.Basis = x.Source
	}
	if x.On && x.State == note.Written {
		v.Two = whyTwo(l, x)
	}
	if n.AssessedBy == by.Account {
		return o.writeNote(w, r, by, n, x, v)
	}
	return o.decideNote(w, r, by, n, x, v)
}

// excerptStep leads to a need's note where there is one, or where one may be written.
func (o *Office) excerptStep(r *http.Request, l *locale.Locale, by actor.Officer, n worklist.Need) (action, error) {
	if !acts(by) {
		return action{}, nil
	}
	s, err := note.StandOf(r.Context(), o.Records, by, n.ID)
	if err != nil || s.State == note.None && (!s.On || n.State != needsroot.Draft || n.AssessedBy != by.Account) {
		return action{}, err
	}
	return action{l.T("office.act.excerpt"), "/s/needs/" + string(n.ID) + "/excerpt", false}, nil
}

var mendable = []fault.Kind{fault.Conflict, fault.Forbidden}

func (o *Office) writeNote(w http.ResponseWriter, r *http.Request, by actor.Officer, n worklist.Need, x note.Note, v excerptView) error {
	f := newNoteForm()
	f.Words.Set(x.Words.Reveal())
	if x.On && n.State == needsroot.Draft && x.State != note.Used {
		v.Write = f
	}
	return answer(w, r, &f.Form, step{To: v.Back + "/excerpt", Done: "note.write.done", Mend: mendable, Do: func() error {
		return note.Write(r.Context(), o.Records, o.Keys, by, n.ID, secret.String(f.Words.Value))
	}}, func() error { return excerptPage.Write(w, r, f.Status(), v) })
}

func (o *Office) decideNote(w http.ResponseWriter, r *http.Request, by actor.Officer, n worklist.Need, x note.Note, v excerptView) error {
	f := newExcerptForm(x.On && x.State == note.Written && !x.Result.Withheld && x.FirstBy != by.Account)
	if x.State == note.TakenDown || x.State == note.Written && (n.State == needsroot.Draft || n.State == needsroot.Approved) {
		v.Decide = f
	}
	if !f.Sent(r) {
		return excerptPage.Write(w, r, f.Status(), v)
	}
	done, err := "note.decide.done", error(nil)
	if x.Reviewers > 1 && x.FirstBy == "" {
		done = "note.decide.half"
	}
	if f.Decision.Value == sentence {
		done, err = "note.decide.refused", note.Refuse(r.Context(), o.Records, o.Keys, by, n.ID)
	} else {
		err = note.Approve(r.Context(), o.Records, o.Keys, by, n.ID, f.Output.Value, f.Reason.Value)
	}
	if err == nil {
		return route.SeeOther(w, r, v.Back, done)
	}
	if !f.Explain(err, mendable...) {
		return err
	}
	return excerptPage.Write(w, r, f.Status(), v)
}

// noteState says where a note stands and who is next.
func noteState(l *locale.Locale, by actor.Officer, n worklist.Need, x note.Note) *html.Notice {
	key := string(x.State)
	if x.Removed != nil {
		return &html.Notice{Tone: html.Plain, Title: l.T("note.state.removed"),
			Text: l.T("note.next.removed", "day", l.Date(*x.Removed), "days", l.Number(int64(x.KeepDays)))}
	}
	switch {
	case x.State == note.Used || x.State == note.Void:
	case x.State == note.TakenDown:
		return &html.Notice{Tone: html.Waiting, Title: l.T("note.state.taken_down"), Text: l.T("note.finding." + string(x.Finding))}
	case !x.On:
		key = "off"
	case x.State == note.Written && x.FirstBy == by.Account:
		key = "half_yours"
	case x.State == note.Written && x.FirstBy != "":
		key = "half"
	case x.State == note.None && n.State != needsroot.Draft:
		key = "late"
	case x.State == note.None && n.AssessedBy == by.Account:
		key = "yours"
	case x.State == note.None:
		key = "none"
	}
	return &html.Notice{Tone: html.Plain, Title: l.T("note.state." + key), Text: l.T("note.next." + key)}
}

// whyTwo says why a note takes two persons, or nothing where one is enough.
func whyTwo(l *locale.Locale, x note.Note) []string {
	if x.Reviewers < 2 {
		return nil
	}
	if len(x.Cases) == 0 {
		return []string{l.T("note.case.district")}
	}
	var all []string
	for _, c := range x.Cases {
		all = append(all, l.T("note.case."+string(c)))
	}
	return all
}

// besides sets a note beside what is left of it.
func besides(l *locale.Locale, x note.Note) *sides {
	words, out := x.Words.Reveal(), x.Result.Text
	s := &sides{Hash: x.Hash}
	for _, reason := range x.Result.Reasons {
		s.Withheld = append(s.Withheld, l.T("note.withheld."+string(reason)))
	}
	var cuts, flags [][2]int
	for _, c := range x.Result.Spans {
		cuts = append(cuts, [2]int{c.From, c.To})
		s.Cuts = append(s.Cuts, marked{words[c.From:c.To], c.Kind.Token(), l.T("note.why." + string(c.Why))})
	}
	for _, f := range x.Result.Flags {
		flags = append(flags, [2]int{f.From, f.To})
		s.Flags = append(s.Flags, marked{Text: out[f.From:f.To], Why: l.T("note.concern." + string(f.Concern))})
	}
	s.Original, s.Output = stretches(words, cuts), stretches(out, flags)
	return s
}

// stretches parts a text where marks begin and end; marks may overlap.
func stretches(s string, marks [][2]int) []stretch {
	slices.SortFunc(marks, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	var all []stretch
	put := func(text string, isMarked bool) {
		if text != "" {
			all = append(all, stretch{text, isMarked})
		}
	}
	at := 0
	for _, m := range marks {
		if m[1] <= at {
			continue
		}
		from := max(m[0], at)
		put(s[at:from], false)
		put(s[from:m[1]], true)
		at = m[1]
	}
	put(s[at:], false)
	return all
}
