package audit

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/needs/chain"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// kept is how many findings of a verification are stored and listed: the first
// ones tell the story, and `shanqiao chain verify` prints them all.
const kept = 100

// found is a finding as it is stored.
type found struct {
	Household string       `json:"household,omitempty"`
	Seq       int64        `json:"seq,omitempty"`
	To        int64        `json:"to,omitempty"`
	Line      int64        `json:"line,omitempty"`
	Damage    chain.Damage `json:"damage"`
}

// verification is a stored result.
type verification struct {
	At          time.Time
	Chains      int
	Entries     int
	Erased      int
	Checkpoints int64
	Damage      int
	Findings    []byte
}

var errTooLong = fault.New(fault.Unavailable, "audit.verify.too_long")

// verify reads every chain, whoever asks and however often: it changes nothing
// but the list of results.
func (a *Audit) verify(w http.ResponseWriter, r *http.Request, by actor.Auditor) error {
	report, err := chain.Verify(r.Context(), a.DB, chain.Options{Ledger: a.Ledger})
	if err != nil {
		return slow(err)
	}
	if err := keep(r.Context(), a.DB, by, report); err != nil {
		return err
	}
	return route.SeeOther(w, r, "/a", "audit.verify.done")
}

// slow tells a city too large to be read while a page waits from what is broken.
func slow(err error) error {
	var e *pgconn.PgError
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &e) && e.Code == "57014" {
		return errTooLong.Because(err)
	}
	return err
}

// keep stores a result. A later one does not replace it.
func keep(ctx context.Context, db pg.DB, by actor.Auditor, report chain.Report) error {
	findings := make([]found, 0, min(kept, len(report.Findings)))
	for _, f := range report.Findings[:min(kept, len(report.Findings))] {
		findings = append(findings, found{f.Household, f.Seq, f.To, f.Line, f.Damage})
	}
	said, err := json.Marshal(findings)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, `
		insert into records.chain_verifications (by_account, chains, entries, erased, checkpoints, damage, findings)
		values (@by, @chains, @entries, @erased, @checkpoints, @damage, @findings)`,
		pg.Args{"by": by.Account, "chains": report.Chains, "entries": report.Entries, "erased": report.Erased,
			"checkpoints": report.Checkpoints, "damage": len(report.Findings), "findings": said})
	return err
}

// last is the latest result, or nil when nobody has verified yet.
func last(ctx context.Context, db pg.DB) (*verification, error) {
	all, err := pg.Many[verification](ctx, db, `
		select at, chains, entries, erased, checkpoints, damage, findings
		  from records.chain_verifications
		 order by id desc
		 limit 1`, pg.Args{})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// findingRow is a piece of damage in words.
type findingRow struct {
	Household, Href string
	Where           string
	What, Meaning   string
}

func findingRows(l *locale.Locale, findings []found) []findingRow {
	rows := make([]findingRow, len(findings))
	for i, f := range findings {
		key := strings.ReplaceAll(string(f.Damage), " ", "_")
		rows[i] = findingRow{Household: f.Household, Where: where(l, f), What: l.T("audit.damage." + key), Meaning: l.T("audit.meaning." + key)}
		if f.Household != "" {
			rows[i].Href = "/a/chains/" + f.Household
		}
	}
	return rows
}

func where(l *locale.Locale, f found) string {
	switch {
	case f.Household == "":
		return l.T("audit.finding.line", "n", f.Line)
	case f.To > f.Seq:
		return l.T("audit.finding.entries", "from", f.Seq, "to", f.To)
	case f.Seq > 0:
		return l.T("audit.finding.entry", "n", f.Seq)
	}
	return l.T("audit.finding.whole")
}

// resultView is the latest result on the overview.
type resultView struct {
	Notice   html.Notice
	Facts    []html.Fact
	Findings []findingRow
	More     string // how many further findings are not listed
}

func resultOf(l *locale.Locale, v *verification) (*resultView, error) {
	if v == nil {
		return nil, nil
	}
	var findings []found
	if err := json.Unmarshal(v.Findings, &findings); err != nil {
		return nil, err
	}
	view := &resultView{
		Notice: html.Notice{Tone: html.Good, Title: l.T("audit.result.sound"), Text: l.T("audit.result.sound_text", "at", l.Time(v.At))},
		Facts: []html.Fact{
			{Label: l.T("audit.result.chains"), Value: l.Number(int64(v.Chains))},
			{Label: l.T("audit.result.entries"), Value: l.Number(int64(v.Entries))},
			{Label: l.T("audit.result.erased"), Value: l.Number(int64(v.Erased))},
			{Label: l.T("audit.result.checkpoints"), Value: cmp.Or(number(l, v.Checkpoints), l.T("audit.result.no_checkpoints"))},
		},
		Findings: findingRows(l, findings),
	}
	if v.Damage > 0 {
		view.Notice = html.Notice{Tone: html.Urgent, Title: l.T("audit.result.damaged", "n", v.Damage),
			Text: l.T("audit.result.damaged_text", "at", l.Time(v.At))}
	}
	if more := v.Damage - len(findings); more > 0 {
		view.More = l.T("audit.result.more", "n", more)
	}
	return view, nil
}

// number is n in words of the language, "" for none.
func number(l *locale.Locale, n int64) string {
	if n == 0 {
		return ""
	}
	return l.Number(n)
}
