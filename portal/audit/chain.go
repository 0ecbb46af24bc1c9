package audit

import (
	"cmp"
	"context"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/needs/chain"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// entry is one entry with the hashes that hold it in its place.
type entry struct {
	Seq        int64
	Kind       chain.Kind
	At         time.Time
	Role       actor.Role
	Basis      string
	Corrects   int64
	Payload    *string
	Commitment []byte
	Prev       []byte
	Link       []byte
}

func entriesOf(ctx context.Context, db pg.DB, household string) ([]entry, error) {
	return pg.Many[entry](ctx, db, `
		select seq, kind, at, actor_role as role, basis, coalesce(corrects, 0) as corrects,
		       payload, commitment, prev, link
		  from records.chain_entries
		 where household_id = @household
		 order by seq`, pg.Args{"household": household})
}

type entryView struct {
	ID    string // to link to within the page
	Tone  html.Tone
	When  string
	Title string
	Mark  html.Badge
	Facts []html.Fact
	Link  string
	Prev  string
	Bond  string // the commitment to what the entry says
}

type chainView struct {
	Household string
	Notice    html.Notice
	Findings  []findingRow
	Facts     []html.Fact
	Entries   []entryView
	Empty     html.Empty
}

var chainPage = html.Define[chainView]("audit/chain")

// chain shows one household's chain from the first entry to the last, each with
// whether it verifies now, and changes nothing.
func (a *Audit) chain(w http.ResponseWriter, r *http.Request, _ actor.Auditor) error {
	household, err := route.ID(r, "household")
	if err != nil {
		return err
	}
	report, err := chain.Verify(r.Context(), a.DB, chain.Options{Household: household, Ledger: a.Ledger})
	if err != nil {
		return slow(err)
	}
	if report.Chains == 0 {
		return route.NotHere
	}
	entries, err := entriesOf(r.Context(), a.DB, household)
	if err != nil {
		return err
	}
	return chainPage.Write(w, r, http.StatusOK, viewOf(html.Locale(r), household, report, entries))
}

func viewOf(l *locale.Locale, household string, report chain.Report, entries []entry) chainView {
	view := chainView{
		Household: household,
		Notice:    html.Notice{Tone: html.Good, Title: l.T("audit.chain.sound"), Text: l.T("audit.chain.sound_text", "n", len(entries))},
		Empty:     html.Empty{Text: l.T("audit.chain.no_entries"), Href: "/a/chains", Link: l.T("audit.chains.all")},
	}
	if !report.OK() {
		view.Notice = html.Notice{Tone: html.Urgent, Title: l.T("audit.chain.damaged", "n", len(report.Findings)), Text: l.T("audit.chain.damaged_text")}
		findings := make([]found, len(report.Findings))
		for i, f := range report.Findings {
			findings[i] = found{f.Household, f.Seq, f.To, f.Line, f.Damage}
		}
		view.Findings = findingRows(l, findings)
	}
	if n := len(entries); n > 0 {
		view.Facts = []html.Fact{
			{Label: l.T("audit.chain.first"), Value: l.Time(entries[0].At)},
			{Label: l.T("audit.chain.last"), Value: l.Time(entries[n-1].At)},
		}
	}
	for _, e := range entries {
		view.Entries = append(view.Entries, show(l, e, harmed(report, e.Seq)))
	}
	return view
}

// harmed says whether a finding names an entry, alone or in a range.
func harmed(report chain.Report, seq int64) bool {
	for _, f := range report.Findings {
		if f.Household != "" && f.Seq <= seq && seq <= max(f.Seq, f.To) {
			return true
		}
	}
	return false
}

func show(l *locale.Locale, e entry, harmed bool) entryView {
	v := entryView{
		ID:    "e" + strconv.FormatInt(e.Seq, 10),
		Tone:  html.Plain,
		When:  l.T("audit.entry.when", "n", e.Seq, "at", l.Time(e.At)),
		Title: kindWord(l, e.Kind),
		Mark:  html.Badge{Tone: html.Good, Text: l.T("audit.entry.verifies")},
		Link:  short(e.Link), Prev: short(e.Prev), Bond: short(e.Commitment),
		Facts: []html.Fact{
			{Label: l.T("audit.entry.by"), Value: roleWord(l, e.Role)},
			basisFact(l, e),
		},
	}
	if harmed {
		v.Tone, v.Mark = html.Urgent, html.Badge{Tone: html.Urgent, Text: l.T("audit.entry.harmed")}
	}
	if e.Corrects > 0 {
		v.Facts = append(v.Facts, html.Fact{Label: l.T("audit.entry.corrects"), Value: l.Number(e.Corrects), Href: "#e" + strconv.FormatInt(e.Corrects, 10)})
	}
	v.Facts = append(v.Facts, facts(l, e.Kind, e.Payload)...)
	return v
}

// short is the beginning of a hash: enough to compare two by eye.
func short(hash []byte) string {
	return hex.EncodeToString(hash[:min(6, len(hash))])
}

func roleWord(l *locale.Locale, role actor.Role) string {
	if key := "chain.by." + string(role); l.Has(key) {
		return l.T(key)
	}
	return string(role)
}

// basisFact names the clause that the act rests on. A basis that an officer
// named instead may be a document of the household's, so it stays covered.
func basisFact(l *locale.Locale, e entry) html.Fact {
	if e.Basis == e.Kind.Basis() {
		return html.Fact{Label: l.T("audit.entry.basis"), Value: cmp.Or(e.Basis, "–"), Lang: "zh-CN"}
	}
	return html.Fact{Label: l.T("audit.entry.basis"), Value: l.T("audit.entry.other_basis")}
}
