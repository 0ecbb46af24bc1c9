package declaration_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/declaration"
	"shanqiao/needs/needstest"
)

func TestHelp(t *testing.T) {
	t.Parallel()
	status := func(states ...needs.State) declaration.Status {
		return declaration.Status{State: declaration.Assessed, Followed: true, Needs: states}
	}

	t.Run("every state of a need is told, and each in a sentence of its own kind", func(t *testing.T) {
		t.Parallel()
		told := map[declaration.Help]bool{declaration.Nothing: true}
		for state := range needs.Moves {
			help := status(state).Help()
			require.Contains(t, declaration.Helps, help, state)
			told[help] = true
		}
		require.Len(t, told, len(declaration.Helps))
	})
	t.Run("of several needs the one furthest on its way is told, and how many are done", func(t *testing.T) {
		t.Parallel()
		for _, c := range []struct {
			needs    []needs.State
			help     declaration.Help
			met, all int
		}{
			{nil, declaration.Nothing, 0, 0},
			{[]needs.State{needs.Draft, needs.Approved}, declaration.Waiting, 0, 2},
			{[]needs.State{needs.Expired}, declaration.Missed, 0, 1},
			{[]needs.State{needs.Expired, needs.Approved}, declaration.Waiting, 0, 2},
			{[]needs.State{needs.Fulfilled, needs.Expired, needs.Withdrawn}, declaration.Missed, 1, 2},
			{[]needs.State{needs.Fulfilled, needs.Published}, declaration.Looking, 1, 2},
			{[]needs.State{needs.Claimed, needs.InService, needs.Introduced}, declaration.Serving, 0, 3},
			{[]needs.State{needs.Fulfilled, needs.Withdrawn}, declaration.Done, 1, 1},
			{[]needs.State{needs.Withdrawn, needs.Closed}, declaration.Over, 0, 0},
		} {
			s := status(c.needs...)
			met, all := s.Given()
			require.Equal(t, c.help, s.Help(), c.needs)
			require.Equal(t, []int{c.met, c.all}, []int{met, all}, c.needs)
		}
		require.Equal(t, "nobody", status(needs.Fulfilled).Next().Who)
		require.Equal(t, "provider", status(needs.Introduced).Next().Who)
		require.Equal(t, "subdistrict", status(needs.Draft).Next().Who)
		require.Equal(t, "subdistrict", status(needs.Expired).Next().Who)
	})
	t.Run("before the assessment, and of a household not followed, nothing is told", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, declaration.Unknown, declaration.Status{State: declaration.Accepted, Followed: true}.Help())
		require.Equal(t, declaration.Unknown, declaration.Status{State: declaration.Assessed}.Help())
	})
}

// TestNeedsOfADeclaration reads the states as the family and as a stranger whose
// declaration was attached to the same household.
func TestNeedsOfADeclaration(t *testing.T) {
	t.Parallel()
	w := needstest.New(t)
	declared := func(id, account string) {
		w.Exec(`insert into records.declarations (id, household_id, region, account_id, request_key, channel, hardships, people,
		                                          state, pledged_at, check_agreed_at, due_on)
		        values (@id, @household, @region, @account, @id, 'online', '{medical}', 1, 'assessed', now(), now(), current_date)`,
			pg.Args{"id": id, "household": w.Household, "region": needstest.Region, "account": account})
	}
	const own, theirs = "aaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbbb"
	declared(own, w.Citizen.Account)
	declared(theirs, "stranger")
	for _, d := range []string{own, theirs} {
		need := w.Need("bathing", 2, needs.Published)
		w.Exec(`update records.assessments a set declaration_id = @d from records.needs n where n.assessment_id = a.id and n.id = @need`,
			pg.Args{"d": d, "need": need})
		w.Exec(`update records.needs set state = 'closed', delivered = 2 where id = @need`, pg.Args{"need": need})
	}
	reading := w.Need("reading", 2, needs.Introduced)
	w.Exec(`update records.assessments a set declaration_id = @d from records.needs n where n.assessment_id = a.id and n.id = @need`,
		pg.Args{"d": own, "need": reading})

	s, err := declaration.For(t.Context(), w.Pools.Records, w.Citizen, own)
	require.NoError(t, err)
	require.ElementsMatch(t, []needs.State{needs.Fulfilled, needs.Introduced}, s.Needs, "closed after all came is as good as met")
	require.Equal(t, declaration.Coming, s.Help())

	all, err := declaration.Mine(t.Context(), w.Pools.Records, actor.Citizen{Account: "stranger"})
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Empty(t, all[0].Needs, "a stranger learns nothing of the household's needs")
	require.Equal(t, declaration.Unknown, all[0].Help())
}
