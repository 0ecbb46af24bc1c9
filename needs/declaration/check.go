package declaration

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"shanqiao/internal/region"
	"shanqiao/internal/secret"
)

var keyShape = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

const (
	maxName   = 40
	maxPeople = 20
)

// Problems says which fields of a declaration must change, each with a catalogue
// key, so that a page with some of the questions can ask about its own. At the
// counter a person without a phone is served as well.
func (d Declaration) Problems(counter bool) map[string]string { return d.clean(counter) }

// clean brings a declaration to the form in which it is stored and says which
// fields must change.
func (d *Declaration) clean(counter bool) map[string]string {
	wrong := map[string]string{}
	if !keyShape.MatchString(d.RequestKey) {
		wrong["request_key"] = "declaration.stale"
	}
	d.hardships(wrong)
	d.people(wrong)
	d.person(wrong, counter)
	d.ContactTime = cmp.Or(d.ContactTime, Times[0])
	if !slices.Contains(Times, d.ContactTime) {
		wrong["contact_time"] = "form.unknown_choice"
	}
	words := d.Words.Reveal()
	switch {
	case !utf8.ValidString(words):
		wrong["words"] = "declaration.not_text"
	default:
		words = readable(words)
		if utf8.RuneCountInString(words) > MaxWords {
			wrong["words"] = "declaration.words_long"
		}
		d.Words = secret.String(words)
	}
	if !d.Pledged {
		wrong["pledged"] = "declaration.pledge_missing"
	}
	if !d.CheckAgreed {
		wrong["check_agreed"] = "declaration.check_missing"
	}
	return wrong
}

func (d *Declaration) hardships(wrong map[string]string) {
	var chosen []Hardship
	for _, h := range Hardships { // in the list's order, each once
		if slices.Contains(d.Hardships, h) {
			chosen = append(chosen, h)
		}
	}
	for _, h := range d.Hardships {
		if !slices.Contains(Hardships, h) {
			wrong["hardships"] = "form.unknown_choice"
		}
	}
	if len(d.Hardships) == 0 {
		wrong["hardships"] = "declaration.hardship_missing"
	}
	d.Hardships = chosen
}

func (d *Declaration) people(wrong map[string]string) {
	if d.People < 1 || d.People > maxPeople {
		wrong["people"] = "declaration.people_wrong"
		return
	}
	for field, n := range map[string]int{"elders": d.Elders, "children": d.Children, "disabled": d.Disabled} {
		if n < 0 || n > d.People {
			wrong[field] = "declaration.more_than_people"
		}
	}
	if d.Elders+d.Children > d.People && wrong["elders"] == "" {
		wrong["children"] = "declaration.more_than_people"
	}
}

// person checks what says who declares. At the counter a person without a phone
// is served as well.
func (d *Declaration) person(wrong map[string]string, counter bool) {
	if _, ok := region.SubdistrictOf(d.Region); !ok {
		wrong["region"] = "declaration.region_missing"
	}
	name := strings.TrimSpace(d.Name.Reveal())
	switch {
	case name == "":
		wrong["name"] = "declaration.name_missing"
	case !utf8.ValidString(name), strings.ContainsFunc(name, unicode.IsControl), utf8.RuneCountInString(name) > maxName:
		wrong["name"] = "declaration.name_wrong"
	}
	d.Name = secret.String(name)
	if d.Identity = secret.String(strings.TrimSpace(d.Identity.Reveal())); d.Identity != "" {
		if d.Identity = secret.NormalIdentity(d.Identity.Reveal()); d.Identity == "" {
			wrong["identity"] = "declaration.identity_wrong"
		}
	}
	typed := strings.TrimSpace(d.Phone.Reveal())
	d.Phone = secret.NormalPhone(typed)
	switch {
	case typed == "" && !counter:
		wrong["phone"] = "declaration.phone_missing"
	case typed != "" && d.Phone == "":
		wrong["phone"] = "declaration.phone_wrong"
	}
}

// readable keeps line breaks and drops every other control character.
func readable(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	s = strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}
