// Package migrations holds the schema as numbered, forward-only SQL files.
//
// Each file must work with the program before it and the program after it.
// A file that has landed is never edited; what it got wrong, a later one mends.
package migrations

import "embed"

// FS is every migration, in the order of its number.
//
//go:embed *.sql
var FS embed.FS
