// Package audit is the auditor's desk: it reads the chains, and who opened which
// record, and nothing else.
//
// Every query runs as the audit login, which the database keeps away from names,
// numbers, addresses and every other table. A chain is known here by the
// household's id, which leads nowhere outside of the records half. What an entry
// says is shown through a list of what may be shown (said.go): a field that is
// not on it stays hidden, so a payload that one day says more shows no more here.
package audit

import (
	"time"

	"shanqiao/internal/pg"
	"shanqiao/needs/chain"
	"shanqiao/portal/route"
)

// Audit serves the pages. DB is the audit login. Ledger is the file of signed
// checkpoints that verifications are held against; nil where this machine has none.
type Audit struct {
	DB     pg.DB
	Ledger *chain.Ledger
	Now    func() time.Time
}

// Routes are the auditor's pages.
func (a *Audit) Routes() []route.Route {
	return []route.Route{
		{Methods: route.Get, Pattern: "/a", Action: "audit.look", Handler: route.Auditor(a.overview)},
		{Methods: route.Post, Pattern: "/a/verify", Action: "audit.verify", Handler: route.Auditor(a.verify)},
		{Methods: route.Get, Pattern: "/a/chains", Action: "audit.look", Handler: route.Auditor(a.chains)},
		{Methods: route.Get, Pattern: "/a/chains/{household}", Action: "audit.look", Handler: route.Auditor(a.chain)},
		{Methods: route.Get, Pattern: "/a/sample", Action: "audit.look", Handler: route.Auditor(a.sample)},
		{Methods: route.Get, Pattern: "/a/reads", Action: "audit.reads", Handler: route.Auditor(a.reads)},
	}
}
