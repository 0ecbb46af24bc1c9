package note_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/chain"
	"shanqiao/needs/needstest"
	"shanqiao/needs/note"
)

func TestWordsAreRemovedWhenTheirTimeIsOver(t *testing.T) {
	t.Parallel()
	w, district := open(t)
	ctx, db := t.Context(), w.Pools.Records
	require.NoError(t, note.Set(ctx, db, district, note.Switch{District: needstest.Region[:6], Enabled: true, KeepDays: 10, Source: "区里的通知", Since: w.Today()}))
	require.Equal(t, fault.Invalid, fault.Of(note.Set(ctx, db, district,
		note.Switch{District: needstest.Region[:6], Enabled: true, KeepDays: 181, Source: "x", Since: w.Today()})), "not for ever")
	written := func(code needs.Code) (needs.ID, note.Note) {
		need := w.Need(code, 1, needs.Draft)
		require.NoError(t, note.Write(ctx, db, w.Keys, w.Assessor, need, "陈康复每周2次助浴。"))
		n, err := note.For(ctx, db, w.Keys, w.Approver, need)
		require.NoError(t, err)
		return need, n
	}
	approved := func(code needs.Code) needs.ID {
		need, n := written(code)
		require.NoError(t, note.Approve(ctx, db, w.Keys, w.Approver, need, n.Hash, ""))
		return need
	}
	refused, _ := written("bathing")
	require.NoError(t, note.Refuse(ctx, db, w.Keys, w.Approver, refused))
	waiting, _ := written("meals")
	dropped, _ := written("cleaning")
	w.Exec(`update records.needs set state = 'withdrawn' where id = @need`, pg.Args{"need": dropped})
	queued, out, gone := approved("errands"), approved("reading"), approved("hospital_escort")
	w.Exec(`update records.notes set state = 'used' where need_id = any(@all)`, pg.Args{"all": []needs.ID{out, gone}})
	w.Exec(`update records.needs set state = 'published', approved_by = @by, approved_at = now() where id = @need`, pg.Args{"need": out, "by": w.Approver.Account})
	card := w.Card(out)
	w.Exec(`insert into exchange.card_excerpts (card_id, text, hash) select @card, excerpt, hash from records.notes where need_id = @need`, pg.Args{"card": card, "need": out})

	age := func(days int) {
		w.Exec(`update records.notes set moved_at = moved_at - make_interval(days => @days)`, pg.Args{"days": days})
	}
	forget := func() int {
		n, err := note.Forget(ctx, db)
		require.NoError(t, err)
		return n
	}
	type left struct {
		Words, Text, Name bool
		State             string
		Hash              bool
	}
	look := func(need needs.ID) left {
		l, err := pg.One[left](ctx, w.Admin, nil, `
			select note_sealed <> '' as words, excerpt <> '' as text, name_sealed is not null as name, state, hash is not null as hash
			  from records.notes where need_id = @need`, pg.Args{"need": need})
		require.NoError(t, err)
		return l
	}
	age(9)
	require.Zero(t, forget(), "not before its time")
	age(2)
	require.Equal(t, 5, forget())
	require.Equal(t, left{true, false, true, "written", false}, look(waiting), "what is still to be decided stays")
	require.Equal(t, left{false, false, false, "refused", false}, look(refused))
	require.Equal(t, left{false, false, false, "written", false}, look(dropped))
	require.Equal(t, left{false, true, true, "approved", true}, look(queued), "what waits for its card keeps its text")
	require.Equal(t, left{false, true, true, "used", true}, look(out), "what is out is read again every night, with the writer's name")
	require.Equal(t, left{false, false, false, "used", true}, look(gone), "that it went out once stays, with its hash")
	require.Zero(t, forget(), "twice is once")

	hits, err := note.Rescan(ctx, db, w.Keys, nil)
	require.NoError(t, err, "what is out can still be read again")
	require.Zero(t, hits)
	n, err := note.For(ctx, db, w.Keys, w.Approver, refused)
	require.NoError(t, err)
	require.NotNil(t, n.Removed)
	require.Empty(t, n.Words)
	require.Equal(t, 10, n.KeepDays)
	require.Equal(t, "区里的通知", n.Source, "it says how long, and what says so")
	require.NoError(t, note.Write(ctx, db, w.Keys, w.Assessor, refused, "每周3次助浴。"), "a draft may have another")
	require.True(t, look(refused).Words)
	_, err = w.Admin.Exec(ctx, `update records.notes set note_sealed = 'x' where need_id = @need`, pg.Args{"need": gone})
	require.ErrorContains(t, err, "notes_removed")

	w.Exec(`delete from exchange.card_excerpts`, pg.Args{})
	require.Equal(t, 1, forget(), "once its card is gone, the text that was out goes as well")
	require.Equal(t, left{false, false, false, "used", true}, look(out))
	report, err := chain.Verify(ctx, w.Pools.Audit, chain.Options{})
	require.NoError(t, err)
	require.True(t, report.OK(), "the chain keeps that it happened: %s", report.Text())
	require.Contains(t, w.Kinds(), "excerpt_approved")
}
