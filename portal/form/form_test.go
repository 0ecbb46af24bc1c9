package form

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/portal/locale"
)

type colour string

type sample struct {
	Form
	Name   Text
	Words  Text
	Colour Choice[colour]
	Many   Many[colour]
	People Number
	Day    Date
	Income Money
	Pledge Tick
}

func newSample() *sample {
	f := &sample{
		Form:   Named("sample"),
		Name:   Line("name").Required().MaxRunes(4),
		Words:  Lines("words").MaxRunes(5),
		Colour: OneOf[colour]("colour", "red", "blue"),
		Many:   AnyOf[colour]("many", "red", "blue").Required(),
		People: Whole("people", 1, 20),
		Day:    Day("day"),
		Income: Yuan("income", 100_000_00).OrNone(),
		Pledge: MustTick("pledge"),
	}
	f.Fields(&f.Name, &f.Words, &f.Colour, &f.Many, &f.People, &f.Day, &f.Income, &f.Pledge)
	return f
}

func good() url.Values {
	return url.Values{
		"name": {" 欧阳𫖯喆 "}, "words": {"一\r\n二三四"}, "colour": {"blue"}, "many": {"blue", "red"}, "people": {"３"},
		"day": {"2026年11月23日"}, "income": {"1,395.5"}, "pledge": {"yes"},
	}
}

func post(v url.Values) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if err := r.ParseForm(); err != nil {
		panic(err)
	}
	return r
}

func TestSent(t *testing.T) {
	t.Parallel()

	t.Run("a GET is not sent", func(t *testing.T) {
		t.Parallel()
		f := newSample()
		require.False(t, f.Sent(httptest.NewRequest(http.MethodGet, "/?name=x", nil)))
		require.Equal(t, http.StatusOK, f.Status())
		require.Empty(t, f.Problems())
	})

	t.Run("what can be read is read, characters counted as people count them", func(t *testing.T) {
		t.Parallel()
		f := newSample()
		require.True(t, f.Sent(post(good())), f.Problems())
		require.Equal(t, "欧阳𫖯喆", f.Name.Value)
		require.Equal(t, "一\n二三四", f.Words.Value)
		require.Equal(t, colour("blue"), f.Colour.Value)
		require.Equal(t, []colour{"red", "blue"}, f.Many.Values, "in the order of the options")
		require.Equal(t, 3, f.People.Value)
		require.Equal(t, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), f.Day.Value)
		require.Equal(t, int64(1395_50), f.Income.Fen)
		require.True(t, f.Pledge.Value)
		require.Equal(t, http.StatusOK, f.Status())
	})

	t.Run("everything missing is told field by field, in the order of the page", func(t *testing.T) {
		t.Parallel()
		f := newSample()
		require.False(t, f.Sent(post(url.Values{})))
		require.Equal(t, http.StatusUnprocessableEntity, f.Status())
		var keys, places []string
		for _, p := range f.Problems() {
			keys, places = append(keys, p.Message.Key), append(places, p.At)
		}
		require.Equal(t, []string{"form.missing", "form.not_chosen", "form.none_chosen", "form.missing", "form.missing", "form.not_ticked"}, keys)
		require.Equal(t, []string{"f-name", "f-colour-red", "f-many-red", "f-people", "f-day", "f-pledge"}, places)
	})

	t.Run("what was typed is kept to be shown back", func(t *testing.T) {
		t.Parallel()
		f := newSample()
		v := good()
		v.Set("name", "五个字太长")
		v.Set("people", "many")
		v.Set("day", "2026-02-30")
		require.False(t, f.Sent(post(v)))
		require.Equal(t, "五个字太长", f.Name.Typed())
		require.Equal(t, "many", f.People.Typed())
		require.True(t, f.Colour.Chosen("blue"))
		require.Len(t, f.Problems(), 3)
		require.Equal(t, 4, f.Name.Error.Data["max"])
	})
}

// TestBadInput gives each field what it must refuse.
func TestBadInput(t *testing.T) {
	t.Parallel()
	for _, bad := range []struct{ field, value, key string }{
		{"name", "   ", "form.missing"},
		{"name", "a\nb", "form.one_line"},
		{"words", "一二三四五六", "form.too_long"},
		{"colour", "green", "form.unknown_choice"},
		{"colour", "red\n", ""},
		{"many", "green", "form.unknown_choice"},
		{"people", "0", "form.out_of_range"},
		{"people", "21", "form.out_of_range"},
		{"people", "-1", "form.out_of_range"},
		{"people", "1e3", "form.not_number"},
		{"people", "99999999999999999999", "form.not_number"},
		{"day", "23/11/2026", "form.not_date"},
		{"day", "0001-01-01", "form.not_date"},
		{"day", "20261123", ""},
		{"income", "-5", "form.not_money"},
		{"income", "1.234", "form.not_money"},
		{"income", "1.x", "form.not_money"},
		{"income", "NaN", "form.not_money"},
		{"income", "100000.01", "form.too_much"},
		{"income", "¥100,000 元", ""},
		{"income", "", ""},
		{"pledge", "on", "form.not_ticked"},
	} {
		t.Run(bad.field+" "+bad.value, func(t *testing.T) {
			t.Parallel()
			f := newSample()
			v := good()
			v.Set(bad.field, bad.value)
			sent := f.Sent(post(v))
			if bad.key == "" {
				require.True(t, sent, f.Problems())
				return
			}
			require.False(t, sent)
			require.Equal(t, bad.key, f.Problems()[0].Message.Key)
		})
	}
}

