package assessment_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/assessment"
	"shanqiao/needs/needstest"
)

func answers(w *needstest.World) assessment.Assessment {
	return assessment.Assessment{
		Household:  w.Household,
		Answers:    assessment.Answers{Health: 2, Guardianship: 3},
		SelfCare:   care(3),
		RequestKey: id.New(),
		Needs: []assessment.Line{
			{Code: "bathing", Quantity: 4, Urgency: 2},
			{Code: "visiting", Quantity: 4, Urgency: 1},
		},
	}
}

func assessed(t *testing.T, w *needstest.World) assessment.Done {
	t.Helper()
	done, err := assessment.Assess(t.Context(), w.Pools.Records, w.Assessor, answers(w))
	require.NoError(t, err)
	return done
}

func count(t *testing.T, w *needstest.World, sql string) int {
	t.Helper()
	n, err := pg.One[int](t.Context(), w.Admin, nil, sql, pg.Args{})
	require.NoError(t, err)
	return n
}

func declare(w *needstest.World, state string) string {
	declaration := id.New()
	w.Exec(`insert into records.declarations (id, household_id, region, request_key, channel, hardships, people,
	                                          pledged_at, check_agreed_at, due_on, state)
	        values (@id, @household, @region, @id, 'online', '{care}', 2, now(), now(), current_date + 10, @state)`,
		pg.Args{"id": declaration, "household": w.Household, "region": needstest.Region, "state": state})
	return declaration
}

func TestAssess(t *testing.T) {
	t.Parallel()

	t.Run("opens draft needs, answers the declaration and stands on the chain", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		a := answers(w)
		a.Declaration = declare(w, "accepted")
		done, err := assessment.Assess(t.Context(), w.Pools.Records, w.Assessor, a)
		require.NoError(t, err)
		require.Len(t, done.Needs, 2)
		require.Equal(t, []string{"assessed"}, w.Kinds())
		require.Equal(t, needs.Draft, w.State(done.Needs[0]))
		require.Equal(t, 1, count(t, w, `select count(*)::int from records.declarations where state = 'assessed'`))
		require.Equal(t, 1, count(t, w, `select count(*)::int from records.assessments where self_care_level = 'partial'`))
		require.Equal(t, 1, count(t, w, `select count(*)::int from records.needs
			where code = 'bathing' and window_to = window_from + 35 and route = 'cohort'`))
		require.Equal(t, 1, count(t, w, `select count(*)::int from records.needs where code = 'visiting' and route = 'direct'`))
		require.Empty(t, w.Facts(), "a draft is nobody's business yet")
	})

	t.Run("the same form twice is one assessment", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		a := answers(w)
		var group sync.WaitGroup
		got := make([]assessment.Done, 4)
		errs := make([]error, 4)
		for i := range got {
			group.Go(func() { got[i], errs[i] = assessment.Assess(t.Context(), w.Pools.Records, w.Assessor, a) })
		}
		group.Wait()
		for i := range got {
			require.NoError(t, errs[i])
			require.Equal(t, got[0], got[i])
		}
		require.Equal(t, []string{"assessed"}, w.Kinds())
		require.Equal(t, 2, count(t, w, `select count(*)::int from records.needs`))
	})

	t.Run("a second open need of a kind is a conflict that names the line and saves nothing", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		w.Need("visiting", 4, needs.Published)
		_, err := assessment.Assess(t.Context(), w.Pools.Records, w.Assessor, answers(w))
		require.Equal(t, fault.Conflict, fault.Of(err))
		require.Equal(t, map[string]string{"needs.visiting": "need.already_open"}, fault.As(err).Fields)
		require.Empty(t, w.Kinds())
		require.Equal(t, 1, count(t, w, `select count(*)::int from records.needs`))
	})

	t.Run("a declaration that was withdrawn meanwhile is a conflict", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		a := answers(w)
		a.Declaration = declare(w, "withdrawn")
		_, err := assessment.Assess(t.Context(), w.Pools.Records, w.Assessor, a)
		require.Equal(t, fault.Conflict, fault.Of(err))
		require.Equal(t, 0, count(t, w, `select count(*)::int from records.assessments`))
	})

	t.Run("another subdistrict, another level and a closed household find nothing to assess", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		_, err := assessment.Assess(t.Context(), w.Pools.Records, w.Stranger, answers(w))
		require.Equal(t, fault.NotFound, fault.Of(err))
		district := actor.Officer{Account: id.New(), Level: actor.DistrictRole, Region: "110105"}
		_, err = assessment.Assess(t.Context(), w.Pools.Records, district, answers(w))
		require.Equal(t, fault.Forbidden, fault.Of(err))
		w.Exec(`update records.households set closed_at = now()`, pg.Args{})
		_, err = assessment.Assess(t.Context(), w.Pools.Records, w.Assessor, answers(w))
		require.Equal(t, fault.NotFound, fault.Of(err))
	})

	t.Run("nonsense is refused field by field", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		yesterday := w.Today().AddDate(0, 0, -1)
		for name, c := range map[string]struct {
			change func(*assessment.Assessment)
			field  string
		}{
			"a level above three":  {func(a *assessment.Assessment) { a.Answers.Economy = 4 }, "economy"},
			"a level below nought": {func(a *assessment.Assessment) { a.Answers.Housing = -1 }, "housing"},
			"an unknown code":      {func(a *assessment.Assessment) { a.Needs[0].Code = "gold" }, "needs.gold"},
			"an odd quantity":      {func(a *assessment.Assessment) { a.Needs[0].Quantity = 3 }, "needs.bathing"},
			"an unknown urgency":   {func(a *assessment.Assessment) { a.Needs[0].Urgency = 5 }, "needs.bathing"},
			"a date gone by":       {func(a *assessment.Assessment) { a.Needs[0].WindowFrom = yesterday }, "needs.bathing"},
			"a date far off":       {func(a *assessment.Assessment) { a.Needs[0].WindowFrom = yesterday.AddDate(0, 0, 92) }, "needs.bathing"},
			"one kind twice":       {func(a *assessment.Assessment) { a.Needs[1] = a.Needs[0] }, "needs.bathing"},
			"no key":               {func(a *assessment.Assessment) { a.RequestKey = "" }, "request_key"},
			"a key of a megabyte":  {func(a *assessment.Assessment) { a.RequestKey = strings.Repeat("a", 1<<20) }, "request_key"},
		} {
			a := answers(w)
			c.change(&a)
			_, err := assessment.Assess(t.Context(), w.Pools.Records, w.Assessor, a)
			require.Equal(t, fault.Invalid, fault.Of(err), name)
			require.Contains(t, fault.As(err).Fields, c.field, name)
		}
		require.Empty(t, w.Kinds())
	})
}

