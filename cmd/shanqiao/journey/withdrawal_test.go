package journey

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/cmd/shanqiao/demo"
	"shanqiao/internal/pg"
)

// TestWithdrawal leaves pages open on a desk while what they show is withdrawn:
// nobody presses anything, and it goes.
func TestWithdrawal(t *testing.T) {
	t.Parallel()
	town, browser := found(t), chromium(t)
	c := introduced(t, town, browser, 1280)
	c.charity.reach()

	card := town.of(t, `
		select min(l.card_id) from records.listings l
		 where not exists (select from records.declarations d where d.household_id = l.household_id)`, pg.Args{})
	need := town.of(t, `select need_id from records.listings where card_id = @card`, pg.Args{"card": card})
	colleague := arrive(t, browser, town.URL, "colleague", 1280)
	colleague.signIn("nuanfan", demo.Password)
	colleague.open("/c/needs/" + card)
	colleague.sees("我们来帮")

	const gone = "不再显示"
	c.approver.open("/s/needs/" + need + "/withdraw")
	c.approver.fill("reason", "家里来人照顾了。")
	c.approver.next()
	goes(t, colleague, gone)
	colleague.seesNot("我们来帮")
	c.charity.sees("14200000001") // one family's word is not another's

	c.assessor.open("/s/claims/" + town.of(t, `select id from exchange.claims`, pg.Args{}))
	c.assessor.follow("家庭要收回同意")
	c.assessor.next()
	goes(t, c.charity, gone)
	c.charity.seesNot("14200000001")
	c.charity.seesNot("陈阿姨")
}

// goes waits until a page that nobody touches says that what it showed is gone.
func goes(t *testing.T, p *person, words string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(p.words(), words) },
		3*patience, 100*time.Millisecond, "%s still looks at %s:\n%s", p.name, p.where(), p.words())
}
