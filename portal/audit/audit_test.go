package audit_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/needs/chain"
	"shanqiao/needs/household"
	"shanqiao/portal"
	"shanqiao/portal/portaltest"
)

var officer = actor.Officer{Account: "officer", Level: actor.SubdistrictRole, Region: "110105015"}

// family is a household with two entries, and the personal values on none of them.
func family(t *testing.T, site *portaltest.Site) string {
	t.Helper()
	id, err := household.Register(t.Context(), site.Pools.Records, site.Keys, officer, household.New{Region: officer.Region,
		Address: "延静里9号楼3门402", Members: []household.Member{{Head: true, Name: "钱秀兰", Relation: "self", Phone: "13912345678"}}})
	require.NoError(t, err)
	income := int64(98765)
	require.NoError(t, household.Change(t.Context(), site.Pools.Records, officer, id,
		household.Facts{Category: "undetermined", Condition: "none"},
		household.Facts{Category: "marginal", Condition: "mobility", Income: &income}, "钱秀兰的病历"))
	return id
}

func witnessed(t *testing.T, site **chain.Ledger) func(*portal.Server) {
	return func(s *portal.Server) {
		l, err := chain.NewLedger(filepath.Join(t.TempDir(), "checkpoints.jsonl"), s.Keys)
		require.NoError(t, err)
		s.Ledger, *site = l, l
	}
}

func TestAuditor(t *testing.T) {
	t.Parallel()
	var ledger *chain.Ledger
	site := portaltest.New(t, witnessed(t, &ledger))
	b := site.Role(t, actor.AuditorRole)

	page := b.Get("/a")
	require.Equal(t, http.StatusOK, page.Status)
	require.Equal(t, "还没有核对过", page.Text(".notice h2"))
	require.Contains(t, b.Get("/a/chains").Text(".empty"), "还没有救助链")
	require.Contains(t, b.Get("/a/sample?seed=x&size=3&until=2026-11-01").Text(".empty"), "还没有救助链")

	one, other := family(t, site), family(t, site)
	_, err := chain.Checkpoint(t.Context(), site.Pools.Audit, ledger)
	require.NoError(t, err)

	t.Run("a sound city verifies and says when", func(t *testing.T) {
		page := b.Get("/a").Fill(nil)
		require.Equal(t, "/a", page.Path)
		require.Equal(t, "每一条记录都对得上", page.Text(".notice h2"))
		require.Equal(t, []string{"2", "4", "1"}, page.Texts(".figures strong"))
		require.Contains(t, page.Texts("tbody th"), "建档")
	})
	t.Run("a chain is found by how its id begins and nothing else", func(t *testing.T) {
		require.Len(t, b.Get("/a/chains").Links("tbody a"), 2)
		require.Equal(t, []string{"/a/chains/" + one}, b.Get("/a/chains?chain="+strings.ToUpper(one[:20])).Links("tbody a"))
		for _, nonsense := range []string{"110105015-00001", "钱秀兰", "%25", "' or 1=1"} {
			page := b.Get("/a/chains?chain=" + url.QueryEscape(nonsense))
			require.Equal(t, http.StatusOK, page.Status, nonsense)
			require.Empty(t, page.Links("tbody a"), nonsense)
		}
		require.Equal(t, http.StatusOK, b.Get("/a/chains?after=nonsense").Status)
	})
	t.Run("one chain is shown whole, with nothing of the family", func(t *testing.T) {
		page := b.Get("/a/chains/" + one)
		require.Equal(t, http.StatusOK, page.Status)
		require.Equal(t, []string{"建档", "家庭情况更新"}, page.Texts(".timeline h3"))
		require.Equal(t, []string{"对得上", "对得上"}, page.Texts(".timeline .badge"))
		for _, personal := range []string{"钱秀兰", "13912345678", "延静里", "98765", "987.65", "病历", "mobility"} {
			require.NotContains(t, page.Body, personal)
		}
		require.Equal(t, http.StatusNotFound, b.Get("/a/chains/aaaaaaaaaaaaaaaaaaaaaaaaaa").Status)
		require.Equal(t, http.StatusNotFound, b.Get("/a/chains/..%2F").Status)
	})
	t.Run("a sample is the same whenever it is drawn", func(t *testing.T) {
		until := time.Now().UTC().Add(8 * time.Hour).Format(time.DateOnly)
		path := "/a/sample?seed=alpha&size=1&until=" + until
		first := b.Get(path).Links("tbody a")
		require.Len(t, first, 1)
		require.Equal(t, first, b.Get(path).Links("tbody a"))
		both := b.Get("/a/sample?seed=alpha&size=200&until=" + until).Links("tbody a")
		require.Len(t, both, 2)
		require.Equal(t, first[0], both[0], "a larger sample begins with the smaller one")
		for _, bad := range []string{"seed=&size=1&until=" + until, "seed=a&size=201&until=" + until, "seed=a&size=1&until=2199-01-01", "size=x"} {
			page := b.Get("/a/sample?" + bad)
			require.Equal(t, http.StatusUnprocessableEntity, page.Status, bad)
			require.NotEmpty(t, page.All(".summary"), bad)
		}
	})
	t.Run("damage is named with its household, entry and kind", func(t *testing.T) {
		_, err := site.Admin.Exec(t.Context(), `alter table records.chain_entries disable trigger user`)
		require.NoError(t, err)
		_, err = site.Admin.Exec(t.Context(), `update records.chain_entries set payload = '{"region":"110101001"}' where household_id = $1 and seq = 1`, other)
		require.NoError(t, err)
		page := b.Get("/a").Fill(nil)
		require.Equal(t, "发现 1 处问题", page.Text(".notice h2"))
		require.Equal(t, []string{"/a/chains/" + other}, page.Links("tbody a"))
		require.Contains(t, page.Text("tbody tr"), "第 1 条")
		require.Contains(t, page.Text("tbody tr"), "内容被改过")
		page = b.Get("/a/chains/" + other)
		require.Equal(t, []string{"有问题", "对得上"}, page.Texts(".timeline .badge"))
		require.Equal(t, []string{"对得上", "对得上"}, b.Get("/a/chains/"+one).Texts(".timeline .badge"), "a neighbour is not blamed")
	})
	t.Run("a chain that was cut off together with its head is seen by the signatures", func(t *testing.T) {
		_, err := site.Admin.Exec(t.Context(), `delete from records.chain_entries where household_id = $1`, one)
		require.NoError(t, err)
		_, err = site.Admin.Exec(t.Context(), `delete from records.chain_heads where household_id = $1`, one)
		require.NoError(t, err)
		page := b.Get("/a/chains/" + one)
		require.Equal(t, http.StatusOK, page.Status)
		require.Contains(t, page.Text("tbody"), "结尾被截掉了")
		require.NotEmpty(t, page.Text(".empty"))
	})
	t.Run("results stay", func(t *testing.T) {
		n, err := pg.One[int](t.Context(), site.Pools.Audit, nil, `select count(*)::int from records.chain_verifications`, pg.Args{})
		require.NoError(t, err)
		require.Equal(t, 2, n)
		_, err = site.Pools.Audit.Exec(t.Context(), `delete from records.chain_verifications`)
		require.Error(t, err)
	})
}

