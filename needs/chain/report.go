package chain

import (
	"fmt"
	"strings"
	"time"
)

// Damage is the kind of harm that was found.
type Damage string

// The kinds of damage.
const (
	EditedPayload  Damage = "edited payload"   // what the entry says was changed
	EditedFields   Damage = "edited fields"    // when, who, what or on which basis was changed
	EditedLink     Damage = "edited link"      // the entry's own hash was changed
	PayloadMissing Damage = "payload missing"  // gone, and no erasure accounts for it
	Removed        Damage = "removed"          // entries are missing in the middle or at the end
	Reordered      Damage = "reordered"        // the entry stands under another number than it was written with
	Forged         Damage = "forged"           // consistent in itself, but the chain does not lead to it
	HeadMismatch   Damage = "head mismatch"    // the head names another last entry
	Truncated      Damage = "truncated tail"   // a signed checkpoint knows later entries
	Rewritten      Damage = "rewritten"        // a signed checkpoint knows another entry in this place
	Checkpoints    Damage = "checkpoint file"  // the file of checkpoints itself was harmed
	Unwitnessed    Damage = "checkpoints lost" // the database remembers checkpoints that the file lacks
)

// Finding is one piece of damage. Household and Seq are empty when it is the
// checkpoint file that is harmed; To is set when a range of entries is meant.
type Finding struct {
	Household string
	Number    string // as said on the phone, when it could be resolved
	Seq, To   int64
	Line      int64 // of the checkpoint file, when one bears witness
	Damage    Damage
	Detail    string
}

// String is the finding in one line.
func (f Finding) String() string {
	var b strings.Builder
	if f.Household != "" {
		fmt.Fprintf(&b, "household %s", f.name())
		switch {
		case f.To > f.Seq:
			fmt.Fprintf(&b, ", entries %d to %d", f.Seq, f.To)
		case f.Seq > 0:
			fmt.Fprintf(&b, ", entry %d", f.Seq)
		}
		b.WriteString(": ")
	}
	b.WriteString(string(f.Damage))
	if f.Detail != "" {
		b.WriteString(" - " + f.Detail)
	}
	if f.Line > 0 {
		fmt.Fprintf(&b, " (line %d of the checkpoint file)", f.Line)
	}
	return b.String()
}

func (f Finding) name() string {
	if f.Number == "" {
		return f.Household
	}
	return f.Number + " (" + f.Household + ")"
}

// Report is the result of a verification.
type Report struct {
	Chains      int
	Entries     int
	Erased      int   // payloads lawfully dropped
	Checkpoints int64 // lines of the checkpoint file whose signatures hold
	Checkpoint  time.Time
	Findings    []Finding
}

// OK says whether nothing was found.
func (r Report) OK() bool { return len(r.Findings) == 0 }

// Text is the report for a terminal.
func (r Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d chains, %d entries, %d lawfully erased, %d checkpoints\n", r.Chains, r.Entries, r.Erased, r.Checkpoints)
	if r.Checkpoints == 0 {
		b.WriteString("no checkpoint: a cut-off tail would not be seen\n")
	} else {
		fmt.Fprintf(&b, "last checkpoint %s\n", r.Checkpoint.UTC().Format(time.RFC3339))
	}
	for _, f := range r.Findings {
		b.WriteString("DAMAGED " + f.String() + "\n")
	}
	if r.OK() {
		b.WriteString("every entry verifies\n")
	}
	return b.String()
}
