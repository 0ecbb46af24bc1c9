// Package charitytest puts organisations and cards into a test's database. Only
// tests import it.
package charitytest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/internal/pgtest"
)

// Chaoyang is the district that the people of these tests live and work in.
const Chaoyang = "110105"

// DistrictOfficer verifies organisations of Chaoyang.
func DistrictOfficer() actor.Officer {
	return actor.Officer{Account: id.New(), Level: actor.DistrictRole, Region: Chaoyang, Name: "区里的王主任"}
}

var serial atomic.Int64

// Code is a credit code that holds and that no other call returns.
func Code() string {
	return organisation.CodeFor(fmt.Sprintf("53110105MJ%07d", serial.Add(1)))
}

// Application is one that a district can verify.
func Application() organisation.Application {
	code := Code()
	return organisation.Application{Name: "善邻公益" + code[10:17], CreditCode: code, Kind: organisation.Charity,
		District: Chaoyang, Summary: "上门助浴、送餐。", Contact: "陈女士", Phone: "010-6512 3456"}
}

// Applied is a member of an organisation that waits to be verified.
func Applied(t testing.TB, p *pgtest.DB) actor.Member {
	t.Helper()
	by := actor.Member{Account: id.New(), Organisation: id.New(), Name: "陈女士"}
	_, err := organisation.Apply(t.Context(), p.Pools.Exchange, by, Application())
	require.NoError(t, err)
	return by
}

// Verified is a member of a verified organisation.
func Verified(t testing.TB, p *pgtest.DB) actor.Member {
	t.Helper()
	by := Applied(t, p)
	require.NoError(t, organisation.Decide(t.Context(), p.Pools.Exchange, DistrictOfficer(),
		organisation.Decision{Organisation: by.Organisation, To: organisation.Verified}))
	return by
}

// Card puts a card on the verified tier; change alters its columns before.
func Card(t testing.TB, p *pgtest.DB, quantity int, change ...func(columns map[string]any)) string {
	t.Helper()
	card := id.New()
	today := time.Now().UTC().Truncate(24 * time.Hour)
	columns := map[string]any{
		"id": card, "tier": "verified", "area": Chaoyang, "age": "70+", "size": "1-2", "category": "*",
		"need_group": "care", "code": "bathing", "quantity": quantity, "urgency": "soon",
		"window_from": today, "window_to": today.AddDate(0, 0, 30),
		"sentence_zh": "朝阳区一户家庭需要上门助浴。", "sentence_en": "A household in Chaoyang needs help with bathing at home.",
		"tick": 1, "state": "open",
	}
	for _, c := range change {
		c(columns)
	}
	names, marks, values := "", "", []any{}
	for name, value := range columns {
		values = append(values, value)
		names += ", " + name
		marks += fmt.Sprintf(", $%d", len(values))
	}
	_, err := p.Admin.Exec(context.WithoutCancel(t.Context()),
		"insert into exchange.cards ("+names[2:]+") values ("+marks[2:]+")", values...)
	require.NoError(t, err)
	return columns["id"].(string)
}

// Facts lists the kinds of the exchange half's facts about a thing, oldest first.
func Facts(t testing.TB, p *pgtest.DB, ref string) []string {
	t.Helper()
	rows, err := p.Admin.Query(t.Context(), `select kind from exchange.outbox where ref = $1 order by msg_id`, ref)
	require.NoError(t, err)
	defer rows.Close()
	kinds := []string{}
	for rows.Next() {
		var kind string
		require.NoError(t, rows.Scan(&kind))
		kinds = append(kinds, kind)
	}
	require.NoError(t, rows.Err())
	return kinds
}
