package rule_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/matcher/rule"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

func day(n int) time.Time { return time.Date(2026, 11, 23+n, 0, 0, 0, 0, time.UTC) }

// suits is a volunteer and a bathing card that pass every rule.
func suits() rule.Pair {
	return rule.Pair{
		Card: deid.Card{ID: "card", Tier: deid.Verified, State: "open", WindowFrom: day(0), WindowTo: day(30),
			Tuple: deid.Tuple{Area: "110105", Code: "bathing", Quantity: 4}},
		Offer: charities.Offer{ID: "offer", Kind: charities.Volunteer, Organisation: "org", Standing: "verified",
			Codes: []needs.Code{"bathing", "tutoring"}, Areas: []string{"110105"}, Capacity: 10,
			InsuredUntil: day(60), Trained: []string{"care"}, StartsOn: day(-10), EndsOn: day(90), State: "open"},
		At: day(1).Add(4 * time.Hour),
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()

	t.Run("a pair that suits holds on every rule", func(t *testing.T) {
		t.Parallel()
		trace := rule.Check(suits())
		require.True(t, trace.Held())
		require.Len(t, trace.Lines, len(rule.Rules))
		require.Equal(t, rule.Version, trace.Version)
	})

	// Each row breaks exactly one rule, or none.
	cases := map[string]struct {
		change func(p *rule.Pair)
		failed rule.Code
	}{
		"a closed card":                          {func(p *rule.Pair) { p.Card.State = "closed" }, rule.CardOpen},
		"a public card":                          {func(p *rule.Pair) { p.Card.Tier = deid.Public }, rule.Tier},
		"a direct card sent to others":           {func(p *rule.Pair) { p.Card.Tier = deid.Direct; p.Around.Recipients = []string{"x"} }, rule.Recipient},
		"a direct card sent here":                {func(p *rule.Pair) { p.Card.Tier = deid.Direct; p.Around.Recipients = []string{"x", "org"} }, ""},
		"an organisation not yet verified":       {func(p *rule.Pair) { p.Offer.Standing = "applied" }, rule.Standing},
		"a paused offer":                         {func(p *rule.Pair) { p.Offer.State = "paused" }, rule.OfferOpen},
		"another kind of help":                   {func(p *rule.Pair) { p.Offer.Codes = []needs.Code{"meals"} }, rule.Kind},
		"another district":                       {func(p *rule.Pair) { p.Offer.Areas = []string{"110101"} }, rule.Area},
		"a card of the zone around the offer":    {func(p *rule.Pair) { p.Card.Area = "zone:central" }, ""},
		"a card of another zone":                 {func(p *rule.Pair) { p.Card.Area = "zone:hills" }, rule.Area},
		"a card of the whole city":               {func(p *rule.Pair) { p.Card.Area = "110000" }, ""},
		"an offer for the whole city":            {func(p *rule.Pair) { p.Offer.Areas = []string{"110000"} }, ""},
		"an offer that starts too late":          {func(p *rule.Pair) { p.Offer.StartsOn = day(31) }, rule.Window},
		"an offer that starts on the last day":   {func(p *rule.Pair) { p.Offer.StartsOn = day(30) }, ""},
		"an offer that ended":                    {func(p *rule.Pair) { p.Offer.EndsOn = day(-1) }, rule.Window},
		"a window that has passed":               {func(p *rule.Pair) { p.At = day(31).Add(-7 * time.Hour) }, rule.Window},
		"the last evening of the window":         {func(p *rule.Pair) { p.At = day(31).Add(-9 * time.Hour) }, ""},
		"nothing left to give":                   {func(p *rule.Pair) { p.Offer.Committed = 10 }, rule.Capacity},
		"nothing left to ask":                    {func(p *rule.Pair) { p.Card.Committed = 4 }, rule.Units},
		"no insurance":                           {func(p *rule.Pair) { p.Offer.InsuredUntil = time.Time{} }, rule.Insurance},
		"insurance that ends before the help":    {func(p *rule.Pair) { p.Offer.InsuredUntil = day(29) }, rule.Insurance},
		"insurance to the last day":              {func(p *rule.Pair) { p.Offer.InsuredUntil = day(30) }, ""},
		"an organisation without it":             {func(p *rule.Pair) { p.Offer.InsuredUntil = time.Time{}; p.Offer.Kind = charities.Charity }, ""},
		"a ban to the very day":                  {func(p *rule.Pair) { p.Offer.BannedUntil = day(1) }, rule.Safety},
		"a ban that is over":                     {func(p *rule.Pair) { p.Offer.BannedUntil = day(0) }, ""},
		"help for whom the policy names":         {func(p *rule.Pair) { p.Card.Category, p.Offer.Programme = "near", "service" }, ""},
		"basic living for who has more":          {func(p *rule.Pair) { p.Card.Category, p.Offer.Programme = "near", "basic_living" }, rule.Eligibility},
		"basic living for who may be named":      {func(p *rule.Pair) { p.Card.Category, p.Offer.Programme = "*", "basic_living" }, ""},
		"premiums for who may be marginal":       {func(p *rule.Pair) { p.Card.Category, p.Offer.Programme = "near", "insurance_premium" }, ""},
		"households of the target group":         {func(p *rule.Pair) { p.Card.Category, p.Offer.Categories = "guaranteed", []string{"minimum_living"} }, ""},
		"households of another group":            {func(p *rule.Pair) { p.Card.Category, p.Offer.Categories = "near", []string{"minimum_living"} }, rule.People},
		"households of a group that is not said": {func(p *rule.Pair) { p.Card.Category, p.Offer.Categories = "*", []string{"minimum_living"} }, ""},
		"children's help for the old":            {func(p *rule.Pair) { p.Card.Age, p.Offer.MostAge = "60-79", 17 }, rule.Age},
		"old people's help for the old":          {func(p *rule.Pair) { p.Card.Age, p.Offer.LeastAge = "60-79", 79 }, ""},
		"old people's help for the very old":     {func(p *rule.Pair) { p.Card.Age, p.Offer.LeastAge, p.Offer.MostAge = "80+", 60, 79 }, rule.Age},
		"an age that is not said":                {func(p *rule.Pair) { p.Card.Age, p.Offer.LeastAge = "*", 60 }, ""},
		"a budget for one more":                  {func(p *rule.Pair) { p.Offer.UnitFen, p.Offer.BudgetFen, p.Offer.Committed = 100, 399, 2 }, ""},
		"a budget that is used up":               {func(p *rule.Pair) { p.Offer.UnitFen, p.Offer.BudgetFen, p.Offer.Committed = 100, 399, 3 }, rule.Budget},
		"a lawyer without licence": {func(p *rule.Pair) {
			p.Card.Code, p.Offer.Codes, p.Offer.Trained = "legal_advice", []needs.Code{"legal_advice"}, []string{"law"}
		}, rule.Qualification},
		"a lawyer with one": {func(p *rule.Pair) {
			p.Card.Code, p.Offer.Codes, p.Offer.Trained, p.Offer.Qualified = "legal_advice", []needs.Code{"legal_advice"}, []string{"law"}, []string{"legal"}
		}, ""},
		"an organisation that gives law": {func(p *rule.Pair) {
			p.Card.Code, p.Offer.Codes, p.Offer.Kind = "legal_advice", []needs.Code{"legal_advice"}, charities.Charity
		}, ""},
		"a household that would not":        {func(p *rule.Pair) { p.Around.Unwanted = []string{"org"} }, rule.Consent},
		"an organisation of relatives":      {func(p *rule.Pair) { p.Around.Related = []string{"org"} }, rule.Related},
		"an officer who decided against it": {func(p *rule.Pair) { p.Overruled = true }, rule.Overruled},
		"a pause for the same people": {func(p *rule.Pair) {
			p.Card.Age, p.Card.Category, p.Pauses = "60+", "near", []rule.Pause{{Age: "60+", Category: "near", Until: day(9)}}
		}, rule.Rest},
		"a pause for other people": {func(p *rule.Pair) {
			p.Card.Age, p.Card.Category, p.Pauses = "60+", "near", []rule.Pause{{Age: "60+", Category: "*", Until: day(9)}}
		}, ""},
		"a volunteer without training":          {func(p *rule.Pair) { p.Card.Code = "tutoring" }, rule.Training},
		"a trained volunteer":                   {func(p *rule.Pair) { p.Card.Code = "tutoring"; p.Offer.Trained = []string{"child_safety"} }, ""},
		"an organisation at work on it":         {func(p *rule.Pair) { p.Around.Engaged = []string{"org"} }, rule.Engaged},
		"a pair that became a claim":            {func(p *rule.Pair) { p.Taken = true }, rule.Engaged},
		"an organisation that fell through":     {func(p *rule.Pair) { p.Around.Refused = []string{"org"} }, rule.Refused},
		"a pair that was declined":              {func(p *rule.Pair) { p.Declined = "too_far" }, rule.Declined},
		"a pause for everything":                {func(p *rule.Pair) { p.Pauses = []rule.Pause{{Reason: "no_capacity", Until: day(2)}} }, rule.Rest},
		"a pause that is over":                  {func(p *rule.Pair) { p.Pauses = []rule.Pause{{Reason: "no_capacity", Until: day(1)}} }, ""},
		"a pause for another kind":              {func(p *rule.Pair) { p.Pauses = []rule.Pause{{Code: "meals", Until: day(9)}} }, ""},
		"a pause for another area":              {func(p *rule.Pair) { p.Pauses = []rule.Pause{{Area: "110101", Until: day(9)}} }, ""},
		"a card of a kind that nobody ever saw": {func(p *rule.Pair) { p.Card.Code = "unheard_of" }, rule.Kind},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := suits()
			c.change(&p)
			trace := rule.Check(p)
			require.Equal(t, c.failed, rule.FirstFailed(&p))
			if c.failed == "" {
				require.True(t, trace.Held())
				return
			}
			require.Len(t, trace.Failed(), 1)
			require.Equal(t, c.failed, trace.Failed()[0].Rule)
		})
	}

	t.Run("everything that stands in the way is said, not only the first", func(t *testing.T) {
		t.Parallel()
		p := suits()
		p.Offer.Areas, p.Offer.Committed = []string{"110101"}, 10
		failed := rule.Check(p).Failed()
		require.Len(t, failed, 2)
	})
}

