package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
)

func keys(t *testing.T) *Keys {
	k, err := NewKeys(bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	return k
}

func TestSeal(t *testing.T) {
	t.Parallel()
	k := keys(t)
	here := Place{"members", "phone_sealed", "row-1"}

	t.Run("a value opens where it was sealed", func(t *testing.T) {
		t.Parallel()
		got, err := k.Open(here, k.Seal(here, "14200000001"))
		require.NoError(t, err)
		require.Equal(t, "14200000001", got.Reveal())
	})

	t.Run("a value moved to another row, column or table does not open", func(t *testing.T) {
		t.Parallel()
		sealed := k.Seal(here, "14200000001")
		for _, there := range []Place{
			{"members", "phone_sealed", "row-2"}, {"members", "name_sealed", "row-1"}, {"accounts", "phone_sealed", "row-1"},
		} {
			_, err := k.Open(there, sealed)
			require.ErrorIs(t, err, ErrSealed)
		}
	})

	t.Run("a changed byte anywhere does not open", func(t *testing.T) {
		t.Parallel()
		sealed := k.Seal(here, "14200000001")
		for i := range sealed {
			bent := bytes.Clone(sealed)
			bent[i] ^= 1
			_, err := k.Open(here, bent)
			require.ErrorIs(t, err, ErrSealed)
		}
	})

	t.Run("the same value is sealed differently each time", func(t *testing.T) {
		t.Parallel()
		require.NotEqual(t, k.Seal(here, "x"), k.Seal(here, "x"))
	})

	t.Run("a short master key is refused", func(t *testing.T) {
		t.Parallel()
		_, err := NewKeys([]byte("too short"))
		require.Error(t, err)
	})
}

func TestStringPrintsStars(t *testing.T) {
	t.Parallel()
	s := String("王小明")
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("person", "name", s)
	written, err := json.Marshal(map[string]any{"name": s})
	require.NoError(t, err)
	for _, out := range []string{fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s, s), log.String(), string(written)} {
		require.NotContains(t, out, "王")
	}
}

func TestNormalIdentity(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"plain", "11010519491231002X", "11010519491231002X"},
		{"small x", "11010519491231002x", "11010519491231002X"},
		{"spaces and hyphens", "110105 19491231-002X", "11010519491231002X"},
		{"full width", "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"},
		{"fifteen digits", "110105491231002", "11010519491231002X"},
		{"wrong check digit", "110105194912310021", ""},
		{"no such day", "11010519490230002X", ""},
		{"too short", "1101051949", ""},
		{"an x inside", "1101051949123X002X", ""},
		{"empty", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, NormalIdentity(c.in).Reveal())
		})
	}
}

func TestNormalPhone(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"14200000001": "14200000001", "+86 142-0000-0001": "14200000001", "１４２０００００００１": "14200000001",
		"0086 14200000001": "14200000001", "12345678901": "", "010-12345678": "", "": "",
	} {
		require.Equal(t, want, NormalPhone(in).Reveal(), in)
	}
}

func TestBlind(t *testing.T) {
	t.Parallel()
	k := keys(t)
	require.Equal(t, k.Blind("phone", "14200000001"), k.Blind("phone", "14200000001"))
	require.NotEqual(t, k.Blind("phone", "14200000001"), k.Blind("identity", "14200000001"), "one index cannot be joined with another")
	require.Nil(t, k.Blind("phone", ""))
}
