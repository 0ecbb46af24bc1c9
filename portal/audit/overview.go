package audit

import (
	"context"
	"net/http"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/needs/chain"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

type overviewView struct {
	Figures []html.Figure
	Result  *resultView // nil: never verified
	Never   html.Notice
	Witness string // how far the signed checkpoints reach
	Kinds   []kindRow
	Empty   html.Empty // where there are no entries yet
}

type kindRow struct{ Kind, N, Latest string }

var overviewPage = html.Define[overviewView]("audit/overview")

// overview says how many chains there are, what is on them, and whether they
// were whole when somebody last looked.
func (a *Audit) overview(w http.ResponseWriter, r *http.Request, _ actor.Auditor) error {
	l := html.Locale(r)
	kinds, err := byKind(r.Context(), a.DB)
	if err != nil {
		return err
	}
	t, err := totalsOf(r.Context(), a.DB)
	if err != nil {
		return err
	}
	v, err := last(r.Context(), a.DB)
	if err != nil {
		return err
	}
	result, err := resultOf(l, v)
	if err != nil {
		return err
	}
	view := overviewView{
		Figures: figures(l, t, kinds),
		Result:  result,
		Never:   html.Notice{Tone: html.Waiting, Title: l.T("audit.result.never"), Text: l.T("audit.result.never_text")},
		Witness: a.witness(l, t),
		Empty:   html.Empty{Text: l.T("audit.kinds.empty")},
	}
	for _, k := range kinds {
		view.Kinds = append(view.Kinds, kindRow{Kind: kindWord(l, k.Kind), N: l.Number(int64(k.N)), Latest: l.Time(k.Latest)})
	}
	return overviewPage.Write(w, r, http.StatusOK, view)
}

func figures(l *locale.Locale, t totals, kinds []kindCount) []html.Figure {
	entries := 0
	for _, k := range kinds {
		entries += k.N
	}
	return []html.Figure{
		{Value: l.Number(int64(t.Chains)), Label: l.T("audit.figure.chains"), Href: "/a/chains"},
		{Value: l.Number(int64(entries)), Label: l.T("audit.figure.entries")},
		{Value: l.Number(t.Line), Label: l.T("audit.figure.checkpoints")},
	}
}

// witness says how far signatures reach, and whether this machine holds them:
// without the file a tail that was cut off cannot be seen.
func (a *Audit) witness(l *locale.Locale, t totals) string {
	switch {
	case a.Ledger == nil:
		return l.T("audit.witness.no_file")
	case t.Signed == nil:
		return l.T("audit.witness.none")
	}
	return l.T("audit.witness.until", "at", l.Time(*t.Signed))
}

type totals struct {
	Chains int
	Line   int64
	Signed *time.Time
}

func totalsOf(ctx context.Context, db pg.DB) (totals, error) {
	return pg.One[totals](ctx, db, nil, `
		select (select count(*) from records.chain_heads)::int as chains,
		       coalesce((select max(line) from records.chain_checkpoints), 0) as line,
		       (select max(at) from records.chain_checkpoints) as signed`, pg.Args{})
}

type kindCount struct {
	Kind   chain.Kind
	N      int
	Latest time.Time
}

func byKind(ctx context.Context, db pg.DB) ([]kindCount, error) {
	return pg.Many[kindCount](ctx, db, `
		select kind, count(*)::int as n, max(at) as latest
		  from records.chain_entries
		 group by kind
		 order by n desc, kind`, pg.Args{})
}

// kindWord names a kind; one that is not on the list is shown as it is stored,
// because an auditor must see what somebody forged.
func kindWord(l *locale.Locale, k chain.Kind) string {
	if k.Known() {
		return l.T("audit.kind." + string(k))
	}
	return l.T("audit.kind.unknown", "kind", string(k))
}
