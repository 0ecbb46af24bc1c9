package index

import "shanqiao/needs/deid"

// Scope is what a reader may find. It is asked for by every search; the zero
// value finds nothing, so a forgotten check shows an empty page and not a full one.
type Scope struct {
	tier   deid.Tier
	reader string
}

// Anyone is the scope of a visitor: the public tier.
func Anyone() Scope { return Scope{tier: deid.Public} }

// VerifiedReader is the scope of a member of an organisation that is verified
// now. Only card.Scope, which asks Postgres, should call it.
func VerifiedReader() Scope { return Scope{tier: deid.Verified} }

// As is the scope for one reader, whose questions are counted together: an
// account, or of a visitor whatever tells one from another. It opens nothing.
// Readers without a name are counted as one.
func (s Scope) As(reader string) Scope {
	s.reader = reader
	return s
}

// Tier is the one tier that the scope reads; empty when it reads none.
func (s Scope) Tier() deid.Tier { return s.tier }

// Allows says whether the scope reads cards of that tier.
func (s Scope) Allows(tier deid.Tier) bool {
	return s.tier == tier && (tier == deid.Public || tier == deid.Verified)
}