func TestTraceSurvivesStorage(t *testing.T) {
	t.Parallel()
	trace := rule.Check(suits())
	stored, err := json.Marshal(trace)
	require.NoError(t, err)
	var back rule.Trace
	require.NoError(t, json.Unmarshal(stored, &back))
	require.Equal(t, trace, back)
}

func TestWords(t *testing.T) {
	t.Parallel()
	p := suits()
	p.Offer.Areas = []string{"110101", "zone:hills"}
	p.Offer.InsuredUntil = time.Time{}
	for _, l := range rule.Check(p).Failed() {
		switch l.Rule {
		case rule.Area:
			require.Equal(t, map[string]string{"area": "朝阳区", "areas": "东城区、生态涵养区"}, l.Words("zh"))
			require.Equal(t, "rule.area.failed", l.Key())
		case rule.Insurance:
			require.Equal(t, "not registered", l.Words("en")["until"])
		default:
			t.Fatalf("unexpected %s", l.Rule)
		}
	}
}

func TestBandsAreNamed(t *testing.T) {
	t.Parallel()
	for band, want := range map[string][2]string{"60+": {"60 岁及以上", "60 and over"}, "0-17": {"17 岁及以下", "17 and under"}, "18-59": {"18 至 59 岁", "18 to 59"},
		"60-200": {"60 岁及以上", "60 and over"}, "0-200": {"不限年龄", "any age"}, "*": {"没有写明", "not said"}} {
		l := rule.Line{Rule: rule.Age, Data: rule.Data{"age": band}}
		require.Equal(t, want[0], l.Words("zh")["age"])
		require.Equal(t, want[1], l.Words("en")["age"])
	}
	for _, item := range needs.Catalogue() {
		l := rule.Line{Rule: rule.Qualification, Data: rule.Data{"qualification": item.Qualification}}
		if item.Qualification != "" {
			require.NotEqual(t, item.Qualification, l.Words("zh")["qualification"])
		}
	}
	for _, fund := range charities.Funds {
		l := rule.Line{Rule: rule.Budget, Data: rule.Data{"fund": fund}}
		require.NotEqual(t, fund, l.Words("en")["fund"])
	}
}

func TestEveryTrainingOfTheCatalogueHasAName(t *testing.T) {
	t.Parallel()
	for _, item := range needs.Catalogue() {
		if item.Training != "" {
			l := rule.Line{Rule: rule.Training, Data: rule.Data{"training": item.Training}}
			require.NotEqual(t, item.Training, l.Words("zh")["training"])
		}
	}
}

func TestEachRuleCanBeAskedAlone(t *testing.T) {
	t.Parallel()
	seen := map[rule.Code]bool{}
	for _, r := range rule.Rules {
		require.False(t, seen[r.Code], "two rules are called %s", r.Code)
		seen[r.Code] = true
		line := r.Test(suits())
		require.True(t, line.Held, r.Code)
		require.Equal(t, "rule."+string(r.Code)+".held", line.Key())
	}
}
