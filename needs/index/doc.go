package index

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"shanqiao/internal/id"
	"shanqiao/internal/region"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// Doc is everything an engine is told of a card. It is an allow-list: what has
// no field here cannot be searched, filtered, sorted or counted. Title holds the
// names of the help in both languages with their synonyms; Text the sentence.
// Until is the last day of the window in days since 1970; Rank orders urgency;
// what is not said may be pressing and stands in the middle.
type Doc struct {
	ID       string
	Version  int64
	Area     string
	Age      string
	Size     string
	Category string
	Group    string
	Code     string
	Urgency  string
	Tick     int64
	Until    int64
	Rank     int64
	Title    string
	Text     string
}

// None is how a document says that a card keeps silent: the code on the public tier.
const None = "none"

// Document turns a card into what the index may know. It is the only maker of
// documents, and a card is all that it is given.
func Document(c deid.Card) Doc {
	title, code := words(c), string(c.Code)
	if code == "" {
		code = None
	}
	return Doc{
		ID: string(c.ID), Version: c.Version,
		Area: c.Area, Age: c.Age, Size: c.Size, Category: c.Category,
		Group: string(c.Group), Code: code, Urgency: string(c.Urgency),
		Tick: int64(c.Tick), Until: c.WindowTo.Unix() / 86400, Rank: rank[c.Urgency],
		Title: title,
		Text:  strings.Join([]string{c.SentenceZh, c.SentenceEn, region.Name(c.Area), region.English(c.Area)}, "\n"),
	}
}

var rank = map[deid.UrgencyBand]int64{deid.Urgent: 1, deid.Soon: 2, deid.Unsaid: 2, deid.Open: 3}

// words are the names that a card's help goes by. A public card tells its group
// only, so it is found by the words of every kind of help in the group.
func words(c deid.Card) string {
	names := []string{c.Group.Name("zh"), c.Group.Name("en")}
	for _, item := range needs.Catalogue() {
		if item.Code == c.Code || (c.Code == "" && item.Group == c.Group) {
			names = append(names, item.Zh, item.En, item.ActZh, item.ActEn)
			names = append(names, item.Synonyms...)
		}
	}
	return strings.Join(names, "\n")
}

// ChangeOf is what the index must do about a card: hold it while it is open, and
// forget it otherwise. A card of which nothing is left stays until its cohort
// leaves, since one that went alone would be known by its going. Direct cards are
// never held.
func ChangeOf(c deid.Card) Change {
	if c.State != "open" || c.Tier == deid.Direct {
		return Change{ID: string(c.ID), Version: c.Version, Delete: true}
	}
	d := Document(c)
	return Change{ID: d.ID, Version: d.Version, Doc: &d}
}

// MaxText is the most characters that Title or Text may have.
const MaxText = 2000

var code = regexp.MustCompile(`^[a-z0-9*][a-z0-9*:+._-]{0,63}$`)

// Valid says whether an engine may be given the document. Engines see no others,
// so that one broken document cannot fail a whole batch.
func (d Doc) Valid() bool {
	for f := range facetFields {
		if !code.MatchString(d.Get(f)) {
			return false
		}
	}
	return id.Valid(d.ID) && d.Version > 0 && readable(d.Title) && readable(d.Text)
}

// Valid says whether the change is whole: a removal, or a document of the same id and version.
func (c Change) Valid() bool {
	if c.Delete {
		return id.Valid(c.ID) && c.Version > 0
	}
	return c.Doc != nil && c.Doc.ID == c.ID && c.Doc.Version == c.Version && c.Doc.Valid()
}

func readable(s string) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= MaxText && !strings.ContainsRune(s, 0)
}

// Get is the value of a code field.
func (d Doc) Get(f Field) string {
	switch f {
	case Area:
		return d.Area
	case Age:
		return d.Age
	case Size:
		return d.Size
	case Category:
		return d.Category
	case Group:
		return d.Group
	case Code:
		return d.Code
	case Urgency:
		return d.Urgency
	}
	return ""
}

// Number is the value of a number field.
func (d Doc) Number(f NumField) int64 {
	if f == Tick {
		return d.Tick
	}
	return d.Until
}
