package matcher

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"shanqiao/internal/pg"
	"shanqiao/matcher/assign"
	"shanqiao/matcher/rule"
	"shanqiao/matcher/score"
)

// Start is where a round's search began: with what the last round left, or with
// nothing and why. The outcome is as good either way.
type Start string

// The starts of a round.
const (
	Remembered    Start = "memory"   // what the last round left was all that was needed
	NoMemory      Start = "none"     // there was nothing: the first round, or one by other means
	DamagedMemory Start = "damaged"  // it could not be read
	OtherSettings Start = "settings" // it was left under other weights, rules or evenness
	TooMuchNew    Start = "changed"  // so much had changed that nothing was quicker
)

// leaving is what a round leaves to the next. Who had what stands in the proposals;
// here are the prices, unrounded, by keys.
type leaving struct {
	Settings string             `json:"settings"`
	Price    map[string]float64 `json:"price"`
	Outside  []assign.Outside   `json:"outside"`
	Slack    float64            `json:"slack"`
}

var errDamaged = errors.New("a memory that no round can have left")

// settings names everything that shapes a round's problem but the city itself, so
// that nothing is remembered under other weights, or with and without evenness.
func (c *city) settings(even bool) (string, error) {
	type ordered struct {
		Steps  any
		Strict bool
	}
	orders := map[string]ordered{}
	for area, o := range c.orders {
		orders[area] = ordered{o.steps, o.strict}
	}
	all, err := json.Marshal(struct {
		Rules   int
		Even    bool
		Weights score.Weights
		Orders  map[string]ordered
	}{rule.Version, even, c.weights, orders})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(all)
	return hex.EncodeToString(sum[:8]), nil
}

// remember is what the last round left, as far as it is of use. Nil: nothing, and why.
func (p *plan) remember(ctx context.Context, look pg.DB, even bool) (*assign.Memory, Start, error) {
	rows, err := pg.Many[string](ctx, look, `
		select memory::text
		  from exchange.rounds
		 where memory is not null
		 order by started_at desc, id desc
		 limit 1`, pg.Args{})
	if err != nil {
		return nil, "", err
	}
	if len(rows) == 0 {
		return nil, NoMemory, nil
	}
	settings, err := p.city.settings(even)
	if err != nil {
		return nil, "", err
	}
	var l leaving
	switch err := json.Unmarshal([]byte(rows[0]), &l); {
	case err != nil || l.check() != nil:
		return nil, DamagedMemory, nil
	case l.Settings != settings:
		return nil, OtherSettings, nil
	}
	m := &assign.Memory{Price: l.Price, Outside: l.Outside, Slack: l.Slack}
	for _, e := range p.keep {
		at := pair{p.city.cards[p.Edges[e].Need].ID, p.city.offers[p.Edges[e].Resource].ID}
		m.Held = append(m.Held, assign.Held{Need: at.card.String(), Resource: at.offer.String(), Units: p.city.standing[at].Units})
	}
	return m, Remembered, nil
}

// check refuses what no solve can have said.
func (l leaving) check() error {
	const most = 4 * assign.MostUtility
	if l.Price == nil || l.Slack < 0 || l.Slack > most {
		return errDamaged
	}
	for _, price := range l.Price {
		if price < 0 || price > most {
			return errDamaged
		}
	}
	return nil
}

// begun says how a solve began that was given a memory, or why it had none.
func begun(given Start, s assign.Solution) Start {
	if given == Remembered && !s.Proof.Warm {
		return TooMuchNew
	}
	return given
}

// leave keeps prices for the next round. They are those of its problem and not of this
// one: there, what stands is worth Keep more, and what went is not any more. The
// prices of this round are where looking for them begins.
func (p *plan) leave(ctx context.Context, db pg.DB, round string, solver assign.Solver, s assign.Solution, even bool) error {
	optimal, can := solver.(assign.Optimal)
	if !can { // no other gives prices
		return nil
	}
	settings, err := p.city.settings(even)
	if err != nil {
		return err
	}
	var next assign.Problem
	next, optimal.Last = p.next(s, even)
	proof := optimal.Solve(next).Proof
	l := leaving{Settings: settings, Price: make(map[string]float64, len(next.Resources)), Outside: proof.Outside, Slack: proof.Slack}
	for r, price := range proof.Price {
		l.Price[next.Resources[r].Key] = max(0, price)
	}
	_, err = db.Exec(ctx, `
		update exchange.rounds
		   set memory = case when id = @id then @memory::jsonb end
		 where id = @id or memory is not null`, pg.Args{"id": round, "memory": l})
	if err != nil {
		return fmt.Errorf("leave a memory: %w", err)
	}
	return nil
}

// next is the problem of the next round if nothing else changes, and what this one
// knows of it. Whoever has something will find it worth Keep more, so going without
// must be worth as much more to a group in which most is new: else those who have a
// part of what they want would all want the rest.
func (p *plan) next(s assign.Solution, even bool) (assign.Problem, *assign.Memory) {
	next, keep := p.fresh(), int32(p.city.weights.Keep)
	stood, anew := map[int32]bool{}, map[assign.Outside]int{}
	for _, e := range p.keep {
		stood[e] = true
	}
	for _, share := range s.Shares {
		next.Edges[share.Edge].Utility += keep
		need, units := p.Needs[p.Edges[share.Edge].Need], share.Units
		if stood[int32(share.Edge)] {
			units = -units
		}
		g := assign.Outside{Tier: need.Tier}
		if even {
			g.District = need.District
		}
		anew[g] += units
	}
	last := next.Remember(s)
	last.Outside = slices.Clone(last.Outside)
	for i, o := range last.Outside {
		if anew[assign.Outside{Tier: o.Tier, District: o.District}] > 0 {
			last.Outside[i].Price -= float64(keep)
		}
	}
	return next, last
}
