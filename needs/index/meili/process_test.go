package meili_test

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// process is a real engine that belongs to one test, so that it can be killed.
type process struct {
	binary, dir, at string
	cmd             *exec.Cmd
}

// masterKey is for engines that live as long as a test.
const masterKey = "a master key for tests and nothing else"

func newProcess(t *testing.T, binary string) *process {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &process{binary: binary, dir: t.TempDir(), at: l.Addr().String()}
	require.NoError(t, l.Close())
	p.start(t)
	t.Cleanup(func() { p.kill(t) })
	return p
}

func (p *process) address() string { return "http://" + p.at }

// start runs the engine on the data that it left, and waits until it answers.
func (p *process) start(t *testing.T) {
	t.Helper()
	p.cmd = exec.Command(p.binary, "--env", "production", "--master-key", masterKey, "--http-addr", p.at, "--no-analytics",
		"--db-path", filepath.Join(p.dir, "data"), "--dump-dir", filepath.Join(p.dir, "dumps"), "--snapshot-dir", filepath.Join(p.dir, "snapshots"))
	p.cmd.Dir = p.dir
	require.NoError(t, p.cmd.Start())
	require.Eventually(t, func() bool {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.address()+"/health", nil)
		if err != nil {
			return false
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return false
		}
		return resp.Body.Close() == nil && resp.StatusCode == http.StatusOK
	}, 2*time.Minute, 50*time.Millisecond, "the engine does not start")
}

// kill gives the engine no time to put anything in order.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if p.cmd == nil {
		return
	}
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGKILL))
	if err := p.cmd.Wait(); err != nil {
		t.Logf("the engine ended: %v", err)
	}
	p.cmd = nil
}

// wipe loses the data of an engine that is not running.
func (p *process) wipe(t *testing.T) {
	t.Helper()
	require.NoError(t, os.RemoveAll(filepath.Join(p.dir, "data")))
}

// stop holds the engine: it takes connections and answers nothing.
func (p *process) stop(t *testing.T) {
	t.Helper()
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGSTOP))
}

func (p *process) resume(t *testing.T) {
	t.Helper()
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGCONT))
}