func TestApprove(t *testing.T) {
	t.Parallel()

	t.Run("a second person lets it out, once", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		done := assessed(t, w)
		require.NoError(t, assessment.Approve(t.Context(), w.Pools.Records, w.Approver, done.Needs[0]))
		require.Equal(t, needs.Approved, w.State(done.Needs[0]))
		require.Equal(t, []string{"assessed", "approved"}, w.Kinds())
		require.Equal(t, []string{"need.approved"}, w.Facts())
		err := assessment.Approve(t.Context(), w.Pools.Records, w.Approver, done.Needs[0])
		require.Equal(t, "need.moved_on", fault.As(err).Key)
		require.Len(t, w.Kinds(), 2)
	})

	t.Run("twenty at once approve it once", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		done := assessed(t, w)
		var group sync.WaitGroup
		errs := make([]error, 20)
		for i := range errs {
			group.Go(func() { errs[i] = assessment.Approve(t.Context(), w.Pools.Records, w.Approver, done.Needs[0]) })
		}
		group.Wait()
		ok := 0
		for _, err := range errs {
			if err == nil {
				ok++
				continue
			}
			require.Equal(t, fault.Conflict, fault.Of(err))
		}
		require.Equal(t, 1, ok)
		require.Equal(t, []string{"need.approved"}, w.Facts())
	})

	t.Run("never the assessor, whatever the page offers", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		done := assessed(t, w)
		err := assessment.Approve(t.Context(), w.Pools.Records, w.Assessor, done.Needs[0])
		require.Equal(t, fault.Forbidden, fault.Of(err))
		require.Equal(t, "need.second_person", fault.As(err).Key)
		require.Equal(t, needs.Draft, w.State(done.Needs[0]))
		require.Equal(t, []string{"assessed"}, w.Kinds())
	})

	t.Run("another subdistrict's draft is not there", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		done := assessed(t, w)
		for _, err := range []error{
			assessment.Approve(t.Context(), w.Pools.Records, w.Stranger, done.Needs[0]),
			assessment.SendBack(t.Context(), w.Pools.Records, w.Stranger, done.Needs[0], "no"),
			assessment.Withdraw(t.Context(), w.Pools.Records, w.Stranger, done.Needs[0], "no"),
			assessment.Revise(t.Context(), w.Pools.Records, w.Stranger, done.Needs[0], assessment.Line{Quantity: 2, Urgency: 3}),
			assessment.Approve(t.Context(), w.Pools.Records, w.Approver, needs.ID(id.New())),
		} {
			require.Equal(t, fault.NotFound, fault.Of(err))
		}
		require.Equal(t, needs.Draft, w.State(done.Needs[0]))
	})
}

