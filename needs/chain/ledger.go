package chain

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"shanqiao/internal/secret"
)

// Ledger is the file of signed checkpoints, one JSON object a line. It belongs
// outside the database, best on a machine with another administrator: it is what
// tells a chain that is short from a chain that was cut.
type Ledger struct {
	Path string
	Key  ed25519.PrivateKey
}

// NewLedger is the ledger in a file, with the key that the master secret yields.
func NewLedger(path string, keys *secret.Keys) (*Ledger, error) {
	seed, err := keys.Derive("chain-checkpoint/1", ed25519.SeedSize)
	if err != nil {
		return nil, err
	}
	return &Ledger{Path: path, Key: ed25519.NewKeyFromSeed(seed)}, nil
}

// mark is one chain's last entry at a checkpoint.
type mark struct {
	Household string `json:"household"`
	Seq       int64  `json:"seq"`
	Link      string `json:"link"` // hex
}

// line is one checkpoint: the heads that changed since the one before, and the
// hash of that one. The signature is over the line without it.
type line struct {
	Format string    `json:"format"`
	Line   int64     `json:"line"`
	At     time.Time `json:"at"`
	Prev   string    `json:"prev"` // hex of the SHA-256 of the line before; of nothing for the first
	Heads  []mark    `json:"heads"`
	Sig    []byte    `json:"sig,omitempty"`
}

// seen is a mark and the line that bears it.
type seen struct {
	mark
	line int64
}

// history is what the ledger says: for each household its marks in order.
type history struct {
	marks  map[string][]seen
	lines  int64
	last   time.Time
	hash   []byte // of the last whole line
	size   int64  // bytes of whole lines
	torn   bool   // the file ends in the middle of a line
	broken []Finding
}

const tooLong = 1 << 30 // bytes of one line: a first checkpoint holds every household

// read goes through the file. It goes on after damage, because the rest still
// bears witness; a file that is not there is an empty one.
func (l *Ledger) read() (*history, error) {
	h := &history{marks: map[string][]seen{}, hash: sum(nil)}
	file, err := os.Open(l.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoint file: %w", err)
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, 1<<16)
	for n := int64(1); ; n++ {
		raw, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			h.torn = len(raw) > 0
			return h, nil
		}
		if err != nil || len(raw) > tooLong {
			return nil, fmt.Errorf("checkpoint file, line %d: %w", n, errors.Join(err))
		}
		h.size += int64(len(raw))
		h.take(n, bytes.TrimSuffix(raw, []byte("\n")), l.Key.Public().(ed25519.PublicKey))
	}
}

// take adds one line, or says what is wrong with it. Lines are compared as bytes:
// a line that was written in another way was not written by us.
func (h *history) take(n int64, raw []byte, key ed25519.PublicKey) {
	wrong := func(format string, args ...any) {
		h.broken = append(h.broken, Finding{Damage: Checkpoints, Line: n, Detail: fmt.Sprintf(format, args...)})
	}
	var c line
	if err := json.Unmarshal(raw, &c); err != nil {
		wrong("not a checkpoint")
		h.hash = sum(raw)
		return
	}
	again, err := json.Marshal(c)
	signed, unsigned := c.unsigned()
	if err != nil || unsigned != nil || c.Format != format || !bytes.Equal(again, raw) || !ed25519.Verify(key, signed, c.Sig) {
		wrong("its signature does not hold")
		h.hash = sum(raw)
		return
	}
	if c.Prev != hex.EncodeToString(h.hash) || c.Line != h.lines+1 {
		wrong("it is checkpoint %d and does not follow what is before it: a line was removed, added or moved", c.Line)
	}
	if c.At.Before(h.last) {
		wrong("it is older than the one before it")
	}
	for _, m := range c.Heads {
		before := h.marks[m.Household]
		if len(before) > 0 && before[len(before)-1].Seq >= m.Seq {
			wrong("the chain of household %s grew shorter", m.Household)
		}
		h.marks[m.Household] = append(before, seen{m, n})
	}
	h.lines, h.last, h.hash = c.Line, c.At, sum(raw)
}

func (c line) unsigned() ([]byte, error) {
	c.Sig = nil
	return json.Marshal(c)
}

func sum(b []byte) []byte {
	s := sha256.Sum256(b)
	return s[:]
}

// append signs the next line and puts it on the disk before it returns. What a
// crash left of an unfinished line is cut off first: it was never a checkpoint.
func (l *Ledger) append(h *history, at time.Time, heads []mark) (hash []byte, err error) {
	c := line{Format: format, Line: h.lines + 1, At: at.UTC(), Prev: hex.EncodeToString(h.hash), Heads: heads}
	body, err := c.unsigned()
	if err != nil {
		return nil, err
	}
	c.Sig = ed25519.Sign(l.Key, body)
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(l.Path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("checkpoint file: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if h.torn {
		if err := file.Truncate(h.size); err != nil {
			return nil, err
		}
	}
	if _, err := file.WriteAt(append(raw, '\n'), h.size); err != nil {
		return nil, err
	}
	return sum(raw), file.Sync()
}
