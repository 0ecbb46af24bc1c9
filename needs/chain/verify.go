package chain

import (
	"context"
	"encoding/hex"
	"fmt"

	"github.com/jackc/pgx/v5"

	"shanqiao/internal/pg"
)

// Options say what to verify. The zero value verifies every chain without checkpoints.
type Options struct {
	Household string  // this one only
	Ledger    *Ledger // the signed checkpoints to hold the chains against
	// Number resolves a household's id to the number that people say. The audit
	// login cannot, so the caller brings a reader of the records half.
	Number func(ctx context.Context, household string) (string, error)
}

// Verify reads every chain, one entry after the other, and names what is damaged.
// db is the audit login's pool. The error is about reading; damage is in the report.
func Verify(ctx context.Context, db pg.DB, o Options) (Report, error) {
	var report Report
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		report = Report{}
		// One snapshot: an entry appended while we read is in the next report.
		if _, err := tx.Exec(ctx, `set transaction isolation level repeatable read, read only`); err != nil {
			return err
		}
		v := verification{Options: o, report: &report, heads: map[string]*head{}}
		return v.run(ctx, tx)
	})
	if err != nil || o.Number == nil {
		return report, err
	}
	for i, f := range report.Findings {
		if f.Household == "" {
			continue
		}
		if report.Findings[i].Number, err = o.Number(ctx, f.Household); err != nil {
			return report, fmt.Errorf("number of household %s: %w", f.Household, err)
		}
	}
	return report, nil
}

type verification struct {
	Options
	report *Report
	heads  map[string]*head
	past   *history
}

func (v *verification) run(ctx context.Context, tx pg.DB) error {
	if err := v.openLedger(ctx, tx); err != nil {
		return err
	}
	heads, err := pg.Many[head](ctx, tx, `
		select household_id as household, seq, link from records.chain_heads
		 where @household in ('', household_id)`, pg.Args{"household": v.Household})
	if err != nil {
		return err
	}
	for i := range heads {
		v.heads[heads[i].Household] = &heads[i]
	}
	if err := v.stream(ctx, tx); err != nil {
		return err
	}
	// What is left has a head or a checkpoint, and not one entry.
	for household := range v.heads {
		v.chain(household, nil)
	}
	for household := range v.past.marks {
		if v.Household == "" || v.Household == household {
			v.chain(household, nil)
		}
	}
	return nil
}

func (v *verification) openLedger(ctx context.Context, tx pg.DB) error {
	v.past = &history{}
	if v.Ledger == nil {
		return nil
	}
	past, err := v.Ledger.read()
	if err != nil {
		return err
	}
	lost, err := unwitnessed(ctx, tx, past)
	if err != nil {
		return err
	}
	v.past = past
	v.report.Checkpoints, v.report.Checkpoint = past.lines, past.last
	v.report.Findings = append(v.report.Findings, past.broken...)
	if lost != nil {
		v.report.Findings = append(v.report.Findings, *lost)
	}
	return nil
}

// stream reads entries in order and examines a household when its last one is in.
func (v *verification) stream(ctx context.Context, tx pg.DB) error {
	rows, err := tx.Query(ctx, `
		select household_id, seq, kind, at, actor_role, actor_id, basis, coalesce(corrects, 0),
		       payload, salt, commitment, prev, link
		  from records.chain_entries
		 where @household in ('', household_id)
		 order by household_id, seq`, pg.Args{"household": v.Household})
	if err != nil {
		return err
	}
	var same []row
	var r row
	_, err = pgx.ForEachRow(rows, []any{&r.Household, &r.Seq, &r.Kind, &r.At, &r.Role, &r.Actor, &r.Basis,
		&r.Corrects, &r.Payload, &r.Salt, &r.Commitment, &r.Prev, &r.Link}, func() error {
		if len(same) > 0 && same[0].Household != r.Household {
			v.chain(same[0].Household, same)
			same = same[:0]
		}
		same = append(same, r)
		r = row{}
		return nil
	})
	if err == nil && len(same) > 0 {
		v.chain(same[0].Household, same)
	}
	return err
}

// chain examines one household and strikes it off what is still to be seen.
func (v *verification) chain(household string, rows []row) {
	v.report.Chains++
	v.report.Entries += len(rows)
	for _, r := range rows {
		if r.Payload == nil {
			v.report.Erased++
		}
	}
	h := v.heads[household]
	if h != nil || len(rows) > 0 {
		v.report.Findings = append(v.report.Findings, examine(household, rows, h)...)
	}
	v.witness(household, rows)
	delete(v.heads, household)
	delete(v.past.marks, household)
}

// witness holds a chain against the checkpoints that were signed of it.
func (v *verification) witness(household string, rows []row) {
	links := make(map[int64][]byte, len(rows))
	var last, good int64
	for _, r := range rows {
		links[r.Seq], last = r.Link, r.Seq
	}
	for _, m := range v.past.marks[household] {
		link, there := links[m.Seq]
		if there && hex.EncodeToString(link) == m.Link {
			good = m.Seq
			continue
		}
		f := Finding{Household: household, Seq: good + 1, To: m.Seq, Line: m.line}
		switch {
		case m.Seq > last:
			f.Damage, f.Seq = Truncated, last+1
			f.Detail = fmt.Sprintf("%d entries were signed, %d are there", m.Seq, last)
		case !there:
			f.Damage, f.Seq, f.To = Removed, m.Seq, 0
			f.Detail = "the entry was signed"
		default:
			f.Damage = Rewritten
			f.Detail = "consistent now, and not what was signed"
		}
		v.report.Findings = append(v.report.Findings, f)
		return // later marks of the same chain only repeat it
	}
}
