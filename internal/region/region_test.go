package region

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDivisions(t *testing.T) {
	t.Parallel()

	t.Run("there are 16 districts and 349 units below them, each with its zone", func(t *testing.T) {
		t.Parallel()
		units := 0
		for _, d := range Districts() {
			units += len(d.Subdistricts)
			require.NotEmpty(t, ZoneOf(d.Code).Code, d.Name)
			for _, s := range d.Subdistricts {
				require.Equal(t, d.Code, s.Code[:6])
				require.Equal(t, d.Code, s.District)
			}
		}
		require.Len(t, Districts(), 16)
		require.Equal(t, 349, units)
	})

	t.Run("a zone never is a single district", func(t *testing.T) {
		t.Parallel()
		count := map[string]int{}
		for _, d := range Districts() {
			count[ZoneOf(d.Code).Code]++
		}
		require.Len(t, count, len(Zones))
		for zone, n := range count {
			require.Greater(t, n, 1, zone)
		}
	})

	t.Run("two places of one name are told apart", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "朝阳区八里庄街道", Name("110105015"))
		require.Equal(t, "海淀区八里庄街道", Name("110108005"))
		require.Equal(t, "Balizhuang, Haidian", English("110108005"))
		require.Equal(t, "Fengtai Subdistrict, Fengtai", English("110106009"))
		require.Equal(t, "Dougezhuang Area, Chaoyang", English("110105041"))
		require.Equal(t, "Miyun Town, Miyun", English("110118100"))
	})

	t.Run("an area covers what lies in it", func(t *testing.T) {
		t.Parallel()
		require.True(t, Covers(City, "110107"))
		require.True(t, Covers("110107", "110107001"))
		require.True(t, Covers("zone:core", "110101"))
		require.True(t, Covers("zone:core", "110101001"))
		require.False(t, Covers("zone:core", "110105"))
		require.False(t, Covers("110107001", "110107"))
		require.False(t, Covers("110107", "110106001"))
	})
}
