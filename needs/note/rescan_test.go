package note_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/needs"
	"shanqiao/needs/deid/excerpt"
	"shanqiao/needs/gate"
	"shanqiao/needs/household"
	"shanqiao/needs/needstest"
	"shanqiao/needs/note"
	"shanqiao/needs/worklist"
)

func TestWhatIsOutIsReadAgain(t *testing.T) {
	t.Parallel()
	w, _ := open(t)
	ctx, db := t.Context(), w.Pools.Records
	_, err := household.Register(ctx, db, w.Keys, w.Assessor, household.New{
		Region: needstest.Region, Address: "安乐里9号楼101", Category: "minimum_living", Condition: "mobility",
		Members: []household.Member{{Head: true, Relation: "self", Name: "向心"}}})
	require.NoError(t, err)
	out := func(code needs.Code, text string) (needs.ID, string) {
		need := w.Need(code, 1, needs.Published)
		card := w.Card(need)
		w.Exec(`insert into exchange.card_excerpts (card_id, text, hash) values (@card, @text, @hash)`,
			pg.Args{"card": card, "text": text, "hash": excerpt.Approval(text)})
		w.Exec(`insert into records.notes (need_id, household_id, region, note_sealed, name_sealed, written_by, state, excerpt, hash, decided_by, decided_at)
		        values (@need, @household, @region, @words, @name, @by, 'used', @text, @hash, 'second', now())`,
			pg.Args{"need": need, "household": w.Household, "region": needstest.Region, "by": w.Assessor.Account, "text": text, "hash": excerpt.Approval(text),
				"words": w.Keys.Seal(secret.Place{Table: "notes", Column: "note_sealed", Row: string(need)}, secret.String(text)),
				"name":  w.Keys.Seal(secret.Place{Table: "notes", Column: "name_sealed", Row: string(need)}, "赵平安")})
		return need, card
	}
	own, ownCard := out("bathing", "老人喜欢康复训练。")
	other, otherCard := out("meals", "老人很有向心力。")
	ruled, _ := out("cleaning", "电话13922557766。")
	_, clean := out("errands", "老人要求每周2次助浴。")
	back := func(ctx context.Context, h note.Hit) error {
		return gate.TakeBack(ctx, w.Pools.Gate, h.Card, h.Need, string(h.Finding), h.Finding == note.Own)
	}

	hits, err := note.Rescan(ctx, db, w.Keys, func(context.Context, note.Hit) error { return fault.New(fault.Conflict, "note.off") })
	require.Error(t, err, "what could not be taken down is not forgotten")
	require.Equal(t, 3, hits)
	require.NotContains(t, w.Kinds(), "excerpt_taken_down")

	hits, err = note.Rescan(ctx, db, w.Keys, back)
	require.NoError(t, err)
	require.Equal(t, 3, hits)
	left, err := pg.Many[string](ctx, w.Admin, `select card_id from exchange.card_excerpts`, pg.Args{})
	require.NoError(t, err)
	require.Equal(t, []string{clean}, left)
	for need, found := range map[needs.ID]note.Finding{own: note.Own, other: note.Register, ruled: note.Rules} {
		n, err := note.For(ctx, db, w.Keys, w.Approver, need)
		require.NoError(t, err)
		require.Equal(t, note.TakenDown, n.State)
		require.Equal(t, found, n.Finding)
	}
	state := func(card string) string {
		s, err := pg.One[string](ctx, w.Admin, nil, `select state from exchange.cards where id = @id`, pg.Args{"id": card})
		require.NoError(t, err)
		return s
	}
	require.Equal(t, "withdrawn", state(ownCard), "the household's own value takes the card down")
	require.Equal(t, "open", state(otherCard))

	told := func() (n int) {
		for _, k := range w.Kinds() {
			if k == "excerpt_taken_down" {
				n++
			}
		}
		return n
	}
	require.Equal(t, 3, told())
	hits, err = note.Rescan(ctx, db, w.Keys, back)
	require.NoError(t, err)
	require.Zero(t, hits)
	require.Equal(t, 3, told(), "once")
	w.Exec(`update records.notes set told = false where need_id = @need`, pg.Args{"need": own})
	_, err = note.Rescan(ctx, db, w.Keys, back)
	require.NoError(t, err)
	require.Equal(t, 4, told(), "a run that broke off before the chain knew is made good")

	c, err := worklist.Today(ctx, db, w.Approver)
	require.NoError(t, err)
	require.Equal(t, 3, c.TakenDown)
	require.Equal(t, fault.Conflict, fault.Of(note.Approve(ctx, db, w.Keys, w.Approver, other, "x", "x")), "it does not go out again")
	require.NoError(t, note.Refuse(ctx, db, w.Keys, w.Approver, other))
	rows, _, err := worklist.Needs(ctx, db, w.Approver, worklist.TakenDown, worklist.After{})
	require.NoError(t, err)
	require.Len(t, rows, 2, "looked at, it leaves the desk")
}
