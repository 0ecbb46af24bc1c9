// Package redistest gives a test a Redis of its own, which it may kill and wipe.
package redistest

import (
	"os"
	"path/filepath"
	"testing"

	"shanqiao/internal/service"
)

// Server is one redis-server on a port of its own. After Kill it starts again
// on the same port, with nothing in it.
type Server struct {
	redis *service.Redis
	t     testing.TB
}

// New starts a server that ends with the test. A machine without redis-server
// fails the test.
func New(t testing.TB) *Server {
	t.Helper()
	// Not t.TempDir: its path holds the test's name, which may hold anything.
	dir, err := os.MkdirTemp("", "shanqiao-redis-")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{t: t, redis: &service.Redis{Dir: dir, Log: filepath.Join(dir, "log")}}
	t.Cleanup(func() {
		if err := s.redis.Stop(); err != nil {
			t.Error(err)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	s.Start()
	return s
}

// Addr is host and port.
func (s *Server) Addr() string { return s.redis.Addr() }

// Password opens it.
func (s *Server) Password() string { return s.redis.Password }

// URL is the whole address, password included.
func (s *Server) URL() string { return s.redis.URL() }

// Kill ends it as a power cut would.
func (s *Server) Kill() { s.redis.Kill() }

// Wipe empties it, running or killed.
func (s *Server) Wipe() {
	s.t.Helper()
	if err := s.redis.Wipe(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

// Start starts it again after Kill.
func (s *Server) Start() {
	s.t.Helper()
	if err := s.redis.Start(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}