func TestRequest(t *testing.T) {
	t.Parallel()
	f := newSample()
	require.True(t, id.Valid(f.Request))
	require.NotEqual(t, newSample().Request, f.Request)

	again := newSample()
	v := good()
	v.Set(RequestName, f.Request)
	again.Sent(post(v))
	require.Equal(t, f.Request, again.Request, "a form sent twice is one request")

	forged := newSample()
	v.Set(RequestName, "'; drop table")
	forged.Sent(post(v))
	require.True(t, id.Valid(forged.Request))
}

func TestExplain(t *testing.T) {
	t.Parallel()

	t.Run("an invalid field is told beside the field", func(t *testing.T) {
		t.Parallel()
		f := newSample()
		require.True(t, f.Explain(fault.InvalidFields(map[string]string{"people": "form.out_of_range"})))
		require.Equal(t, []Problem{{
			Message: locale.Say("form.out_of_range", "label", locale.Say("sample.people")), At: "f-people",
		}}, f.Problems(), "a sentence may name its field")
		require.Equal(t, http.StatusUnprocessableEntity, f.Status())
	})

	t.Run("a field that the page does not have is told on top", func(t *testing.T) {
		t.Parallel()
		f := newSample()
		require.True(t, f.Explain(fault.InvalidFields(map[string]string{"elsewhere": "form.missing"})))
		require.Equal(t, "", f.Problems()[0].At)
	})

	t.Run("a conflict is for its own page unless the form says otherwise", func(t *testing.T) {
		t.Parallel()
		conflict := fault.New(fault.Conflict, "account.not_enabled").With("left", 2)
		f := newSample()
		require.False(t, f.Explain(conflict))
		require.Equal(t, http.StatusOK, f.Status())
		require.True(t, f.Explain(conflict, fault.Conflict))
		require.Equal(t, map[string]any{"left": 2}, f.Problems()[0].Message.Data)
	})

	t.Run("what the verbs refuse is told with what could not be read", func(t *testing.T) {
		t.Parallel()
		refused := fault.InvalidFields(map[string]string{"name": "account.login_shape", "people": "account.login_shape"})
		f := newSample()
		require.False(t, f.Also(refused), "a page that is first shown says nothing")
		require.Empty(t, f.Problems())
		typed := good()
		typed.Set("name", "")
		f.Sent(post(typed))
		require.False(t, f.Also(nil, refused))
		require.Len(t, f.Problems(), 2)
		require.Equal(t, "form.missing", f.Name.Error.Key, "what could not be read is told as that")
		require.Equal(t, "account.login_shape", f.People.Error.Key)
		whole := newSample()
		whole.Sent(post(good()))
		require.True(t, whole.Also(nil))
	})

	t.Run("trouble of ours is never shown in a form", func(t *testing.T) {
		t.Parallel()
		require.False(t, newSample().Explain(http.ErrAbortHandler))
	})
}

func FuzzRead(f *testing.F) {
	f.Add("2026-11-23")
	f.Add("１，３９５．００")
	f.Fuzz(func(t *testing.T, s string) {
		form := newSample()
		v := url.Values{}
		for _, name := range []string{"name", "words", "colour", "many", "people", "day", "income", "pledge"} {
			v.Set(name, s)
		}
		form.Sent(post(v))
		if form.Income.Fen < 0 || form.Income.Fen > 100_000_00 || form.People.Value < 0 || form.People.Value > 20 {
			t.Fatal("a value out of bounds was read")
		}
	})
}

// TestFieldWords says which sentences a field uses.
func TestFieldWords(t *testing.T) {
	t.Parallel()
	f := newSample()
	require.Equal(t, "sample.people", f.People.LabelKey())
	require.Equal(t, "sample.people.hint", f.People.HintKey())
	require.Equal(t, "sample.colour.red", f.Colour.OptionKey("red"))
	f.Day.Set(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
	require.Equal(t, "2026-11-23", f.Day.Typed())
	f.Many.Set("red")
	require.True(t, f.Many.Chosen("red"))
}
