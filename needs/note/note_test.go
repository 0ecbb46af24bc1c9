package note_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
	"shanqiao/internal/secret"
	"shanqiao/needs"
	"shanqiao/needs/deid/excerpt"
	"shanqiao/needs/household"
	"shanqiao/needs/needstest"
	"shanqiao/needs/note"
)

// open is a world with a sealed household whose head is named like a word.
func open(t *testing.T) (*needstest.World, actor.Officer) {
	t.Helper()
	p := pgtest.New(t)
	officer := actor.Officer{Account: "first", Level: actor.SubdistrictRole, Region: needstest.Region, Name: "赵平安"}
	home, err := household.Register(t.Context(), p.Pools.Records, p.Keys, officer, household.New{
		Region: needstest.Region, Address: "幸福里3号楼201", Category: "minimum_living", Condition: "mobility",
		Members: []household.Member{{Head: true, Relation: "self", Name: "陈康复", Phone: "13800138000"}}})
	require.NoError(t, err)
	w := needstest.Around(t, p, home)
	w.Assessor = officer
	w.Approver.Name = "钱健康"
	return w, actor.Officer{Account: "district", Level: actor.DistrictRole, Region: needstest.Region[:6]}
}

func turn(t *testing.T, w *needstest.World, by actor.Officer, enabled bool) {
	t.Helper()
	require.NoError(t, note.Set(t.Context(), w.Pools.Records, by,
		note.Switch{District: needstest.Region[:6], Enabled: enabled, Source: "区里的通知", Since: w.Today()}))
}

func TestOffUntilTheDistrictSaysSo(t *testing.T) {
	t.Parallel()
	w, district := open(t)
	ctx, db := t.Context(), w.Pools.Records
	need := w.Need("bathing", 2, needs.Draft)
	write := func(by actor.Officer, words secret.String) error { return note.Write(ctx, db, w.Keys, by, need, words) }

	require.Equal(t, fault.Conflict, fault.Of(write(w.Assessor, "需要助浴。")), "off by default")
	own := note.Switch{District: "110105", Enabled: true, Source: "x", Since: w.Today()}
	other, nameless, dateless := own, own, own
	other.District, nameless.Source, dateless.Since = "110101", " ", time.Time{}
	require.Equal(t, fault.Forbidden, fault.Of(note.Set(ctx, db, w.Assessor, own)))
	require.Equal(t, fault.Forbidden, fault.Of(note.Set(ctx, db, district, other)))
	require.Equal(t, fault.Invalid, fault.Of(note.Set(ctx, db, district, nameless)))
	require.Equal(t, fault.Invalid, fault.Of(note.Set(ctx, db, district, dateless)))

	turn(t, w, district, true)
	require.Equal(t, fault.Forbidden, fault.Of(write(w.Approver, "需要助浴。")), "another than the assessor")
	require.Equal(t, fault.NotFound, fault.Of(write(w.Stranger, "需要助浴。")))
	long := make([]rune, note.MaxWords+1)
	for i := range long {
		long[i] = '需'
	}
	for _, words := range []secret.String{"", " \n", "需要\x00", secret.String(long)} {
		require.Equal(t, fault.Invalid, fault.Of(write(w.Assessor, words)))
	}
	require.NoError(t, write(w.Assessor, "需要助浴。"))
	turn(t, w, district, false)
	n, err := note.For(ctx, db, w.Keys, w.Approver, need)
	require.NoError(t, err)
	require.Equal(t, fault.Conflict, fault.Of(note.Approve(ctx, db, w.Keys, w.Approver, need, n.Hash, "")), "off again")
	require.NoError(t, note.Refuse(ctx, db, w.Keys, w.Approver, need), "to say no is always possible")
}

func TestAnApprovalIsOfOneText(t *testing.T) {
	t.Parallel()
	w, district := open(t)
	ctx, db := t.Context(), w.Pools.Records
	turn(t, w, district, true)
	need := w.Need("bathing", 2, needs.Draft)
	write := func(words secret.String) note.Note {
		require.NoError(t, note.Write(ctx, db, w.Keys, w.Assessor, need, words))
		n, err := note.For(ctx, db, w.Keys, w.Approver, need)
		require.NoError(t, err)
		return n
	}
	approve := func(by actor.Officer, hash, why string) fault.Kind {
		return fault.Of(note.Approve(ctx, db, w.Keys, by, need, hash, why))
	}

	first := write("康复说每周2次助浴，电话后面是8000。平安和健康都知道，唯一一个。")
	for _, own := range []string{"康复", "8000", "平安", "健康"} {
		require.NotContains(t, first.Result.Text, own, "the household's own, the assessor's and the reviewer's names go")
	}
	require.NotEmpty(t, first.Result.Flags)
	second := write("老人要求每周2次助浴，唯一一个。")
	require.NotEqual(t, first.Hash, second.Hash)

	require.Equal(t, fault.Conflict, approve(w.Approver, first.Hash, "x"), "an edit voids what was seen before")
	require.Equal(t, fault.Forbidden, approve(w.Assessor, second.Hash, "x"))
	require.Equal(t, fault.NotFound, approve(w.Stranger, second.Hash, "x"))
	require.Equal(t, fault.Invalid, approve(w.Approver, second.Hash, " "), "a flagged phrase is kept for a reason")
	require.NoError(t, note.Approve(ctx, db, w.Keys, w.Approver, need, second.Hash, "陈康复同意"))
	require.Equal(t, fault.Conflict, approve(w.Approver, second.Hash, "x"), "sent twice")
	n, err := note.For(ctx, db, w.Keys, w.Approver, need)
	require.NoError(t, err)
	require.Equal(t, note.Approved, n.State)
	require.Equal(t, second.Result.Text, n.Excerpt)
	require.Equal(t, "excerpt_approved", w.Kinds()[len(w.Kinds())-1])

	write("每周3次助浴。")
	rows, err := pg.Many[string](ctx, w.Admin, `
		select x::text from records.notes x union all select e::text from records.chain_entries e
		union all select o::text from records.outbox o`, pg.Args{})
	require.NoError(t, err)
	for _, r := range rows {
		require.NotContains(t, r, "助浴", "written anew nothing stands approved, and the words are sealed")
		require.NotContains(t, r, "康复")
	}
	looks, err := pg.One[int](ctx, w.Admin, nil, `select count(*)::int from records.record_reads`, pg.Args{})
	require.NoError(t, err)
	require.GreaterOrEqual(t, looks, 4, "who reads a note is written down")
}

