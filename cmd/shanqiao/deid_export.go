package main

import (
	"encoding/csv"
	"io"
	"strconv"

	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
	"shanqiao/needs/gate"
)

// deidExport writes the live set of one tick: what somebody who copies every
// page holds, and nothing that the pages do not show.
type deidExport struct {
	Tick int    `help:"As it was after this tick; 0 is after the newest."`
	Tier string `default:"both" enum:"public,verified,both" help:"public, verified or both."`
	evaluation
}

// Run reads as the gate, the only login that knows which card was there when.
func (c *deidExport) Run(p *program) error {
	return p.inHouse(func(h *house) error {
		cards, err := c.cards(p, h.pools.Gate)
		if err != nil {
			return err
		}
		if err := writeCards(p.stdout, cards); err != nil {
			return err
		}
		return c.evaluate(p, h.pools, cards)
	})
}

func (c *deidExport) cards(p *program, db pg.DB) ([]deid.Card, error) {
	tiers := []deid.Tier{deid.Public, deid.Verified}
	if c.Tier != "both" {
		tiers = []deid.Tier{deid.Tier(c.Tier)}
	}
	return gate.Seen(p.ctx, db, tiers, c.Tick)
}

var cardColumns = []string{"id", "tier", "area", "age", "size", "category", "need_group", "code", "quantity", "urgency"}

// cardRow leaves empty what a card does not say: a public one has no kind and no quantity.
func cardRow(c deid.Card) []string {
	quantity := strconv.Itoa(c.Quantity)
	if c.Code == "" {
		quantity = ""
	}
	return []string{string(c.ID), string(c.Tier), c.Area, c.Age, c.Size, c.Category, string(c.Group), string(c.Code),
		quantity, string(c.Urgency)}
}

func writeCards(w io.Writer, cards []deid.Card) error {
	rows := [][]string{cardColumns}
	for _, c := range cards {
		rows = append(rows, cardRow(c))
	}
	return csv.NewWriter(w).WriteAll(rows)
}