func TestPagesOfChainsFollowEachOther(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	want := map[string]bool{}
	for range 35 {
		want["/a/chains/"+family(t, site)] = true
	}
	b := site.Role(t, actor.AuditorRole)
	page := b.Get("/a/chains")
	got := page.Links("tbody a")
	require.Len(t, got, 30)
	got = append(got, b.Get(page.Links("[rel=next]")[0]).Links("tbody a")...)
	require.Len(t, got, 35)
	for _, href := range got {
		require.True(t, want[href], href)
		delete(want, href)
	}
}

func TestWhoReadWhichRecord(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	b := site.Role(t, actor.AuditorRole)
	require.Contains(t, b.Get("/a/reads").Text(".empty"), "还没有人打开过")
	one, other := family(t, site), family(t, site)
	district := actor.Officer{Account: "d-officer", Level: actor.DistrictRole, Region: "110105"}
	for range 32 {
		require.NoError(t, household.Note(t.Context(), site.Pools.Records, officer, one, household.ToAssess))
	}
	require.NoError(t, household.Note(t.Context(), site.Pools.Records, district, other, household.ToFollow))

	page := b.Get("/a/reads")
	require.Equal(t, http.StatusOK, page.Status)
	rows := page.Texts("tbody tr")
	require.Len(t, rows, 30)
	require.Contains(t, rows[0], "朝阳区")
	require.Contains(t, rows[0], "了解办理情况")
	require.Contains(t, rows[0], "d-officer")
	require.Equal(t, "/a/chains/"+other, page.Links("tbody a")[0])
	for _, personal := range []string{"钱秀兰", "13912345678", "延静里"} {
		require.NotContains(t, page.Body, personal)
	}
	rest := b.Get(page.Links("[rel=next]")[0])
	require.Len(t, rest.Texts("tbody tr"), 3, "and none of them twice or left out")

	today := time.Now().UTC().Add(8 * time.Hour)
	for query, n := range map[string]int{
		"household=" + other[:12]: 1, "household=" + strings.ToUpper(other): 1, "account=d-off": 1, "purpose=follow": 1, "purpose=consent": 0,
		"account=officer&purpose=assess&household=" + one: 30, "account=%25": 0,
		"from=" + today.AddDate(0, 0, 1).Format(time.DateOnly): 0, "to=" + today.AddDate(0, 0, -1).Format(time.DateOnly): 0,
		"account=d-off&from=" + today.Format(time.DateOnly) + "&to=" + today.Format(time.DateOnly): 1,
	} {
		page := b.Get("/a/reads?" + query)
		require.Equal(t, http.StatusOK, page.Status, query)
		require.Len(t, page.Texts("tbody tr"), n, query)
	}
	narrowed := b.Get("/a/reads?purpose=assess")
	require.Contains(t, narrowed.Links("[rel=next]")[0], "purpose=assess")
	require.Len(t, b.Get(narrowed.Links("[rel=next]")[0]).Texts("tbody tr"), 2)
	bad := b.Get("/a/reads?from=yesterday")
	require.Equal(t, http.StatusUnprocessableEntity, bad.Status)
	require.Equal(t, []string{"#f-from"}, bad.Links(".summary a"))
	require.Equal(t, http.StatusOK, b.Get("/a/reads?after=nonsense").Status)
	require.Equal(t, http.StatusNotFound, site.Role(t, actor.AdministratorRole).Get("/a/reads").Status)
}
