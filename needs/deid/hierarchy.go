package deid

import (
	"maps"
	"slices"
	"strconv"

	"shanqiao/internal/region"
	"shanqiao/needs"
)

// Hierarchy lists a column's exact values, each with what it becomes at every
// step up to Any, which is how reviewers and scorers read the ladders. The column
// is area, age, size, category or urgency; need_group, code and quantity are
// shown as they are or not at all.
func Hierarchy(column string) [][]string {
	var rows [][]string
	row := func(leaf string, at func(step int) string, steps int) {
		r := []string{leaf}
		for i := range steps {
			r = append(r, at(i))
		}
		if r[len(r)-1] != Any {
			r = append(r, Any)
		}
		rows = append(rows, r)
	}
	numbers := func(ladder [][]band, from, to int) {
		for n := from; n <= to; n++ {
			row(strconv.Itoa(n), func(step int) string { return bandAt(ladder[step], n) }, len(ladder))
		}
	}
	switch column {
	case "area":
		for _, d := range region.Districts() {
			for _, s := range d.Subdistricts {
				row(s.Code, func(step int) string { return areaAt(s.Code, step) }, areas)
			}
		}
	case "age":
		numbers(ladder.Age, 0, 110)
	case "size":
		numbers(ladder.Size, 1, 10)
	case "category":
		for _, c := range slices.Sorted(maps.Keys(ladder.Category[0])) {
			row(c, func(step int) string { return ladder.Category[step][c] }, len(ladder.Category))
		}
	case "urgency":
		for _, u := range urgencies {
			row(string(u), func(step int) string { return string(ladder.Urgency[step][u]) }, len(ladder.Urgency))
		}
	case "need_group":
		for _, g := range needs.Groups {
			row(string(g), nil, 0)
		}
	case "code":
		for _, item := range needs.Catalogue() {
			row(string(item.Code), nil, 0)
		}
	case "quantity":
		var packages []int
		for _, item := range needs.Catalogue() {
			packages = append(packages, item.Packages...)
		}
		slices.Sort(packages)
		for _, n := range slices.Compact(packages) {
			row(strconv.Itoa(n), nil, 0)
		}
	}
	return rows
}
