package audit

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/needs/chain"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

// page is how many chains are listed at once.
const page = 30

// tail is a chain by its last entry.
type tail struct {
	Household string
	Seq       int64
	Kind      chain.Kind
	At        time.Time
}

// after is the last row of the page before: what comes next is older, or as old
// with a greater id. The zero value starts at the front.
type after struct {
	At time.Time
	ID string // of a chain's household, or of a look
}

func (a after) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(a.At.UTC().Format(time.RFC3339Nano) + " " + a.ID))
}

// readAfter reads a place in the list; nonsense is the front.
func readAfter(s string) after {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return after{}
	}
	at, last, _ := strings.Cut(string(raw), " ")
	t, err := time.Parse(time.RFC3339Nano, at)
	if err != nil || !id.Valid(last) {
		return after{}
	}
	return after{t, last}
}

// latest lists the chains whose ids begin with prefix, those first on which
// something happened last.
func latest(ctx context.Context, db pg.DB, prefix string, from after, n int) ([]tail, error) {
	var at *time.Time
	if !from.At.IsZero() {
		at = &from.At
	}
	return pg.Many[tail](ctx, db, `
		select h.household_id as household, e.seq, e.kind, e.at
		  from records.chain_heads h
		  join records.chain_entries e on e.household_id = h.household_id and e.seq = h.seq
		 where starts_with(h.household_id, @prefix)
		   and (@at::timestamptz is null or e.at < @at or e.at = @at and h.household_id > @household)
		 order by e.at desc, h.household_id
		 limit @n`, pg.Args{"prefix": prefix, "at": at, "household": from.ID, "n": n})
}

type findForm struct {
	form.Form
	Chain form.Text
}

func newFindForm() *findForm {
	f := &findForm{Form: form.Named("audit.find"), Chain: form.Line("chain").MaxRunes(40)}
	f.Fields(&f.Chain)
	return f
}

var beginning = regexp.MustCompile(`^[a-z2-7]{0,26}$`)

type chainRow struct{ Household, Href, Entries, Kind, At string }

type chainsView struct {
	Form  *findForm
	Rows  []chainRow
	Empty html.Empty
	Pager html.Pager
}

var chainsPage = html.Define[chainsView]("audit/chains")

// chains lists chains, the latest first. They are found by their id or its
// beginning: the audit login knows no number and no name to search by.
func (a *Audit) chains(w http.ResponseWriter, r *http.Request, _ actor.Auditor) error {
	l := html.Locale(r)
	f := newFindForm()
	readable := f.Asked(r)
	prefix := strings.ToLower(f.Chain.Value)
	view := chainsView{Form: f, Empty: html.Empty{Text: l.T("audit.chains.none")}}
	if prefix != "" {
		view.Empty = html.Empty{Text: l.T("audit.chains.not_found"), Href: "/a/chains", Link: l.T("audit.chains.all")}
	}
	if !readable || !beginning.MatchString(prefix) {
		return chainsPage.Write(w, r, http.StatusOK, view)
	}
	from := readAfter(r.URL.Query().Get("after"))
	tails, err := latest(r.Context(), a.DB, prefix, from, page+1)
	if err != nil {
		return err
	}
	view.Pager = pager(tails, prefix, from)
	view.Rows = chainRows(l, tails[:min(page, len(tails))])
	return chainsPage.Write(w, r, http.StatusOK, view)
}

func pager(tails []tail, prefix string, from after) html.Pager {
	var p html.Pager
	query := url.Values{}
	if prefix != "" {
		query.Set("chain", prefix)
	}
	if !from.At.IsZero() {
		p.First = "/a/chains?" + query.Encode()
	}
	if len(tails) > page {
		end := tails[page-1]
		query.Set("after", after{end.At, end.Household}.String())
		p.Next = "/a/chains?" + query.Encode()
	}
	return p
}

func chainRows(l *locale.Locale, tails []tail) []chainRow {
	rows := make([]chainRow, len(tails))
	for i, t := range tails {
		rows[i] = chainRow{Household: t.Household, Href: "/a/chains/" + t.Household, Entries: l.Number(t.Seq),
			Kind: kindWord(l, t.Kind), At: l.Time(t.At)}
	}
	return rows
}
