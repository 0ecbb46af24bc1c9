package instance_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/matcher/instance"
)

func read(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	require.NoError(t, err)
	return string(text)
}

func TestTheSameIsInventedTwice(t *testing.T) {
	t.Parallel()
	for name := range instance.Profiles {
		v := instance.Invented{Profile: name, Needs: 500, Seed: 3, Multi: true, Regions: 2, National: 30}
		one, two := t.TempDir(), t.TempDir()
		require.NoError(t, v.Write(one))
		require.NoError(t, v.Write(two))
		for _, file := range []string{"needs.csv", "resources.csv", "edges.csv"} {
			require.Equal(t, read(t, one, file), read(t, two, file))
		}
		in, err := instance.Read(one)
		require.NoError(t, err)
		require.Len(t, in.Needs, 500)
		require.NotEmpty(t, in.Edges)
	}
	require.Error(t, instance.Invented{Profile: "no such"}.Write(t.TempDir()))
}

func TestOnlyNationalResourcesGiveToSeveralRegions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, instance.Invented{Profile: "city", Needs: 3000, Seed: 1, Regions: 3, National: 50}.Write(dir))
	in, err := instance.Read(dir)
	require.NoError(t, err)
	national := map[string]bool{}
	for _, row := range strings.Split(read(t, dir, "resources.csv"), "\n") {
		if col := strings.Split(row, ","); len(col) > 1 && col[1] == "national" {
			national[col[0]] = true
		}
	}
	require.NotEmpty(t, national)
	regions := map[string]map[int]bool{}
	for _, e := range in.Edges {
		r := in.Resources[e.Resource].Key
		if regions[r] == nil {
			regions[r] = map[int]bool{}
		}
		district, err := strconv.Atoi(in.Needs[e.Need].District)
		require.NoError(t, err)
		regions[r][district/5] = true // of 1,000 needs there are five districts
	}
	for r, of := range regions {
		require.True(t, len(of) == 1 || national[r])
	}
}
