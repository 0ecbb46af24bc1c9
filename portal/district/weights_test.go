package district_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/portal/portaltest"
)

func TestWeights(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	city, officer := site.Role(t, actor.CityRole), site.Role(t, actor.DistrictRole)
	charitytest.Card(t, site.DB, 4)
	offered(t, site, 3)
	read := officer.Get("/p/weights")
	require.Len(t, read.All("tbody .badge"), 2)
	require.Empty(t, read.All("main .button"), "it is the city's to set")
	require.Equal(t, http.StatusNotFound, officer.Get("/p/weights/new").Status)

	day := civil.Day(time.Now()).AddDate(0, 0, 1).Format(time.DateOnly)
	right := url.Values{"duty": {"50"}, "keep": {"3"}, "source": {"京民发〔2026〕9号"}, "since": {day}}
	before := site.Contents(t)
	page := city.Get("/p/weights/new")
	for field, wrong := range map[string]string{"duty": "many", "kind": "1001", "area": "200", "source": " ", "since": "2026-01-01"} {
		bad := url.Values{field: {wrong}}
		for k, v := range right {
			if k != field {
				bad[k] = v
			}
		}
		again := page.Fill(bad)
		require.Equal(t, http.StatusUnprocessableEntity, again.Status, field)
		require.Len(t, again.All(".summary li"), 1, field)
		if field == "area" {
			require.Contains(t, again.Text(".summary"), "各项加起来太高了")
		}
	}
	require.Empty(t, portaltest.Changed(before, site.Contents(t)))

	trial := page.Fill(right)
	require.Equal(t, http.StatusOK, trial.Status)
	require.Contains(t, trial.Path, "/p/weights/trials/")
	require.Contains(t, trial.Text(".lead"), "还要 4 份帮助")
	require.Equal(t, []string{"exchange.weight_trials"}, portaltest.Changed(before, site.Contents(t)), "a trial sets nothing")
	require.Equal(t, http.StatusNotFound, officer.Get(trial.Path).Status)
	require.Equal(t, http.StatusNotFound, officer.Post(trial.Path, url.Values{}).Status)
	require.Equal(t, http.StatusNotFound, city.Get("/p/weights/trials/nonsense").Status)

	set := trial.Fill(url.Values{})
	require.Equal(t, "/p/weights", set.Path)
	require.Equal(t, []string{"还没开始", "生效中", "已被后来的代替"}, set.Texts("tbody .badge"))
	require.Contains(t, set.Text("main"), "京民发〔2026〕9号")
	done := city.Get(trial.Path)
	require.Contains(t, done.Text(".notice"), "已经定下")
	require.Empty(t, done.All("main form"))
	require.Equal(t, "/p/weights", city.Post(trial.Path, url.Values{}).Path, "sent twice it is set once")
	require.Len(t, city.Get("/p/weights").All("tbody .badge"), 3)
}
