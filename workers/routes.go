package workers

import (
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/needs/deid"
	"shanqiao/workers/relay"
)

// routes says what each fact sets in motion. It is the only place that knows,
// so reading it is reading everything that the system does by itself. Facts
// that set nothing in motion are listed, so that a new one is not forgotten.
var routes = relay.Table{
	// records half
	"declaration.submitted": {},
	"need.approved":         {}, // waits for the gate's next tick
	"need.withdrawn":        {"withdraw-cards"},
	"need.climbed":          {"widen-cards"},
	"consent.withdrawn":     {"end-claim"},
	"introduction.made":     {"mark-introduced"},
	"outcome.confirmed":     {"confirm-delivery"},

	// exchange half
	"card.published":        {"index-card", "propose-matches", "record-listed", "carry-steps"},
	"card.shown":            {"index-card", "record-listed"},
	"card.changed":          {"index-card"},
	"card.withdrawn":        {"index-card", "record-unlisted"},
	"card.widened":          {"propose-matches"},
	"card.pushed":           {"notify-near"},
	"card.matched":          {"record-matched"},
	"claim.requested":       {"record-claimed"},
	"claim.accepted":        {"record-answered"},
	"claim.rejected":        {"record-answered"},
	"claim.cancelled":       {"record-answered"},
	"claim.failed":          {"record-answered"},
	"claim.completed":       {"record-answered"},
	"delivery.recorded":     {"record-outcome"},
	"offer.opened":          {"propose-for-offer"},
	"offer.changed":         {"propose-for-offer"},
	"organisation.verified": {},
}

// schedules says what time alone sets in motion, by Beijing's clock.
var schedules = []relay.Schedule{
	{Job: "publish-tick", Ref: string(deid.Verified), Half: outbox.Exchange, Every: 6 * time.Hour, At: 30 * time.Minute},
	{Job: "publish-tick", Ref: string(deid.Public), Half: outbox.Exchange, Every: 24 * time.Hour, At: 6 * time.Hour},
	{Job: "match-round", Half: outbox.Exchange, Every: 24 * time.Hour, At: 2 * time.Hour},
	{Job: "lapse-claims", Half: outbox.Exchange, Every: 15 * time.Minute},
	{Job: "renew-volunteers", Half: outbox.Exchange, Every: 24 * time.Hour, At: 10 * time.Minute},
	{Job: "climb-needs", Half: outbox.Records, Every: 6 * time.Hour, At: 20 * time.Minute},
	{Job: "expire-needs", Half: outbox.Records, Every: 24 * time.Hour, At: 3 * time.Hour},
	{Job: "rescan-excerpts", Half: outbox.Records, Every: 24 * time.Hour, At: time.Hour},
	{Job: "forget-notes", Half: outbox.Records, Every: 24 * time.Hour, At: 4 * time.Hour},
	{Job: "forget-requests", Half: outbox.Exchange, Every: 24 * time.Hour, At: 4 * time.Hour},
	{Job: "index-reconcile", Half: outbox.Exchange, Every: 5 * time.Minute},
	{Job: "chain-checkpoint", Half: outbox.Records, Every: time.Hour},
}
