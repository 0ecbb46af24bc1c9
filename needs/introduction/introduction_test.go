package introduction_test

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/needs"
	"shanqiao/needs/consent"
	"shanqiao/needs/introduction"
	"shanqiao/needs/needstest"
)

var contact = introduction.Contact{CallName: "王大妈", Phone: "13800138000", Address: "幸福里 3 号楼 201", PracticalNotes: "三楼没电梯"}

type story struct {
	*needstest.World
	need  needs.ID
	claim string
}

func consented(t *testing.T, fields ...consent.Field) story {
	t.Helper()
	w := needstest.New(t)
	s := story{World: w, need: w.Need("bathing", 4, needs.Published)}
	s.claim = w.Claim(w.Card(s.need), w.Org, 2, "accepted")
	s.agree(t, fields...)
	return s
}

func (s story) agree(t *testing.T, fields ...consent.Field) {
	t.Helper()
	_, err := consent.Give(t.Context(), s.Pools.Records, s.Assessor, consent.Consent{
		Need: s.need, Claim: s.claim, Organisation: s.Org, Worker: s.Worker.Account, Fields: fields,
		Purpose: "arrange_and_serve", GivenBy: s.Member, Channel: consent.ByPhone,
		TextVersion: consent.Current().Version, Days: 30})
	require.NoError(t, err)
}

func (s story) introduce(t *testing.T) error {
	return introduction.Introduce(t.Context(), s.Pools.Records, s.Keys, s.Assessor, s.claim, contact)
}

func (s story) standing(state string) {
	s.Exec(`update exchange.organisations set state = @state where id = @org`, pg.Args{"state": state, "org": s.Org})
}

func (s story) look(t *testing.T, by actor.Actor) (introduction.Seen, error) {
	return introduction.Look(t.Context(), s.Pools.Records, s.Keys, by, s.claim)
}

