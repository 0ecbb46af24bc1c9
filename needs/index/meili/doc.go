// Package meili is the index in a Meilisearch of its own, shared by every
// portal. The engine is used for what it is good at, sets and counts; words are
// cut here and sent as opaque tokens, so that it matches exactly as the embedded
// index does.
//
// What the engine does not do is done here: it has no conditional write, so the
// versions are kept in Postgres and writers queue on a lock there; it accepts a
// write before it has done it, so the task is waited for and its outcome read; an
// empty filter means everything to it, so none is ever sent empty; and its error
// texts repeat what they were asked, so they never leave this package.
package meili

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	"shanqiao/needs/index"
)

// stored is a document as the engine has it. Every attribute is displayed;
// nothing that is searchable or filterable is hidden. Sum is the document's
// checksum in hexadecimal, because the engine's numbers are floating. The four
// last hold the tokens of title and text: pairs and words, and single characters.
type stored struct {
	ID        string `json:"id"`
	Version   int64  `json:"version"`
	Sum       string `json:"sum"`
	Area      string `json:"area"`
	Age       string `json:"age"`
	Size      string `json:"size"`
	Category  string `json:"category"`
	Group     string `json:"group"`
	Code      string `json:"code"`
	Urgency   string `json:"urgency"`
	Tick      int64  `json:"tick"`
	Until     int64  `json:"until"`
	Rank      int64  `json:"rank"`
	Title     string `json:"title"`
	TitleEach string `json:"title_each"`
	Text      string `json:"text"`
	TextEach  string `json:"text_each"`
}

func store(d index.Doc) stored {
	s := stored{
		ID: d.ID, Version: d.Version, Sum: strconv.FormatUint(d.Sum(), 16), Area: d.Area, Age: d.Age, Size: d.Size, Category: d.Category,
		Group: d.Group, Code: d.Code, Urgency: d.Urgency, Tick: d.Tick, Until: d.Until, Rank: d.Rank,
	}
	s.Title, s.TitleEach = tokens(d.Title)
	s.Text, s.TextEach = tokens(d.Text)
	return s
}

// tokens writes a text for the engine. A full stop between runs keeps a phrase
// from matching across them.
func tokens(text string) (grams, each string) {
	var g, e strings.Builder
	for _, t := range index.Runs(text) {
		if !t.Han || utf8.RuneCountInString(t.Run) > 1 {
			g.WriteString(phrase(t))
			g.WriteString(". ")
		}
		if t.Han {
			for _, c := range t.Run {
				e.WriteString(token(string(c), true))
				e.WriteByte(' ')
			}
		}
	}
	return g.String(), e.String()
}

// phrase is a term's grams in order, one blank between.
func phrase(t index.Term) string {
	grams := t.Grams()
	for i, g := range grams {
		grams[i] = token(g, t.Han)
	}
	return strings.Join(grams, " ")
}

// query asks for every term as a quoted phrase: together, in order, whole. The
// engine counts a phrase as one word of the ten that it reads.
func query(terms []index.Term) string {
	quoted := make([]string, len(terms))
	for i, t := range terms {
		quoted[i] = `"` + phrase(t) + `"`
	}
	return strings.Join(quoted, " ")
}

// maxToken is in bytes: the engine drops words of more than 250.
const maxToken = 240

// token spells a gram in small ASCII letters and digits, which the engine leaves
// whole: pairs of characters begin with u, words with w, and a word too long to
// spell is x and its hash.
func token(gram string, han bool) string {
	if !han {
		if 2*len(gram) >= maxToken {
			sum := sha256.Sum256([]byte(gram))
			return "x" + hex.EncodeToString(sum[:])
		}
		return "w" + hex.EncodeToString([]byte(gram))
	}
	var b strings.Builder
	for _, c := range gram {
		b.WriteString("u" + strconv.FormatInt(int64(c), 16)) // u is no digit, so spellings cannot run together
	}
	return b.String()
}
