package deid

import (
	"slices"
)

// class is a group that may be shown, and at which level.
type class struct {
	members []int32
	level   Level
	asked   Settings
}

// search finds the classes of needs that ask for one thing: again and again the
// level at which what is left keeps most, and then every class is split
// further wherever its parts, and what remains of it, are safe by themselves.
func (p *pool) search(rest []int32) []class {
	var found []class
	for len(rest) >= p.settings.K {
		best, kept := []class(nil), 0
		for _, l := range lattice[p.tier] {
			if classes, k := p.at(rest, l); k > kept {
				best, kept = classes, k
			}
		}
		if best == nil {
			break
		}
		rest = without(rest, best)
		for _, c := range best {
			for _, part := range p.split(c) {
				if p.out.takes(p, part) {
					found = append(found, part)
				}
			}
		}
	}
	return found
}

// at gives the safe classes at one level and how much they keep together. Those
// that differ in urgency alone show one place, so each counts for the next.
func (p *pool) at(rest []int32, l Level) (classes []class, kept int) {
	defer func() {
		for _, c := range classes {
			*p.out.beside(p, c.members[0], l) = 0
		}
	}()
	for _, members := range p.groups(rest, l) {
		members, asked, ok := p.shown(members, l)
		if !ok {
			continue
		}
		classes = append(classes, class{members, l, asked})
		*p.out.beside(p, members[0], l) += int32(p.out.fresh(p, members))
		kept += len(members) * p.worth(members[0], l)
	}
	return classes, kept
}

// split makes a class finer where it can: parts at a finer level, as long as
// what is left of it is nobody or still safe where it is.
func (p *pool) split(c class) []class {
	if c.level == finest(p.tier) {
		return []class{c}
	}
	now := len(c.members) * p.worth(c.members[0], c.level)
	var best []class
	var left class
	for _, l := range lattice[p.tier] {
		if !l.finer(c.level) {
			continue
		}
		parts, kept := p.at(c.members, l)
		if len(parts) == 0 {
			continue
		}
		rest := class{members: without(c.members, parts), level: c.level}
		if n := len(rest.members); n > 0 {
			var ok bool
			if rest.asked, ok = p.safe(rest.members, c.level); !ok {
				continue
			}
			kept += n * p.worth(rest.members[0], c.level)
		}
		if kept > now {
			now, best, left = kept, parts, rest
		}
	}
	if best == nil {
		return []class{c}
	}
	if len(left.members) > 0 {
		best = append(best, left)
	}
	var found []class
	for _, part := range best {
		found = append(found, p.split(part)...)
	}
	return found
}

// without keeps the order of what is not in any of the classes.
func without(all []int32, classes []class) []int32 {
	gone := 0
	for _, c := range classes {
		gone += len(c.members)
	}
	if gone == len(all) {
		return nil
	}
	// Members stand in the order of all, so one look at each is enough.
	taken := make([]int32, 0, gone)
	for _, c := range classes {
		taken = append(taken, c.members...)
	}
	slices.Sort(taken)
	rest := make([]int32, 0, len(all)-gone)
	for _, i := range all {
		if len(taken) > 0 && taken[0] == i {
			taken = taken[1:]
			continue
		}
		rest = append(rest, i)
	}
	return rest
}

// worth is what a place still says at a level, a little more than nothing even
// where nothing is left: the need itself is worth showing.
func (p *pool) worth(i int32, l Level) int {
	c, w := &p.coded[i], &ladder.Weight
	return 1 + w.Area*(full-lossOf.area[c.area[l.Area]]) + w.Age*(full-lossOf.age[c.age[l.Age]]) +
		w.Size*(full-lossOf.size[c.size[l.Size]]) + w.Category*(full-lossOf.category[c.category[l.Category]]) +
		w.Urgency*(full-lossOf.urgency[c.urgency[l.Urgency]])
}

// finer says whether l is a step down from m in one column at least, and up in none.
func (l Level) finer(m Level) bool {
	return l != m && l.Area <= m.Area && l.Age <= m.Age && l.Size <= m.Size && l.Category <= m.Category && l.Urgency <= m.Urgency
}

// full is the loss of a column that says nothing any more.
const full = 1000

// lossOf is what each value of a column loses, by its number: how many of the
// other exact values it could stand for, in thousandths.
var lossOf = struct{ area, age, size, category, urgency []int }{
	losses("area", areaNumber), losses("age", ageNumber), losses("size", sizeNumber), losses("category", categoryNumber),
	losses("urgency", urgencyNumber),
}

func losses(column string, of numbers) []int {
	rows, leaves := Hierarchy(column), make([]int, len(of))
	for _, row := range rows {
		for _, value := range slices.Compact(slices.Clone(row[1:])) {
			if n, known := of[value]; known {
				leaves[n]++
			}
		}
	}
	for n, count := range leaves {
		leaves[n] = full * max(0, count-1) / max(1, len(rows)-1)
	}
	return leaves
}
