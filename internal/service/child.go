package service

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// child is a process that dies with us. It has a process group of its own, so
// that Ctrl-C in the terminal reaches it only through our own orderly stop.
type child struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // valid once done is closed
}

// start runs cmd, sending it onDeath should this program be killed.
//
// The kernel ties that signal to the thread that started the child, not to the
// process, so one goroutine keeps its thread for as long as the child lives.
func start(cmd *exec.Cmd, as *syscall.Credential, onDeath syscall.Signal) (*child, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: onDeath, Credential: as}
	c := &child{cmd: cmd, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		c.err = cmd.Wait()
		close(c.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(cmd.Path), err)
	}
	return c, nil
}

// stop asks with the gentle signal, and after patience with the rough one.
func (c *child) stop(gentle, rough syscall.Signal, patience time.Duration) error {
	for _, signal := range []syscall.Signal{gentle, rough, syscall.SIGKILL} {
		if err := c.cmd.Process.Signal(signal); errors.Is(err, os.ErrProcessDone) {
			<-c.done
			return nil
		}
		select {
		case <-c.done:
			return nil
		case <-time.After(patience):
		}
	}
	return fmt.Errorf("%s (process %d) does not stop", filepath.Base(c.cmd.Path), c.cmd.Process.Pid)
}

func (c *child) kill() {
	if err := c.cmd.Process.Kill(); err == nil || errors.Is(err, os.ErrProcessDone) {
		<-c.done
	}
}

// ended says whether the child is gone.
func (c *child) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// endOrphan stops what an earlier, killed run left in folder, and removes the
// pid file. Only a process whose working directory is that folder is ours: the
// number may meanwhile belong to anybody. The caller holds the folder's lock.
func endOrphan(pidFile, folder string, gentle, rough syscall.Signal) error {
	text, err := os.ReadFile(pidFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 || !worksIn(pid, folder) {
		return os.Remove(pidFile)
	}
	for _, signal := range []syscall.Signal{gentle, rough, syscall.SIGKILL} {
		if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stop process %d left in %s: %w", pid, folder, err)
		}
		for until := time.Now().Add(10 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
			if !worksIn(pid, folder) {
				if err := os.Remove(pidFile); err != nil && !errors.Is(err, os.ErrNotExist) {
					return err
				}
				return nil
			}
		}
	}
	return fmt.Errorf("process %d, left in %s by an earlier run, does not stop", pid, folder)
}

func worksIn(pid int, folder string) bool {
	at, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	if err != nil {
		return false
	}
	real, err := filepath.EvalSymlinks(folder)
	return err == nil && at == real
}

// logTo opens a log that starts again when it has grown past ten megabytes.
func logTo(path string) (*os.File, error) {
	mode := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if at, err := os.Stat(path); err == nil && at.Size() > 10<<20 {
		mode |= os.O_TRUNC
	}
	return os.OpenFile(path, mode, 0o600)
}

// lastLines is the end of a log, for an error that must explain itself.
func lastLines(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	if at, err := f.Stat(); err == nil && at.Size() > 2000 {
		if _, err := f.Seek(-2000, io.SeekEnd); err != nil {
			return ""
		}
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-6):], "\n")
}
