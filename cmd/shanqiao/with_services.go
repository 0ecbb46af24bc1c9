package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"shanqiao/internal/service"
)

// withServices runs one command between throw-away services and leaves nothing.
type withServices struct {
	Command []string `arg:"" passthrough:"" help:"The command to run."`
}

// Run gives the command our terminal and the addresses of the services. On
// Ctrl-C the command gets the signal first and the services go when it is gone.
func (c *withServices) Run(p *program) (err error) {
	words := c.Command
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	if len(words) == 0 {
		return errors.New("with-services: no command; write it after --")
	}
	s, remove, err := service.Throwaway(p.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	cmd := exec.CommandContext(p.ctx, words[0], words[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, p.stdout, p.stderr
	cmd.Env = append(os.Environ(),
		service.ForTests+"="+s.Postgres.URL("postgres"),
		"SHANQIAO_TEST_REDIS="+s.Redis.URL())
	err = cmd.Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return exit(max(ended.ExitCode(), 1))
	}
	if err != nil {
		return fmt.Errorf("with-services: %w", err)
	}
	return nil
}
