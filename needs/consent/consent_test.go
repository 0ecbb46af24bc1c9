package consent_test

import (
	"encoding/hex"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/consent"
	"shanqiao/needs/needstest"
)

// wantHash stands in records already made, for each version.
var wantHash = map[string]string{
	"introduction/1": "7d09b0727c092c51cb634c77ddde4fa74ada736c84aa89ee08003ebf0cfd8aca",
	"introduction/2": "d9de4586001206722f3104cd750d4449e3d7bbdb945a2f7f4fa6eb515c3f250c",
}

func asked(w *needstest.World) consent.Consent {
	need := w.Need("bathing", 4, needs.Published)
	return consent.Consent{
		Need: need, Claim: w.Claim(w.Card(need), w.Org, 2, "accepted"), Organisation: w.Org, Worker: w.Worker.Account,
		Fields: []consent.Field{consent.CallName, consent.Phone}, Purpose: "arrange_and_serve", GivenBy: w.Member,
		Channel: consent.InPerson, TextVersion: consent.Current().Version, Days: 30,
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	text := consent.Current()
	require.Len(t, text.Zh, len(text.En))
	// A changed word needs a new version.
	require.Equal(t, "introduction/2", text.Version)
	require.NotRegexp(t, `["'`+"`"+`]`, text.En, "quotes are “ ” and an apostrophe is ’")
	for version, want := range wantHash {
		text, known := consent.TextOf(version)
		require.True(t, known, version)
		require.Equal(t, want, hex.EncodeToString(text.Hash()), version)
	}
	_, known := consent.TextOf("introduction/0")
	require.False(t, known)
}

func TestGive(t *testing.T) {
	t.Parallel()

	t.Run("is recorded with its text, and the chain says what led to it first", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		c := asked(w)
		_, err := consent.Give(t.Context(), w.Pools.Records, w.Assessor, c)
		require.NoError(t, err)
		require.Equal(t, []string{"published", "claimed", "claim_answered", "consented"}, w.Kinds())
		given, err := consent.Of(t.Context(), w.Pools.Records, w.Citizen, w.Household)
		require.NoError(t, err)
		require.Len(t, given, 1)
		require.True(t, given[0].Live)
		require.Equal(t, []consent.Field{"call_name", "phone"}, given[0].Fields)
		hash, err := pg.One[string](t.Context(), w.Admin, nil, `select encode(text_hash, 'hex') from records.consents`, pg.Args{})
		require.NoError(t, err)
		require.Equal(t, wantHash[c.TextVersion], hash)
	})

	t.Run("refuses what was not asked properly", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		good := asked(w)
		for field, change := range map[string]func(*consent.Consent){
			"fields":       func(c *consent.Consent) { c.Fields = nil },
			"purpose":      func(c *consent.Consent) { c.Purpose = "anything" },
			"channel":      func(c *consent.Consent) { c.Channel = "pigeon" },
			"text_version": func(c *consent.Consent) { c.TextVersion = "0" },
			"days":         func(c *consent.Consent) { c.Days = 91 },
			"given_by":     func(c *consent.Consent) { c.GivenBy = w.Child },
		} {
			c := good
			change(&c)
			_, err := consent.Give(t.Context(), w.Pools.Records, w.Assessor, c)
			require.Equal(t, fault.Invalid, fault.Of(err), field)
			require.Contains(t, fault.As(err).Fields, field)
		}
		for _, fields := range [][]consent.Field{{"identity"}, {"phone", "phone"}, {"phone", "call_name", "phone"}} {
			c := good
			c.Fields = fields
			_, err := consent.Give(t.Context(), w.Pools.Records, w.Assessor, c)
			require.Equal(t, fault.Invalid, fault.Of(err))
		}
		c := good
		c.Days, c.GivenBy = 0, id.New()
		_, err := consent.Give(t.Context(), w.Pools.Records, w.Assessor, c)
		require.Equal(t, fault.Invalid, fault.Of(err))
		c.Days = 90
		_, err = consent.Give(t.Context(), w.Pools.Records, w.Assessor, c)
		require.Contains(t, fault.As(err).Fields, "given_by", "a stranger may not agree")
		require.Empty(t, w.Kinds())
	})

	t.Run("a claim that changed, of another need, or of an unverified organisation is no ground", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		good := asked(w)
		c := good
		c.Worker = id.New()
		_, err := consent.Give(t.Context(), w.Pools.Records, w.Assessor, c)
		require.Equal(t, "consent.claim_changed", fault.As(err).Key)
		c = good
		c.Need = w.Need("meals", 20, needs.Published)
		_, err = consent.Give(t.Context(), w.Pools.Records, w.Assessor, c)
		require.Equal(t, fault.NotFound, fault.Of(err))
		_, err = consent.Give(t.Context(), w.Pools.Records, w.Stranger, good)
		require.Equal(t, "claim.not_found", fault.As(err).Key)
		w.Exec(`update exchange.organisations set state = 'suspended'`, pg.Args{})
		_, err = consent.Give(t.Context(), w.Pools.Records, w.Assessor, good)
		require.Equal(t, "consent.organisation_not_verified", fault.As(err).Key)
		w.ClaimState(good.Claim, "requested")
		_, err = consent.Give(t.Context(), w.Pools.Records, w.Assessor, good)
		require.Equal(t, "consent.claim_changed", fault.As(err).Key)
	})

	t.Run("is given once at a time, and anew when it ran out", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		c := asked(w)
		var group sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			group.Go(func() { _, errs[i] = consent.Give(t.Context(), w.Pools.Records, w.Assessor, c) })
		}
		group.Wait()
		ok := 0
		for _, err := range errs {
			if err == nil {
				ok++
				continue
			}
			require.Equal(t, "consent.already", fault.As(err).Key)
		}
		require.Equal(t, 1, ok)
		w.Exec(`update records.consents set given_at = given_at - interval '40 days', until = now() - interval '1 second'`, pg.Args{})
		_, err := consent.Give(t.Context(), w.Pools.Records, w.Assessor, c)
		require.NoError(t, err)
	})
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	start := func(t *testing.T) (*needstest.World, string, string) {
		w := needstest.New(t)
		c := asked(w)
		given, err := consent.Give(t.Context(), w.Pools.Records, w.Assessor, c)
		require.NoError(t, err)
		w.Exec(`insert into records.introductions (claim_id, consent_id, household_id, region, worker_id, contact_sealed, until, introduced_by)
		        values (@claim, @consent, @household, @region, @worker, '\x01', now() + interval '9 days', 'o')`,
			pg.Args{"household": w.Household, "region": needstest.Region, "claim": c.Claim, "consent": given, "worker": c.Worker})
		return w, given, c.Claim
	}
	t.Run("by the household: the contact is gone in the same moment", func(t *testing.T) {
		t.Parallel()
		w, given, claim := start(t)
		require.NoError(t, consent.Withdraw(t.Context(), w.Pools.Records, w.Citizen, given))
		left, err := pg.One[int](t.Context(), w.Admin, nil, `
			select count(*)::int from records.introductions where ended_at is null or contact_sealed is not null`, pg.Args{})
		require.NoError(t, err)
		require.Zero(t, left)
		ref, err := pg.One[string](t.Context(), w.Admin, nil, `
			select ref from records.outbox where kind = 'consent.withdrawn'`, pg.Args{})
		require.NoError(t, err)
		require.Equal(t, claim, ref)
		require.Equal(t, "consent_withdrawn", w.Kinds()[len(w.Kinds())-1])
		require.Equal(t, "consent.over", fault.As(consent.Withdraw(t.Context(), w.Pools.Records, w.Citizen, given)).Key)
	})
	t.Run("nobody else's to take back", func(t *testing.T) {
		t.Parallel()
		w, given, _ := start(t)
		for _, by := range []actor.Actor{w.Stranger, w.Worker, actor.Citizen{Account: id.New(), Household: id.New()}, actor.Auditor{}} {
			require.Equal(t, fault.NotFound, fault.Of(consent.Withdraw(t.Context(), w.Pools.Records, by, given)), "%T", by)
		}
		list, err := consent.Of(t.Context(), w.Pools.Records, w.Stranger, w.Household)
		require.NoError(t, err)
		require.Empty(t, list)
		require.NoError(t, consent.Withdraw(t.Context(), w.Pools.Records, w.Approver, given))
	})
}
