package audit

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/needs/chain"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

func TestOnlyWhatIsListedIsShown(t *testing.T) {
	t.Parallel()
	l := locale.For(locale.Zh)
	shown := func(kind chain.Kind, payload string) string {
		var all []string
		for _, f := range facts(l, kind, &payload) {
			all = append(all, f.Label+"="+f.Value)
		}
		return strings.Join(all, "|")
	}

	t.Run("codes become words, references their beginning", func(t *testing.T) {
		t.Parallel()
		got := shown(chain.Consented, `{"claim":"abcdefghijklmnopqrstuvwxyz","fields":["phone","call_name"],"days":30,"purpose":"deliver_goods","channel":"in_person"}`)
		require.Equal(t, "怎样同意的=当面|同意给对方看=称呼、电话|用途=送东西|最多多少天=30|关联编号=认领 abcdefgh", got)
	})
	t.Run("an organisation is named in the language of the page, where it has such a name", func(t *testing.T) {
		t.Parallel()
		payload := `{"name":"邻里助老社","name_en":"Good Neighbours"}`
		require.Equal(t, []html.Fact{{Label: "Organisation", Value: "Good Neighbours", Lang: "en"}}, facts(locale.For(locale.En), chain.Claimed, &payload))
		require.Equal(t, "机构=邻里助老社", shown(chain.Claimed, payload))
	})
	t.Run("a category is called as at the office", func(t *testing.T) {
		t.Parallel()
		payload := `{"category":"marginal"}`
		require.Equal(t, []html.Fact{{Label: "Category", Value: "just above the guarantee"}}, facts(locale.For(locale.En), chain.Registered, &payload))
	})
	t.Run("who in the family, the worker, the account and the answers stay covered", func(t *testing.T) {
		t.Parallel()
		for _, payload := range []string{
			`{"worker":"secret","given_by":"secret","member":"secret","account":"secret","twin_of":"secret"}`,
			`{"answers":{"economy":3,"note":"secret"},"condition":"secret","phone":"secret"}`,
		} {
			require.NotContains(t, shown(chain.Consented, payload), "secret")
		}
	})
	t.Run("what somebody typed is not shown, whatever field it stands in", func(t *testing.T) {
		t.Parallel()
		for _, field := range []string{"reason", "category", "channel", "answer", "result", "purpose", "text", "tier", "claim", "on", "region"} {
			require.NotContains(t, shown(chain.DeclarationClosed, `{"`+field+`":"张三 13800000001"}`), "张三", field)
			require.NotContains(t, shown(chain.DeclarationClosed, `{"`+field+`":"Zhang San"}`), "Zhang", field)
		}
	})
	t.Run("of changed data only which", func(t *testing.T) {
		t.Parallel()
		got := shown(chain.DataChanged, `{"before":{"category":"other","condition":"mental","monthly_income_fen":123456},"after":{"category":"other","condition":"none","monthly_income_fen":null}}`)
		require.Equal(t, "变化的是=收入、身体状况", got)
		require.Equal(t, "变化的是=出生日期、性别", shown(chain.Corrected, `{"member":"secret","what":["born","sex","张三"]}`))
	})
	t.Run("what was decided under an earlier card is seen to go on", func(t *testing.T) {
		t.Parallel()
		require.Contains(t, shown(chain.Published, `{"code":"meals","tier":"verified","away":2}`), "仍不推荐给=2\u00a0家机构或项目")
		require.NotContains(t, shown(chain.Published, `{"code":"meals","tier":"verified"}`), "仍不推荐给")
	})
	t.Run("an erased and an unreadable payload say so", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "已依法删除", facts(l, chain.Declared, nil)[0].Value)
		require.Equal(t, "内容=读不出来", shown(chain.Declared, `nonsense`))
	})
	t.Run("a basis that an officer named is not shown", func(t *testing.T) {
		t.Parallel()
		own := basisFact(l, entry{Kind: chain.DataChanged, Role: actor.SubdistrictRole, Basis: "张三的残疾证"})
		require.NotContains(t, own.Value, "张三")
		require.Equal(t, chain.DataChanged.Basis(), basisFact(l, entry{Kind: chain.DataChanged, Basis: chain.DataChanged.Basis()}).Value)
	})
}
