// Package chain keeps 一户一条救助链: everything that happened to a household, in
// order, one entry for each thing, from the first declaration to the last service.
//
// Entries are appended in the transaction of the change that they report, numbered
// without gaps, and linked by hashes. A mistake is mended by a later entry that
// points back. The hash covers a salted commitment and not the payload, so that a
// lawful erasure may drop the payload and the chain still verifies.
//
// The package does not decide what happens next; it only remembers. The one rule:
// nothing here updates or deletes an entry, except Erase, which empties a payload
// and says so in an entry of its own.
package chain

import "errors"

// errNotAKind is our own mistake: the list of kinds is closed.
var errNotAKind = errors.New("chain: not a kind of entry")
