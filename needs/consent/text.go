// Package consent records that a household agreed to be known to one named
// worker of one organisation, for one purpose, until a date.
//
// Consent is never bundled and never assumed: it names what may be shown, it is
// given by a member of the household, it can be taken back at any time, and
// taking it back ends the introduction in the same transaction. Refusing has no
// effect on any public aid. The package holds no contact and opens none.
package consent

import (
	"crypto/sha256"
	"slices"
)

// Field is something of a household that may be shown after consent.
type Field string

// The fields. Nothing else can be shown.
const (
	CallName       Field = "call_name"       // how the person likes to be called
	Phone          Field = "phone"           //
	Address        Field = "address"         //
	PracticalNotes Field = "practical_notes" // stairs, a dog, when to ring
	AgeBand        Field = "member_age_band" //
)

// Fields lists them in the order of the form.
var Fields = []Field{CallName, Phone, Address, PracticalNotes, AgeBand}

// Channel is how consent was given.
type Channel string

// The channels.
const (
	InPerson Channel = "in_person"
	ByPhone  Channel = "phone"
	Online   Channel = "online"
)

// Channels lists them in the order of the form.
var Channels = []Channel{InPerson, ByPhone, Online}

// Purposes that consent may be given for, as stored; each has a sentence in the catalogue.
var Purposes = []string{"arrange_and_serve", "deliver_goods"}

// Text is what is read to the household before it agrees. A changed word is a
// new version: consents keep the version and the hash of what was read.
type Text struct {
	Version string
	Zh      []string
	En      []string
}

// texts, the newest last. {…} are filled in by the page that shows them. A version
// is never edited: consents were given to its words, and TestText keeps them.
var texts = []Text{{
	Version: "introduction/1",
	Zh: []string{
		"我同意街道把下面勾选的信息告诉{organisation}的一位工作人员或志愿者，用于：{purpose}。",
		"只有这一位能看，只能看勾选的内容，只到{until}为止。每看一次都有记录，我可以查。",
		"我可以随时收回同意，打电话、到街道或在网上都行。收回以后，对方马上看不到。",
		"不同意也没关系，不影响我家的低保、补贴和其他救助。",
	},
	En: []string{
		"I agree that the subdistrict tells one worker or volunteer of {organisation} what is ticked below, for: {purpose}.",
		"Only this one person can look, only at what is ticked, and only until {until}. Each look is written down, and I may see the list.",
		"I may take this back at any time: by phone, at the subdistrict office or online. From then on they can no longer look.",
		"I may also say no. It changes nothing about my family's allowance or any other aid.",
	},
}, {
	Version: "introduction/2", // the apostrophe of the last English sentence
	Zh: []string{
		"我同意街道把下面勾选的信息告诉{organisation}的一位工作人员或志愿者，用于：{purpose}。",
		"只有这一位能看，只能看勾选的内容，只到{until}为止。每看一次都有记录，我可以查。",
		"我可以随时收回同意，打电话、到街道或在网上都行。收回以后，对方马上看不到。",
		"不同意也没关系，不影响我家的低保、补贴和其他救助。",
	},
	En: []string{
		"I agree that the subdistrict tells one worker or volunteer of {organisation} what is ticked below, for: {purpose}.",
		"Only this one person can look, only at what is ticked, and only until {until}. Each look is written down, and I may see the list.",
		"I may take this back at any time: by phone, at the subdistrict office or online. From then on they can no longer look.",
		"I may also say no. It changes nothing about my family’s allowance or any other aid.",
	},
}}

// Current is the text to be read today.
func Current() Text { return texts[len(texts)-1] }

// TextOf finds the text of a version.
func TextOf(version string) (Text, bool) {
	i := slices.IndexFunc(texts, func(t Text) bool { return t.Version == version })
	if i < 0 {
		return Text{}, false
	}
	return texts[i], true
}

// Lines are the sentences in one language.
func (t Text) Lines(language string) []string {
	if language == "zh" {
		return t.Zh
	}
	return t.En
}

// Hash is over the words of both languages, so that a later edit under the same
// version shows.
func (t Text) Hash() []byte {
	h := sha256.New()
	for _, line := range slices.Concat([]string{t.Version}, t.Zh, []string{""}, t.En) {
		h.Write([]byte(line))
		h.Write([]byte{0})
	}
	return h.Sum(nil)
}