func TestIntroduce(t *testing.T) {
	t.Parallel()

	t.Run("the named worker sees what was agreed to and no more, and each look is written down", func(t *testing.T) {
		t.Parallel()
		s := consented(t, consent.Phone, consent.CallName, consent.AgeBand)
		require.NoError(t, s.introduce(t))
		require.Equal(t, needs.Introduced, s.State(s.need))
		require.Equal(t, []string{"introduction.made"}, s.Facts())
		for range 2 {
			seen, err := s.look(t, s.Worker)
			require.NoError(t, err)
			require.Equal(t, introduction.Contact{CallName: "王大妈", Phone: "13800138000"}, seen.Contact)
			require.Equal(t, []string{"call_name", "phone"}, seen.Fields)
			require.Equal(t, "arrange_and_serve", seen.Purpose)
		}
		looks, err := introduction.Looks(t.Context(), s.Pools.Records, s.Citizen, s.Household)
		require.NoError(t, err)
		require.Len(t, looks, 2)
		require.Equal(t, s.Worker.Account, looks[0].AccountID)
		require.Equal(t, needs.Code("bathing"), looks[0].Code)
		strange, err := introduction.Looks(t.Context(), s.Pools.Records, s.Stranger, s.Household)
		require.NoError(t, err)
		require.Empty(t, strange)
	})

	t.Run("nobody else sees anything, and no look is written", func(t *testing.T) {
		t.Parallel()
		s := consented(t, consent.Phone)
		require.NoError(t, s.introduce(t))
		colleague := actor.Member{Account: id.New(), Organisation: s.Org}
		for _, by := range []actor.Actor{colleague, actor.Member{}, actor.Volunteer{Account: id.New()}, s.Assessor, s.Citizen,
			actor.Auditor{Account: s.Worker.Account}, actor.Administrator{Account: s.Worker.Account}, actor.System{}} {
			_, err := s.look(t, by)
			require.Equal(t, fault.NotFound, fault.Of(err), "%T", by)
		}
		_, err := introduction.Look(t.Context(), s.Pools.Records, s.Keys, s.Worker, "nonsense")
		require.Equal(t, fault.NotFound, fault.Of(err))
		looks, err := introduction.Looks(t.Context(), s.Pools.Records, s.Citizen, s.Household)
		require.NoError(t, err)
		require.Empty(t, looks)
	})

	t.Run("a volunteer looks as a member does", func(t *testing.T) {
		t.Parallel()
		s := consented(t, consent.Phone)
		require.NoError(t, s.introduce(t))
		_, err := s.look(t, actor.Volunteer{Account: s.Worker.Account})
		require.NoError(t, err)
	})

	t.Run("while the organisation is not in good standing the contact stays closed, and no look is written", func(t *testing.T) {
		t.Parallel()
		s := consented(t, consent.Phone)
		require.NoError(t, s.introduce(t))
		for _, standing := range []string{"suspended", "rejected", "applied"} {
			s.standing(standing)
			for _, by := range []actor.Actor{s.Worker, actor.Volunteer{Account: s.Worker.Account}} {
				seen, err := s.look(t, by)
				require.Equal(t, "introduction.organisation_paused", fault.As(err).Key)
				require.Empty(t, seen)
			}
			_, err := s.look(t, actor.Member{Account: id.New(), Organisation: s.Org})
			require.Equal(t, fault.NotFound, fault.Of(err), "a colleague is told nothing, not even this")
		}
		looks, err := introduction.Looks(t.Context(), s.Pools.Records, s.Citizen, s.Household)
		require.NoError(t, err)
		require.Empty(t, looks)

		s.standing("verified")
		seen, err := s.look(t, s.Worker)
		require.NoError(t, err, "with its standing the contact comes back")
		require.Equal(t, contact.Phone, seen.Contact.Phone)
	})

	t.Run("nobody is introduced to an organisation that was suspended after the family agreed", func(t *testing.T) {
		t.Parallel()
		s := consented(t, consent.Phone)
		s.standing("suspended")
		require.Equal(t, "consent.organisation_not_verified", fault.As(s.introduce(t)).Key)
		require.Equal(t, needs.Claimed, s.State(s.need))
		require.Empty(t, s.Facts())
		s.standing("verified")
		require.NoError(t, s.introduce(t))
	})

	t.Run("a safety ban on the organisation or the worker stops the introduction and closes the contact", func(t *testing.T) {
		t.Parallel()
		s := consented(t, consent.Phone)
		ban := func(until string) {
			s.Exec(`insert into exchange.bans (organisation_id, reason, until, by)
			        values (@org, 'harm', (now() at time zone 'Asia/Shanghai')::date + @until::interval, 'x')`, pg.Args{"org": s.Org, "until": until})
		}
		lift := func() { s.Exec(`update exchange.bans set lifted_at = now(), lifted_by = 'x'`, nil) }
		ban("0 days")
		require.Equal(t, "introduction.banned", fault.As(s.introduce(t)).Key)
		require.Equal(t, needs.Claimed, s.State(s.need))
		require.Empty(t, s.Facts())
		lift()
		ban("-1 days")
		require.NoError(t, s.introduce(t), "a ban that is over")
		ban("7 days")
		seen, err := s.look(t, s.Worker)
		require.Equal(t, "introduction.banned", fault.As(err).Key)
		require.Empty(t, seen)
		lift()
		_, err = s.look(t, s.Worker)
		require.NoError(t, err)
	})

	t.Run("without consent, with consent that ended, and twice at once: no", func(t *testing.T) {
		t.Parallel()
		s := consented(t, consent.Phone)
		s.Exec(`update records.consents set withdrawn_at = now()`, pg.Args{})
		require.Equal(t, "introduction.no_consent", fault.As(s.introduce(t)).Key)
		s.Exec(`update records.consents set withdrawn_at = null, given_at = given_at - interval '2 days', until = now() - interval '1 second'`, pg.Args{})
		require.Equal(t, "introduction.no_consent", fault.As(s.introduce(t)).Key)
		s.agree(t, consent.Phone)
		err := introduction.Introduce(t.Context(), s.Pools.Records, s.Keys, s.Stranger, s.claim, contact)
		require.Equal(t, "introduction.no_consent", fault.As(err).Key)
		var group sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			group.Go(func() { errs[i] = s.introduce(t) })
		}
		group.Wait()
		ok := 0
		for _, err := range errs {
			if err == nil {
				ok++
				continue
			}
			require.Equal(t, "introduction.already", fault.As(err).Key)
		}
		require.Equal(t, 1, ok)
	})

	t.Run("nothing agreed to that could be shown, and a novel for an address", func(t *testing.T) {
		t.Parallel()
		s := consented(t, consent.AgeBand)
		require.Equal(t, fault.Invalid, fault.Of(s.introduce(t)))
		err := introduction.Introduce(t.Context(), s.Pools.Records, s.Keys, s.Assessor, s.claim,
			introduction.Contact{AgeBand: secret.String(strings.Repeat("长", 201))})
		require.Equal(t, fault.Invalid, fault.Of(err))
		require.Equal(t, needs.Claimed, s.State(s.need))
	})
}

