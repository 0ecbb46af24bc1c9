package excerpt

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheWorkGrowsWithTheTextAndNotWithTheValues(t *testing.T) {
	t.Parallel()
	for what, unit := range map[string]string{"digits": "1370", "one digit": "1", "names": "陈建国", "letters": "ab1"} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			for _, n := range []int{500, 5000, 20000} {
				s := strings.Repeat(unit, n/len([]rune(unit)))
				many := Known{Name: {s, s[:len(s)/2]}, Mobile: {s}, Address: {s}, WeChat: {s}}
				for i := range 300 {
					many[Name] = append(many[Name], fmt.Sprintf("王%c%c", '一'+rune(i), '丁'+rune(7*i)))
				}
				v, read := many.Ready(), normalise(s)
				looked := v.bare.find(read.bare(), func(view, int, int, Kind) {})
				looked += v.digits.find(read.stream(), func(view, int, int, Kind) {})
				require.Positive(t, looked)
				require.LessOrEqual(t, looked, 24*n, "at %d characters", n)
			}
		})
	}
}

func TestANoteThatIsTooLongIsNotRead(t *testing.T) {
	t.Parallel()
	fits := strings.Repeat("需要助浴。", MaxNote/5)
	require.False(t, Redact(fits, nil).Withheld)
	res := Redact(fits+"。", nil)
	require.Equal(t, Result{Withheld: true, Reasons: []Reason{TooLong}}, res)
	// Tokens are longer than what they stand for: the output has the same bound.
	require.Contains(t, Redact(strings.Repeat("1岁，", MaxNote/3), nil).Reasons, TooLong)
}

// BenchmarkLong is the time for each character of long texts of digits, which
// must stay the same as they grow.
func BenchmarkLong(b *testing.B) {
	for _, n := range []int{500, 5000, 20000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := strings.Repeat("1370", n/4)
			v := Known{Mobile: {s}, Name: {strings.Repeat("陈建国", n/3)}}.Ready()
			for b.Loop() {
				v.Scan(s)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/char")
		})
	}
}
