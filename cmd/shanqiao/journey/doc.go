// Package journey walks the product in a real browser, as people do: a citizen
// declares, officers assess and approve, a charity claims, the family agrees,
// help comes, and the chain shows it. It holds tests only.
package journey
