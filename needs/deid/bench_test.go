package deid

import (
	"fmt"
	"testing"
)

// BenchmarkForm measures one tick's search for cohorts, on both tiers, as the
// queue doubles. The register is as large as the queue.
func BenchmarkForm(b *testing.B) {
	for _, n := range []int{12500, 25000, 50000, 100000} {
		for _, tier := range []Tier{Public, Verified} {
			b.Run(fmt.Sprintf("%s/%d", tier, n), func(b *testing.B) {
				waiting, _ := city(1, n)
				homes := make([]Registered, n)
				for i, w := range waiting {
					homes[i] = w.Home
				}
				b.ReportAllocs()
				published := 0
				for b.Loop() {
					published = 0
					for _, c := range Form(tier, waiting, NewRegister(homes), Defaults(tier)) {
						published += len(c.Needs)
					}
				}
				b.ReportMetric(100*float64(published)/float64(n), "%published")
			})
		}
	}
}
