package household

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"shanqiao/internal/fault"
	"shanqiao/internal/region"
	"shanqiao/internal/secret"
)

const (
	maxName    = 40  // runes; the longest names of minorities in China are shorter
	maxAddress = 120 // runes
	maxBasis   = 100 // runes
	earliest   = 1900
)

// check fills in what may be left out, brings numbers to their one spelling, and
// says which fields are wrong. Fields of members are "members.0.name".
func (n *New) check() error {
	wrong := map[string]string{}
	if _, ok := region.SubdistrictOf(n.Region); !ok {
		wrong["region"] = "household.region_unknown"
	}
	n.Category, n.Condition = cmp.Or(n.Category, Categories[0]), cmp.Or(n.Condition, Conditions[0])
	if !slices.Contains(Categories, n.Category) {
		wrong["category"] = "form.unknown_choice"
	}
	if !slices.Contains(Conditions, n.Condition) {
		wrong["condition"] = "form.unknown_choice"
	}
	if n.Income != nil && *n.Income < 0 {
		wrong["income"] = "household.income_negative"
	}
	if !plain(n.Address, maxAddress) {
		wrong["address"] = "household.address_wrong"
	}
	if len(n.Members) == 0 || len(n.Members) > MaxMembers {
		wrong["members"] = "household.members_count"
		return fault.InvalidFields(wrong)
	}
	n.Members = slices.Clone(n.Members)
	heads := 0
	for i := range n.Members {
		m := &n.Members[i]
		m.check(fmt.Sprintf("members.%d.", i), wrong)
		if m.Head {
			heads++
		}
	}
	switch heads {
	case 0:
		n.Members[0].Head = true
		n.Members[0].Relation = "self"
	case 1:
	default:
		wrong["members"] = "household.one_head"
	}
	return fault.InvalidFields(wrong)
}

func (m *Member) check(prefix string, wrong map[string]string) {
	say := func(field, key string) { wrong[prefix+field] = key }
	m.Name = secret.String(strings.TrimSpace(m.Name.Reveal()))
	if m.Name == "" {
		say("name", "household.name_missing")
	} else if !plain(m.Name, maxName) {
		say("name", "household.name_wrong")
	}
	if m.Identity != "" {
		m.Identity = secret.NormalIdentity(m.Identity.Reveal())
		if m.Identity == "" {
			say("identity", "household.identity_wrong")
		}
	}
	if m.Phone != "" {
		m.Phone = secret.NormalPhone(m.Phone.Reveal())
		if m.Phone == "" {
			say("phone", "household.phone_wrong")
		}
	}
	m.Relation = cmp.Or(m.Relation, map[bool]string{true: "self", false: "other"}[m.Head])
	m.Sex, m.Disability = cmp.Or(m.Sex, Sexes[0]), cmp.Or(m.Disability, Disability[0])
	if !slices.Contains(Relations, m.Relation) {
		say("relation", "form.unknown_choice")
	}
	if !slices.Contains(Sexes, m.Sex) {
		say("sex", "form.unknown_choice")
	}
	if !slices.Contains(Disability, m.Disability) {
		say("disability", "form.unknown_choice")
	}
	if m.Identity == "" {
		if m.Born != nil && m.Born.Year() < earliest {
			say("born", "household.born_wrong")
		}
		return
	}
	// The number knows better than what was typed beside it.
	if born, sex, err := facts(m.Identity); err == nil {
		m.Born, m.Sex = &born, sex
	}
}

// plain says whether s is readable text of at most most runes on one line.
func plain(s secret.String, most int) bool {
	text := s.Reveal()
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= most && !strings.ContainsFunc(text, unicode.IsControl)
}
