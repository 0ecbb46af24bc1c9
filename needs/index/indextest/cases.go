package indextest

import "strings"

// Case is one of the 83 things that every engine of the product must do. Files
// hold its test, whose name begins with the number. Instead says what stands in
// its place where the product deliberately does otherwise.
type Case struct {
	Number, What string
	Files        []string
	Instead      string
}

// Cases lists them all: text, filters, injection, scope, versions, pages, lifecycle.
func Cases() []Case {
	var all []Case
	for _, line := range strings.Split(strings.TrimSpace(cases), "\n") {
		at := strings.Split(line, " | ")
		c := Case{Number: at[0], What: at[1]}
		for _, file := range strings.Fields(at[2]) {
			c.Files = append(c.Files, file+".go")
		}
		if len(at) > 3 {
			c.Instead = at[3]
		}
		all = append(all, c)
	}
	return all
}

const cases = `
T1 | a word of two characters | indextest/text
T2 | a word of two characters that no dictionary has | indextest/text
T3 | one character | indextest/text
T4 | a longer word, and a part at a word's edge | indextest/text
T5 | characters that stand together across words | indextest/text
T6 | characters that are read in two ways, only as written | indextest/text
T7 | a homophone is another word to the engine | indextest/text
T8 | traditional finds simplified and the other way round | indextest/text
T9 | full-width forms and capitals | indextest/text
T10 | Chinese, letters and digits mixed | indextest/text
T11 | two words are both required | indextest/text
T12 | ten words and long runs are all required | indextest/text | more than ten words are refused and not cut; the finder asks for what it understood of them
T13 | blank, punctuation and signs browse | indextest/text
T14 | pairs that stand apart are no word | indextest/text
T15 | operators are text | indextest/text
T16 | too much text is refused | indextest/text
T17 | the name before the sentence | indextest/text
T18 | part of what was typed only when nothing has all of it | indextest/scope | the finder asks for what it understood of the text, marked as plainer
T19 | a word that every card has | indextest/pages
T20 | an unknown word: no card, no counts | indextest/text
F1 | one code | indextest/filters
F2 | or inside, and across | indextest/filters
F3 | not | indextest/filters
F4 | ranges with both ends, and open ones | indextest/filters
F5 | no codes match nothing | indextest/filters
F6 | any of and not, nested | indextest/filters
F7 | two hundred codes | indextest/filters
F8 | codes that are words of a query language | indextest/filters
F9 | codes that look like numbers | indextest/filters
F10 | another case or width is refused | indextest/filters
I1 | a quote that ends the value | indextest/injection
I2 | a quote of the other kind | indextest/injection
I3 | line ends, NUL and escapes | indextest/injection
I4 | brackets and commas | indextest/injection
I5 | a field that is not in the list | indextest/injection
I6 | a forged cursor | indextest/injection | there is no cursor to forge: a place in the list is a number, and one beyond the list is refused
I7 | a query language in the text | indextest/injection
I8 | a thousand nested conditions | indextest/injection
I9 | made-up questions against looking at every document | indextest/filters | ten thousand and not a hundred thousand, because every one is also asked of an engine over the network
S1 | the zero scope sees nothing, and the engine is not asked | indextest/scope meili/fake_test
S2 | a condition within the scope | indextest/scope
S3 | no condition widens a scope | indextest/scope
S4 | counts are of the scope's cards | indextest/scope
S5 | what is not in a document cannot be found | indextest/scope meili/engine_test
S6 | a hit is an id and a version | indextest/scope | there is no score: nothing shows one, and it would tell
S7 | a key for one tier is refused by the other | meili/engine_test | there are no tenant tokens: browsers never speak to the engine, and each tier has a key that may search it and nothing else
S8 | errors repeat nothing | meili/fake_test
S9 | small counts are not told | indextest/scope
V1 | a newer version replaces all | indextest/versions
V2 | an older one changes nothing | indextest/versions
V3 | the same again changes nothing | indextest/versions
V4 | removed is gone | indextest/versions
V5 | late after a removal stays away | indextest/versions
V6 | newer after a removal is back | indextest/versions
V7 | a thousand versions in any order | indextest/versions
V8 | one id twice in a batch | indextest/versions
V9 | removing what was never there | indextest/versions
V10 | a bad document is rejected alone | indextest/injection
V11 | many writers at once | indextest/versions | five hundred writes by fifty writers
V12 | counts follow a change | indextest/versions
P1 | one order however equal | indextest/pages
P2 | walking gives each id once | indextest/pages | to the thousandth and no further: nobody walks deeper, so there are no keyset cursors
P3 | walking while cards change | indextest/pages
P4 | the depth of a list is bounded | find_test
P5 | a walk goes on after a rebuild | indextest/pages
P6 | limits of zero, too many and below zero | indextest/pages
P7 | what has no deadline comes last | indextest/pages | no card is without a last day; what ends last comes last
P8 | more than a hundred values of a facet | indextest/pages meili/fake_test | 512 values or more are an error, since the engine may have left some out
L1 | a rebuild while readers read | indextest/lifecycle
L2 | writes during a rebuild are there after it | indextest/lifecycle
L3 | an aborted rebuild leaves all as it was | indextest/lifecycle
L4 | a crash during a rebuild | meili/fault_test
L5 | a kill while writing loses nothing acknowledged | meili/fault_test
L6 | reconciling repairs missing, stale and orphaned | meili/engine_test meili/fault_test
L7 | health tells of drift | indextest/lifecycle meili/engine_test
L8 | an engine that is down is answered for | fallback_test
L9 | a failed task is an error | meili/fake_test
L10 | a full queue is overload, asked once | meili/fake_test
L11 | a caller who left is let go | indextest/lifecycle meili/fake_test
L12 | settings that drifted are mended, or the engine refused | meili/engine_test meili/fake_test
L13 | readers, writers and a swap under the race detector | indextest/lifecycle
L14 | nothing that was typed reaches a log or an address | meili/fake_test
L15 | a second process | meili/engine_test | an embedded index keeps nothing on disk to be opened twice; two processes may not rebuild one engine at once
`
