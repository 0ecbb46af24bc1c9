// Package attack asks for what is not theirs, as everyone, in a whole city:
// officers of other streets, other organisations, other families, volunteers who
// were not named, and those who want to know which family is behind a card. It
// holds tests only.
package attack