func TestSendBack(t *testing.T) {
	t.Parallel()

	t.Run("comes back to the assessor, who revises, and again a second person decides", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		need := assessed(t, w).Needs[0]
		require.NoError(t, assessment.SendBack(t.Context(), w.Pools.Records, w.Approver, need, "先问清楚一周几次"))
		require.NoError(t, assessment.Revise(t.Context(), w.Pools.Records, w.Assessor, need, assessment.Line{Quantity: 2, Urgency: 1}))
		require.Equal(t, 1, count(t, w, `select count(*)::int from records.needs
			where code = 'bathing' and quantity = 2 and route = 'direct' and reason = ''`))
		require.NoError(t, assessment.Approve(t.Context(), w.Pools.Records, w.Approver, need))
	})

	t.Run("who revises may not approve", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		need := assessed(t, w).Needs[0]
		require.NoError(t, assessment.Revise(t.Context(), w.Pools.Records, w.Approver, need, assessment.Line{Quantity: 2, Urgency: 3}))
		err := assessment.Approve(t.Context(), w.Pools.Records, w.Approver, need)
		require.Equal(t, fault.Forbidden, fault.Of(err))
		require.NoError(t, assessment.Approve(t.Context(), w.Pools.Records, w.Assessor, need))
	})

	t.Run("a reason is needed, readable and short; what is approved cannot go back", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		need := assessed(t, w).Needs[0]
		for _, reason := range []string{"", "  \n", strings.Repeat("长", 201), "\xff\xfe", "a\x00b"} {
			err := assessment.SendBack(t.Context(), w.Pools.Records, w.Approver, need, reason)
			require.Equal(t, fault.Invalid, fault.Of(err), "%q", reason)
			require.Equal(t, fault.Invalid, fault.Of(assessment.Withdraw(t.Context(), w.Pools.Records, w.Approver, need, reason)))
		}
		require.NoError(t, assessment.Approve(t.Context(), w.Pools.Records, w.Approver, need))
		require.Equal(t, fault.Conflict, fault.Of(assessment.SendBack(t.Context(), w.Pools.Records, w.Approver, need, "late")))
		require.Equal(t, fault.Conflict, fault.Of(assessment.Revise(t.Context(), w.Pools.Records, w.Assessor, need, assessment.Line{Quantity: 2, Urgency: 3})))
	})
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	for _, state := range []needs.State{needs.Draft, needs.Approved, needs.Published, needs.Claimed, needs.Introduced, needs.InService} {
		t.Run("ends a need that is "+string(state), func(t *testing.T) {
			t.Parallel()
			w := needstest.New(t)
			need := w.Need("bathing", 4, state)
			require.NoError(t, assessment.Withdraw(t.Context(), w.Pools.Records, w.Assessor, need, "家人接走了"))
			require.Equal(t, needs.Withdrawn, w.State(need))
			require.Equal(t, []string{"need_withdrawn"}, w.Kinds())
			require.Equal(t, []string{"need.withdrawn"}, w.Facts())
			require.Equal(t, fault.Conflict, fault.Of(assessment.Withdraw(t.Context(), w.Pools.Records, w.Assessor, need, "又一次")))
		})
	}
	t.Run("what is fulfilled stays so", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		need := w.Need("bathing", 4, needs.Fulfilled)
		require.Equal(t, fault.Conflict, fault.Of(assessment.Withdraw(t.Context(), w.Pools.Records, w.Assessor, need, "错了")))
		require.Empty(t, w.Kinds())
	})
}
