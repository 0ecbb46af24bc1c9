package meili

import (
	"strconv"
	"strings"

	"shanqiao/needs/index"
)

// never holds for no document: publishing rounds are numbered from one. An empty
// filter would hold for all, so nothing here ever is empty.
const never = "tick < 0"

// filter compiles conditions to the array form, in which the engine reads each
// element by itself and all must hold. Values are codes that the query's check
// let through; nothing that a person typed comes here.
func filter(must []index.Cond) []string {
	out := make([]string, len(must))
	for i, c := range must {
		out[i] = expression(c)
	}
	return out
}

func expression(c index.Cond) string {
	switch c := c.(type) {
	case index.In:
		if len(c.Codes) == 0 {
			return never
		}
		return c.Field.String() + ` IN ["` + strings.Join(c.Codes, `", "`) + `"]`
	case index.Range:
		return between(c)
	case index.Not:
		return "NOT (" + expression(c.Of) + ")"
	case index.AnyOf:
		if len(c.Of) == 0 {
			return never
		}
		parts := make([]string, len(c.Of))
		for i, of := range c.Of {
			parts[i] = "(" + expression(of) + ")"
		}
		return strings.Join(parts, " OR ")
	}
	return never
}

func between(c index.Range) string {
	name := c.Field.String()
	var parts []string
	if c.Min != nil {
		parts = append(parts, name+" >= "+strconv.FormatInt(*c.Min, 10))
	}
	if c.Max != nil {
		parts = append(parts, name+" <= "+strconv.FormatInt(*c.Max, 10))
	}
	if len(parts) == 0 {
		return name + " EXISTS"
	}
	return strings.Join(parts, " AND ")
}

var orders = map[index.Sort][]string{
	index.Pressing: {"rank:asc", "until:asc", "id:asc"},
	index.Ending:   {"until:asc", "id:asc"},
	index.Latest:   {"tick:desc", "id:asc"},
}
