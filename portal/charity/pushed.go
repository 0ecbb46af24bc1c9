package charity

import (
	"context"

	"shanqiao/internal/actor"
	"shanqiao/matcher"
	"shanqiao/matcher/rule"
	"shanqiao/needs/card"
	"shanqiao/portal/locale"
)

// pushed lists the needs that were put before the organisation because nobody
// takes them, with the one thing in which an offer of its own falls short. Cards
// that read alike are told once.
func (c *Charity) pushed(ctx context.Context, l *locale.Locale, by actor.Member) ([]line, error) {
	notices, err := matcher.Notices(ctx, c.DB, by)
	if err != nil {
		return nil, err
	}
	ids, missing := make([]string, len(notices)), map[string]rule.Code{}
	for i, n := range notices {
		ids[i], missing[string(n.Card)] = string(n.Card), n.Missing
	}
	cards, err := card.Many(ctx, c.DB, by, ids)
	if err != nil {
		return nil, err
	}
	var lines []line
	for _, k := range unlike(cards, most) {
		to := needLine(l, k)
		to.Note = l.T("unclaimed.missing." + string(missing[string(k.ID)]))
		lines = append(lines, to)
	}
	return lines, nil
}
