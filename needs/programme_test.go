package needs_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/needs"
)

func TestProgrammes(t *testing.T) {
	t.Parallel()
	names := func(programme, category string) bool {
		p, ok := needs.ProgrammeOf(programme)
		require.True(t, ok, programme)
		return p.Names(category)
	}
	require.False(t, names("insurance_premium", "rigid_expenditure"), "the policy does not name them")
	require.True(t, names("medical_bill", "rigid_expenditure"))
	require.False(t, names("employment", "extreme_poverty"))
	require.False(t, names("basic_living", "marginal"))
	require.False(t, names("housing_rural", "rigid_expenditure"))
	require.True(t, names("emergency", "undetermined"), "whoever is in sudden hardship")
	require.False(t, names("service", "undetermined"))
	for _, p := range needs.Programmes() {
		require.NotEmpty(t, p.Zh)
		require.NotEmpty(t, p.En)
		require.NotEmpty(t, p.Clause, p.Code)
		for _, category := range p.Named {
			require.Contains(t, needs.Categories, category, p.Code)
		}
	}
	_, ok := needs.ProgrammeOf("")
	require.False(t, ok)
}
