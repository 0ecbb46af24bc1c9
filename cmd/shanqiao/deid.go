package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"shanqiao/needs/deid/excerpt"
)

// deidCommand shows what de-identification does, for those who examine it.
type deidCommand struct {
	Redact redactCommand `cmd:"" help:"Read notes as JSON lines, write their excerpts as JSON lines."`
	Export deidExport    `cmd:"" help:"Write what could be seen after a tick as CSV."`
}

// redactCommand makes excerpts of the notes on its input, one JSON object in a
// line: {"id": "…", "text": "…", "known": {"name": ["…"], …}}.
type redactCommand struct{}

// noteLine is a line of the input. A pointer tells a missing field from an empty one.
type noteLine struct {
	ID    *string       `json:"id"`
	Text  *string       `json:"text"`
	Known excerpt.Known `json:"known"`
}

// excerptLine is a line of the output. Redacted is null when the note is withheld.
type excerptLine struct {
	ID       string  `json:"id"`
	Redacted *string `json:"redacted"`
}

// Run writes one line for each line it can read and names each that it cannot;
// if there was one, the command fails once the rest is done.
func (*redactCommand) Run(p *program) error {
	return redact(os.Stdin, p.stdout, p.stderr)
}

func redact(in io.Reader, out, errs io.Writer) error {
	r, w := bufio.NewReader(in), bufio.NewWriter(out)
	bad, ended := 0, false
	for n := 1; !ended; n++ {
		line, err := r.ReadBytes('\n')
		if ended = errors.Is(err, io.EOF); err != nil && !ended {
			return errors.Join(w.Flush(), fmt.Errorf("redact: line %d: %w", n, err))
		}
		if ended && len(line) == 0 {
			break
		}
		answer, err := redactLine(line)
		if err != nil {
			bad++
			fmt.Fprintf(errs, "shanqiao: redact: line %d: %v\n", n, err)
			continue
		}
		if _, err = w.Write(append(answer, '\n')); err == nil {
			err = w.Flush()
		}
		if err != nil {
			return fmt.Errorf("redact: write: %w", err)
		}
	}
	if bad > 0 {
		return fmt.Errorf("redact: %d lines could not be read and have no excerpt", bad)
	}
	return nil
}

func redactLine(line []byte) ([]byte, error) {
	var note noteLine
	if err := json.Unmarshal(line, &note); err != nil {
		return nil, plainJSON(err)
	}
	switch {
	case note.ID == nil || *note.ID == "":
		return nil, errors.New(`no "id"`)
	case note.Text == nil:
		return nil, errors.New(`no "text"`)
	}
	answer := excerptLine{ID: *note.ID}
	if res := excerpt.Redact(*note.Text, note.Known); !res.Withheld {
		answer.Redacted = &res.Text
	}
	return json.Marshal(answer)
}

// plainJSON says what is wrong with a line without repeating any of it: the
// line is a note on a person.
func plainJSON(err error) error {
	var wrongType *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &wrongType):
		return fmt.Errorf("field %q is a %s", wrongType.Field, wrongType.Value)
	case errors.As(err, &syntax):
		return fmt.Errorf("not JSON, at byte %d", syntax.Offset)
	}
	return errors.New("not JSON")
}
