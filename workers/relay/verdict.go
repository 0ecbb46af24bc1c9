package relay

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"shanqiao/internal/fault"
)

// verdict is what becomes of a message whose work failed.
type verdict uint8

const (
	retry  verdict = iota + 1 // our mistake, perhaps: try again, and count it
	wait                      // a neighbour's trouble: try again, and do not count it
	refuse                    // trying again cannot help: a dead letter
	accept                    // there is nothing left to do: done, quietly
)

func (v verdict) String() string { return [...]string{"", "retry", "wait", "refuse", "accept"}[v] }

// verdicts is the table of failures for jobs, as portal/fail.go is for pages.
var verdicts = map[fault.Kind]verdict{
	fault.Internal:        retry,
	fault.Invalid:         refuse,
	fault.Unauthenticated: refuse,
	fault.Forbidden:       refuse,
	fault.NotFound:        accept, // withdrawn since
	fault.Conflict:        accept, // somebody did it already
	fault.TooMany:         wait,
	fault.TooLarge:        refuse,
	fault.Unavailable:     wait,
}

var errPanic = errors.New("panic")

// codeStopped is the code of work that its own process broke off.
const codeStopped = "stopped"

// judge sorts a failure and names it with a code. The code is all that leaves
// the process: an error's text may quote a row, and a row may hold a person.
func judge(err error) (verdict, string) {
	var refused *pgconn.ConnectError
	var network net.Error
	var pgErr *pgconn.PgError
	f := fault.As(err)
	switch {
	case f != nil:
		return verdicts[f.Kind], f.Kind.String() + " " + f.Key
	case errors.Is(err, errPanic):
		return retry, "internal panic"
	case errors.Is(err, context.DeadlineExceeded):
		return retry, "internal timeout"
	case errors.Is(err, context.Canceled):
		return wait, codeStopped
	case errors.As(err, &pgErr):
		return judgeSQL(pgErr.Code)
	case errors.As(err, &refused), errors.As(err, &network), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF),
		pgconn.SafeToRetry(err):
		return wait, "unavailable connection"
	}
	return retry, "internal"
}

// CodeOf names a failure for a log, as the relay itself does: without its text.
func CodeOf(err error) string {
	_, code := judge(err)
	return code
}

// judgeSQL tells a busy or absent database from a wrong statement. A lock that
// did not come in time usually means that the same message runs elsewhere.
func judgeSQL(code string) (verdict, string) {
	if code == "57014" {
		return retry, "internal timeout" // the statement's own limit
	}
	switch code[:2] {
	case "08", "53", "57", "55", "40":
		return wait, "unavailable " + code
	}
	return retry, "internal " + code
}

// failed is what asynq is told. It becomes part of a Redis value, so it says
// the code and nothing else; it does not wrap its cause on purpose.
type failed struct {
	code  string
	quiet bool // not counted against the task
	again int  // which try comes next, for the delay
}

func (f failed) Error() string { return f.code }
