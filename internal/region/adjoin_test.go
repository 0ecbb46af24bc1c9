package region

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAdjoin(t *testing.T) {
	t.Parallel()

	t.Run("every district has neighbours, both ways and never itself", func(t *testing.T) {
		t.Parallel()
		pairs := 0
		for _, a := range Districts() {
			require.NotEmpty(t, neighbours[a.Code], a.Name)
			for b := range neighbours[a.Code] {
				_, known := DistrictOf(b)
				require.True(t, known, b)
				require.True(t, Adjoin(b, a.Code), a.Name)
				pairs++
			}
			require.False(t, Adjoin(a.Code, a.Code))
		}
		require.Len(t, neighbours, 16)
		require.Equal(t, 2*35, pairs)
	})

	t.Run("as the districts describe their borders", func(t *testing.T) {
		t.Parallel()
		// Fengtai counts eight neighbours, Chaoyang as many, Pinggu two.
		require.Len(t, neighbours["110106"], 8)
		require.Len(t, neighbours["110105"], 8)
		require.Len(t, neighbours["110117"], 2)
		require.True(t, Adjoin("110102", "110105"))
		require.False(t, Adjoin("110101", "110108"), "Dongcheng and Haidian have others between them")
		require.False(t, Adjoin("110109", "110119"), "Mentougou and Yanqing do not meet")
		require.False(t, Adjoin("110107", "110105"))
	})

	t.Run("near is a border, in the zone or beyond it", func(t *testing.T) {
		t.Parallel()
		require.True(t, Near("110105", "110108", true))
		require.False(t, Near("110105", "110112", true), "a new town is of another zone")
		require.True(t, Near("110105", "110112", false))
		require.True(t, Near("110105", "zone:plain", false))
		require.True(t, Near("zone:core", "110105", false))
		require.True(t, Near("110105", "110112001", false), "who serves a subdistrict of it")
		require.False(t, Near("110117", "110105", false))
		require.False(t, Near("110109", "110117", true), "one zone, and sixty miles between them")
	})
}