// reader is another officer of the subdistrict.
func reader(account string) actor.Officer {
	return actor.Officer{Account: account, Level: actor.SubdistrictRole, Region: needstest.Region, Name: "孙" + account}
}

func TestTwoApproveWhatTellsOfAChildAVictimOrAnIllness(t *testing.T) {
	t.Parallel()
	w, district := open(t)
	ctx, db := t.Context(), w.Pools.Records
	turn(t, w, district, true)
	second, third := reader("second"), reader("third")
	read := func(need needs.ID) note.Note {
		n, err := note.For(ctx, db, w.Keys, second, need)
		require.NoError(t, err)
		return n
	}
	for words, c := range map[secret.String]struct {
		code needs.Code
		want []excerpt.Case
	}{
		"数学吃力，每周2次。":     {"tutoring", []excerpt.Case{excerpt.OfChild}},
		"曾被家暴，怕见生人。":     {"bathing", []excerpt.Case{excerpt.OfVictim}},
		"有乙肝，碗筷分开。":      {"meals", []excerpt.Case{excerpt.OfIllness}},
		"孩子被 拐 卖过，怕见生人。": {"cleaning", []excerpt.Case{excerpt.OfChild, excerpt.OfVictim}},
	} {
		need := w.Need(c.code, 1, needs.Draft)
		require.NoError(t, note.Write(ctx, db, w.Keys, w.Assessor, need, words))
		n := read(need)
		require.Equal(t, c.want, n.Cases, words)
		require.Equal(t, 2, n.Reviewers)
		approve := func(by actor.Officer) error { return note.Approve(ctx, db, w.Keys, by, need, n.Hash, "想过了") }
		require.NoError(t, approve(second))
		n = read(need)
		require.Equal(t, note.Written, n.State, "one is not enough")
		require.Equal(t, second.Account, n.FirstBy)
		require.Empty(t, n.Excerpt)
		require.Equal(t, fault.Forbidden, fault.Of(approve(second)), "nobody is two persons")
		require.Equal(t, fault.Forbidden, fault.Of(approve(w.Assessor)))
		require.NoError(t, approve(third))
		require.Equal(t, note.Approved, read(need).State)
	}
}

func TestAnEditVoidsTheFirstOfTwo(t *testing.T) {
	t.Parallel()
	w, district := open(t)
	ctx, db := t.Context(), w.Pools.Records
	require.NoError(t, note.Set(ctx, db, district, note.Switch{District: needstest.Region[:6], Enabled: true, Reviewers: 2, Source: "区里的通知", Since: w.Today()}))
	second, third := reader("second"), reader("third")
	need := w.Need("bathing", 2, needs.Draft)
	approve := func(by actor.Officer) {
		n, err := note.For(ctx, db, w.Keys, by, need)
		require.NoError(t, err)
		require.Empty(t, n.Cases)
		require.Equal(t, 2, n.Reviewers, "the district asks for two everywhere")
		require.NoError(t, note.Approve(ctx, db, w.Keys, by, need, n.Hash, ""))
	}
	state := func() string {
		s, err := pg.One[string](ctx, w.Admin, nil, `select state || ' ' || coalesce(first_by, '-') from records.notes where need_id = @need`, pg.Args{"need": need})
		require.NoError(t, err)
		return s
	}
	require.NoError(t, note.Write(ctx, db, w.Keys, w.Assessor, need, "每周2次助浴。"))
	approve(second)
	require.NoError(t, note.Write(ctx, db, w.Keys, w.Assessor, need, "每周3次助浴。"))
	require.Equal(t, "written -", state())
	approve(third)
	require.Equal(t, "written third", state())
	w.Exec(`update records.notes set first_hash = '\x00' where need_id = @need`, pg.Args{"need": need})
	approve(second)
	require.Equal(t, "written second", state(), "what was approved under older detectors is approved anew")
	approve(third)
	require.Equal(t, "approved second", state())

	for _, sql := range []string{
		`update records.notes set first_by = decided_by where need_id = @need`,
		`update records.notes set first_by = written_by where need_id = @need`,
		`update records.notes set first_by = null, first_at = null, first_hash = null where need_id = @need`,
		`update records.notes set first_hash = '\x00' where need_id = @need`,
		`update records.notes set cases = '{child}', reviewers = 1 where need_id = @need`,
		`update records.notes set cases = '{other}' where need_id = @need`,
	} {
		_, err := w.Admin.Exec(ctx, sql, pg.Args{"need": need})
		require.ErrorContains(t, err, "notes_", "the database says so as well: "+sql)
	}
	require.Equal(t, fault.Invalid, fault.Of(note.Set(ctx, db, district,
		note.Switch{District: needstest.Region[:6], Enabled: true, Reviewers: 3, Source: "x", Since: w.Today()})))
}
