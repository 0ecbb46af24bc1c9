package matcher_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/matcher"
	"shanqiao/matcher/assign"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// TestWhatChangesWhileARoundThinks changes, between the look and the write, each of
// the things that make a pair impossible.
func TestWhatChangesWhileARoundThinks(t *testing.T) {
	t.Parallel()
	type scene struct {
		*town
		by   actor.Member
		o    charities.Offer
		k    deid.Card
		past deid.Card
	}
	declined := func(s scene, k deid.Card, reason string) {
		s.exec(`
			insert into exchange.proposals (card_id, offer_id, units, score, parts, trace, state, reason, state_at)
			values (@card, @offer, 1, 1, '[]', '{}', 'declined', @reason, @at)
			    on conflict (card_id, offer_id) do update set state = 'declined', reason = @reason, state_at = @at`,
			map[string]any{"card": k.ID, "offer": s.o.ID, "reason": reason, "at": at})
	}
	set := func(table, change string) func(scene) {
		return func(s scene) {
			id := map[string]any{"organisations": s.by.Organisation, "offers": s.o.ID, "cards": s.k.ID}[table]
			s.exec(`update exchange.`+table+` set `+change+` where id = @id`, map[string]any{"id": id})
		}
	}
	for name, change := range map[string]func(scene){
		"the offer is paused":                set("offers", "state = 'paused'"),
		"the offer is closed":                set("offers", "state = 'closed'"),
		"the offer is used up":               set("offers", "committed = capacity"),
		"the offer serves elsewhere":         set("offers", "areas = array['110101']"),
		"the offer does something else":      set("offers", "codes = array['meals']"),
		"the organisation is suspended":      set("organisations", "state = 'suspended'"),
		"the card is withdrawn":              set("cards", "state = 'withdrawn'"),
		"the card is taken":                  set("cards", "committed = quantity"),
		"the organisation is at work on it":  func(s scene) { s.claim(s.k, s.by, "requested", "") },
		"the household says no":              func(s scene) { s.claim(s.k, s.by, "cancelled", "household") },
		"staff say no":                       func(s scene) { s.claim(s.k, s.by, "rejected", "staff") },
		"the organisation gives it back":     func(s scene) { s.claim(s.k, s.by, "failed", "provider") },
		"the pair is turned down":            func(s scene) { declined(s, s.k, "period") },
		"the organisation says it is kin":    func(s scene) { declined(s, s.k, "related") },
		"a refusal elsewhere asks for peace": func(s scene) { declined(s, s.past, "no_capacity") },
		"a ban is laid": func(s scene) {
			s.exec(`insert into exchange.bans (organisation_id, reason, until, by) values (@by, 'harm', @until, 'officer')`,
				map[string]any{"by": s.by.Organisation, "until": day(9)})
		},
		"it was ruled out under an earlier card": func(s scene) {
			s.exec(`insert into exchange.card_exclusions (card_id, organisation_id) values (@card, @by)`,
				map[string]any{"card": s.k.ID, "by": s.by.Organisation})
		},
		"this offer was, under an earlier card": func(s scene) {
			s.exec(`insert into exchange.card_exclusions (card_id, organisation_id, offer_id) values (@card, @by, @offer)`,
				map[string]any{"card": s.k.ID, "by": s.by.Organisation, "offer": s.o.ID})
		},
		"an officer rules it out": func(s scene) {
			s.exec(`insert into exchange.overrulings (card_id, offer_id, reason, by) values (@card, @offer, 'safety', 'officer')`,
				map[string]any{"card": s.k.ID, "offer": s.o.ID})
		},
	} {
		for _, stood := range []bool{false, true} {
			was := ", where nothing stood"
			if stood {
				was = ", where it stood before"
			}
			t.Run(name+was, func(t *testing.T) {
				t.Parallel()
				s := scene{town: newTown(t)}
				s.by = s.organisation("verified")
				s.o = s.offer(s.by)
				s.k = s.card()
				s.past = s.card(func(k *deid.Card) { k.State, k.Code = "closed", needs.Code("meals") })
				other := s.card()
				run := func(solver assign.Solver) matcher.Report {
					report, err := matcher.Round(t.Context(), s.Pools.Exchange, at, solver)
					require.NoError(t, err)
					require.Empty(t, report.Failed)
					return report
				}
				if stood {
					require.Equal(t, 2, run(assign.Optimal{}).Opened)
				}
				run(meanwhile{assign.Optimal{}, func() { change(s) }})
				require.NotEqual(t, "open", s.proposed(s.k)[s.o.ID])
				if name == "the card is withdrawn" {
					require.Equal(t, "open", s.proposed(other)[s.o.ID], "what nothing happened to is written")
				}
			})
		}
	}

	t.Run("where less is left, so much is written", func(t *testing.T) {
		t.Parallel()
		s := scene{town: newTown(t)}
		s.by = s.organisation("verified")
		s.o, s.k = s.offer(s.by), s.card()
		_, err := matcher.Round(t.Context(), s.Pools.Exchange, at, meanwhile{assign.Optimal{}, func() { set("cards", "committed = 1")(s) }})
		require.NoError(t, err)
		list, err := matcher.ForCard(t.Context(), s.Pools.Exchange, officer, s.k.ID)
		require.NoError(t, err)
		require.Equal(t, 3, list[0].Units)
	})
}
