// Package attack asks for what is not theirs, as everyone, in a whole city:
// officers of other streets, other organisations, other families, volunteers who
// were not named. It holds tests only.
package attack
