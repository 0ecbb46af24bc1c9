package matcher_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/matcher"
	"shanqiao/matcher/rule"
	"shanqiao/matcher/score"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

var placeholder = regexp.MustCompile(`\{([a-z]+)\}`)

// The keys are put together from codes, so the catalogue's own test cannot see
// that they are used: this one sees that none is missing, in either language.
func TestEveryAnswerHasItsSentence(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	reasons, err := matcher.Reasons(t.Context(), w.Pools.Exchange)
	require.NoError(t, err)
	for _, language := range []string{"zh", "en"} {
		words := catalogue(t, language, "match")
		for _, r := range rule.Rules {
			require.NotEmpty(t, words["rule."+string(r.Code)+".name"], r.Code)
			require.NotEmpty(t, words[rule.Line{Rule: r.Code, Held: true}.Key()], r.Code)
			require.NotEmpty(t, words[rule.Line{Rule: r.Code}.Key()], r.Code)
		}
		for _, p := range score.Of(deid.Card{}, fullOffer(), score.Facts{}, score.Weights{}) {
			requireFilled(t, words[p.Key()], p.Words())
		}
		causes := catalogue(t, language, "round")
		for _, r := range rule.Rules {
			if slices.Contains([]rule.Code{rule.CardOpen, rule.Tier, rule.Standing, rule.OfferOpen, rule.Units}, r.Code) {
				continue // no card or offer of a round lacks these
			}
			require.NotEmpty(t, causes["round.cause."+string(r.Code)], r.Code)
			require.NotEmpty(t, causes["round.do."+string(r.Code)], r.Code)
			text := matcher.Report{Unserved: []matcher.Cause{{Rule: r.Code, Needs: 1, Units: 1}}}.Text(language)
			require.NotContains(t, text, "("+string(r.Code)+")", "a code in place of words")
		}
		near := catalogue(t, language, "near")
		for _, code := range matcher.Remedies() {
			m := matcher.Miss{Line: rule.Line{Rule: code}}
			require.NotEmpty(t, near[m.Key()], code)
			require.NotEmpty(t, near[m.Key()+".do"], code)
		}
		for _, reason := range reasons {
			require.NotEmpty(t, words["match.decline."+reason.Code], reason.Code)
			require.NotEmpty(t, words["match.consequence."+reason.Scope], reason.Scope)
		}
		for _, change := range []func(*rule.Pair){
			func(*rule.Pair) {},
			func(p *rule.Pair) { p.Card.Code, p.Offer.Codes, p.Offer.Areas = "tutoring", nil, nil },
			func(p *rule.Pair) { p.Card.Code, p.Declined = "counselling", "too_far" },
			func(p *rule.Pair) { p.Pauses = []rule.Pause{{Reason: "too_far", Until: day(9)}} },
		} {
			p := rule.Pair{Card: deid.Card{Tuple: deid.Tuple{Area: "110105", Code: "bathing"}}, Offer: fullOffer(), At: at}
			change(&p)
			for _, l := range rule.Check(p).Lines {
				requireFilled(t, words[l.Key()], l.Words(language))
			}
		}
	}
}

func fullOffer() (o charities.Offer) {
	o.Kind, o.Codes, o.Areas = charities.Volunteer, []needs.Code{"bathing"}, []string{"110105"}
	return o
}

func requireFilled(t *testing.T, sentence string, words map[string]string) {
	t.Helper()
	require.NotEmpty(t, sentence)
	for _, found := range placeholder.FindAllStringSubmatch(sentence, -1) {
		require.Contains(t, words, found[1], sentence)
	}
}

func catalogue(t *testing.T, language, area string) map[string]string {
	t.Helper()
	file, err := os.ReadFile("../portal/locale/" + language + "/" + area + ".json")
	require.NoError(t, err)
	words := map[string]string{}
	require.NoError(t, json.Unmarshal(file, &words))
	return words
}
