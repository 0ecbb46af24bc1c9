//go:build evaluation

package main

import (
	"cmp"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strconv"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// evaluation writes, beside the export, whose each card is. It exists in builds
// with the tag "evaluation" alone, which are for invented cities: what it writes
// undoes everything that the gate does.
type evaluation struct {
	Evaluation string `help:"Folder for published.csv, raw.csv, register.csv and the ladders, with households and conditions."`
}

// truth is a card's need before it was generalised.
type truth struct {
	CardID, HouseholdID, Region, Category, Condition, Code string
	Quantity, Urgency, Size, Eldest, Youngest              int
}

// resident is a household of the register.
type resident struct {
	ID, Region, Category   string
	Size, Eldest, Youngest int
}

const residents = `
	select h.id, h.region, h.category, h.condition, count(*)::int as size,
	       max(coalesce(extract(year from age(m.born)), 40))::int as eldest,
	       min(coalesce(extract(year from age(m.born)), 40))::int as youngest
	  from records.households h
	  join records.members m on m.household_id = h.id and m.left_on is null
	 where h.closed_at is null
	 group by h.id, h.region, h.category, h.condition`

func (e evaluation) evaluate(p *program, pools *pg.Pools, cards []deid.Card) error {
	if e.Evaluation == "" {
		return nil
	}
	owners, err := pg.ManyAs[truth](p.ctx, pools.Records, actor.Whole, `
		with homes as (`+residents+`)
		select l.card_id, h.id as household_id, h.region, h.category, h.condition, n.code, n.quantity, n.urgency,
		       h.size, h.eldest, h.youngest
		  from records.listings l
		  join records.needs n on n.id = l.need_id
		  join homes h on h.id = l.household_id`, pg.Args{})
	if err != nil {
		return err
	}
	register, err := pg.ManyAs[resident](p.ctx, pools.Records, actor.Whole, `
		select id, region, category, size, eldest, youngest from (`+residents+`) homes order by id`, pg.Args{})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(e.Evaluation, 0o700); err != nil {
		return err
	}
	return errors.Join(e.cards(cards, owners), e.register(register), e.ladders())
}

// cards writes the published and the raw table, row beside row. The age of a
// raw row is that of the member whom the help is for.
func (e evaluation) cards(cards []deid.Card, owners []truth) error {
	of := make(map[string]truth, len(owners))
	for _, o := range owners {
		of[o.CardID] = o
	}
	columns := append(append([]string{}, cardColumns...), "household", "condition", "age_of")
	published, raw := [][]string{columns}, [][]string{columns}
	for _, c := range cards {
		o, there := of[string(c.ID)]
		if !there {
			continue
		}
		age, whose := o.Eldest, "eldest"
		if deid.ForYoungest(c.Code) {
			age, whose = o.Youngest, "youngest"
		}
		last := []string{o.HouseholdID, o.Condition, whose}
		published = append(published, append(cardRow(c), last...))
		exact := c
		exact.Area, exact.Age, exact.Size, exact.Category = o.Region, strconv.Itoa(age), strconv.Itoa(o.Size), o.Category
		exact.Code, exact.Quantity, exact.Urgency = needs.Code(o.Code), o.Quantity, deid.Band(needs.Urgency(o.Urgency))
		raw = append(raw, append(cardRow(exact), last...))
	}
	return errors.Join(e.write("published.csv", ',', published), e.write("raw.csv", ',', raw))
}

// register is the population that a journalist with an extract would hold.
func (e evaluation) register(all []resident) error {
	rows := [][]string{{"household", "area", "age", "youngest", "size", "category"}}
	for _, r := range all {
		rows = append(rows, []string{r.ID, r.Region, strconv.Itoa(r.Eldest), strconv.Itoa(r.Youngest), strconv.Itoa(r.Size), r.Category})
	}
	return e.write("register.csv", ',', rows)
}

// ladders writes each column's hierarchy as leaf;step;…;*.
func (e evaluation) ladders() error {
	var errs error
	for _, column := range cardColumns[2:] {
		errs = cmp.Or(errs, e.write(column+".csv", ';', deid.Hierarchy(column)))
	}
	return errs
}

func (e evaluation) write(name string, comma rune, rows [][]string) error {
	f, err := os.OpenFile(filepath.Join(e.Evaluation, name), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	w.Comma = comma
	return errors.Join(w.WriteAll(rows), f.Close())
}
