// Package message sends short words to a telephone. What is said comes from the
// catalogue; the number and any code in it are secrets and are never logged.
package message

import (
	"context"
	"errors"
	"sync"

	"shanqiao/internal/secret"
)

// Sender hands a text message to whoever delivers it. An error means that it
// was not accepted and the person should be told to try again.
type Sender interface {
	Send(ctx context.Context, phone, text secret.String) error
}

// Nobody accepts nothing: no provider of text messages is configured, and a
// person who waits for a message must be told at once that none will come.
type Nobody struct{}

var errNobody = errors.New("message: no provider is configured")

// Send refuses.
func (Nobody) Send(context.Context, secret.String, secret.String) error { return errNobody }

// Shown keeps the last message to each number in memory instead of sending it,
// so that a demonstration can show it on the page. It is for development only:
// whoever can ask it can sign in as anyone.
type Shown struct {
	mu   sync.Mutex
	last map[secret.String]secret.String
}

// most is how many numbers are remembered before all are forgotten; a
// demonstration that runs for weeks must not grow.
const most = 10_000

// Send keeps the message.
func (s *Shown) Send(_ context.Context, phone, text secret.String) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil || len(s.last) >= most {
		s.last = map[secret.String]secret.String{}
	}
	s.last[phone] = text
	return nil
}

// Last is the last message to a number, or "" when there was none.
func (s *Shown) Last(phone secret.String) secret.String {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last[phone]
}