func TestEnd(t *testing.T) {
	t.Parallel()
	t.Run("withdrawn consent ends it at once; a new one begins it anew", func(t *testing.T) {
		t.Parallel()
		s := consented(t, consent.Phone)
		require.NoError(t, s.introduce(t))
		given, err := consent.Of(t.Context(), s.Pools.Records, s.Citizen, s.Household)
		require.NoError(t, err)
		require.NoError(t, consent.Withdraw(t.Context(), s.Pools.Records, s.Citizen, given[0].ID))
		_, err = s.look(t, s.Worker)
		require.Equal(t, fault.NotFound, fault.Of(err))
		s.agree(t, consent.CallName)
		require.NoError(t, s.introduce(t))
		seen, err := s.look(t, s.Worker)
		require.NoError(t, err)
		require.Equal(t, introduction.Contact{CallName: "王大妈"}, seen.Contact)
	})
	t.Run("it runs out by itself", func(t *testing.T) {
		t.Parallel()
		s := consented(t, consent.Phone)
		require.NoError(t, s.introduce(t))
		s.Exec(`update records.introductions set until = now() - interval '1 second'`, pg.Args{})
		_, err := s.look(t, s.Worker)
		require.Equal(t, fault.NotFound, fault.Of(err))
	})
	t.Run("a contact moved to another row does not open", func(t *testing.T) {
		t.Parallel()
		s := consented(t, consent.Phone)
		require.NoError(t, s.introduce(t))
		card, err := pg.One[string](t.Context(), s.Admin, nil, `select card_id from exchange.claims`, pg.Args{})
		require.NoError(t, err)
		other := s.Claim(card, s.Organisation("verified"), 1, "accepted")
		s.Exec(`update records.introductions set claim_id = @other`, pg.Args{"other": other})
		_, err = introduction.Look(t.Context(), s.Pools.Records, s.Keys, s.Worker, other)
		require.ErrorIs(t, err, secret.ErrSealed)
		n, err := pg.One[int](t.Context(), s.Admin, nil, `select count(*)::int from records.disclosures`, pg.Args{})
		require.NoError(t, err)
		require.Zero(t, n)
	})
}

// TestNothingPersonalLeaks prints and marshals what a worker is shown.
func TestNothingPersonalLeaks(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(introduction.Seen{Contact: contact})
	require.NoError(t, err)
	for _, s := range []string{string(text), fmt.Sprintf("%v %+v %#v %s", contact, contact, contact, contact)} {
		require.NotContains(t, s, "138")
		require.NotContains(t, s, "王")
	}
}

// TestReach proves that the worker's side cannot reach the records of a household.
func TestReach(t *testing.T) {
	t.Parallel()
	deps, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	require.NotContains(t, strings.Fields(string(deps)), "shanqiao/needs/household")
}
