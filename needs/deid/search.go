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
		for _, l := range lattice {
			if classes, k := p.at(rest, l); k > kept {
				best, kept = classes, k
			}
		}
		if best == nil {
			break
		}
		rest = without(rest, best)
		for _, c := range best {
			found = append(found, p.split(c)...)
		}
	}
	return found
}

// at gives the safe classes at one level and how much they keep together.
func (p *pool) at(rest []int32, l Level) (classes []class, kept int) {
	for _, members := range p.groups(rest, l) {
		asked, ok := p.safe(members, l)
		if !ok {
			if members = p.plain(members); len(members) == 0 {
				continue
			}
			if asked, ok = p.safe(members, l); !ok {
				continue
			}
		}
		classes = append(classes, class{members, l, asked})
		kept += len(members) * p.worth(members[0], l)
	}
	return classes, kept
}

// split makes a class finer where it can: parts at a finer level, as long as
// what is left of it is nobody or still safe where it is.
func (p *pool) split(c class) []class {
	if len(c.members) < 2*p.settings.K && c.level.finest() {
		return []class{c}
	}
	now := len(c.members) * p.worth(c.members[0], c.level)
	var best []class
	var left class
	for _, l := range lattice {
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
	var found []class
	for _, part := range best {
		found = append(found, p.split(part)...)
	}
	if len(left.members) > 0 {
		found = append(found, p.split(left)...)
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
	c := &p.coded[i]
	return 1 + 4*full - lossOf.area[c.area[l.Area]] - lossOf.age[c.age[l.Age]] - lossOf.size[c.size[l.Size]] -
		lossOf.category[c.category[l.Category]]
}

// finer says whether l is a step down from m in one column at least, and up in none.
func (l Level) finer(m Level) bool {
	return l != m && l.Area <= m.Area && l.Age <= m.Age && l.Size <= m.Size && l.Category <= m.Category
}

func (l Level) finest() bool { return l == Level{} }

// full is the loss of a column that says nothing any more.
const full = 1000

// lossOf is what each value of a column loses, by its number: how many of the
// other exact values it could stand for, in thousandths.
var lossOf = struct{ area, age, size, category []int }{
	losses("area", areaNumber), losses("age", ageNumber), losses("size", sizeNumber), losses("category", categoryNumber),
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
