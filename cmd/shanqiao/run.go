package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"
)

// commands is what the program can be told to do.
type commands struct {
	Up      up             `cmd:"" help:"Run everything, with services of its own where none are configured."`
	Portal  portalCommand  `cmd:"" help:"Serve the pages."`
	Worker  workerCommand  `cmd:"" help:"Do the background work."`
	Migrate migrateCommand `cmd:"" help:"Bring the database to the schema of this program."`
	Demo    demoCommand    `cmd:"" help:"Fill an empty database with the demo city."`
	Account accountCommand `cmd:"" help:"Make the accounts that no page can make."`
	Match   matchCommand   `cmd:"" help:"Match the whole city once."`
	Chain   chainCommand   `cmd:"" help:"Look after the households’ chains."`
	Index   indexCommand   `cmd:"" help:"Look after the search index."`
	Deid    deidCommand    `cmd:"" help:"Show what de-identification does."`
	Doctor  doctor         `cmd:"" help:"Say what is configured, reachable, of which version, and unsafe."`
	Psql    psql           `cmd:"" help:"Open psql as one of the program’s logins."`

	WithServices withServices `cmd:"" hidden:"" name:"with-services" help:"Run a command with throw-away services."`
}

// program is what every command is given.
type program struct {
	ctx            context.Context
	getenv         func(string) string
	stdout, stderr io.Writer
}

// exit is an error that has already been told and only needs its code.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// run is the whole program, for main and for tests. It returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	var c commands
	left := -1
	parser, err := kong.New(&c, kong.Name("shanqiao"),
		kong.Description("Shanqiao joins a household’s needs with those who can help."),
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { left = code }),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(stderr, "shanqiao:", err)
		return 1
	}
	command, err := parser.Parse(args)
	if left >= 0 {
		return left
	}
	if err != nil {
		fmt.Fprintln(stderr, "shanqiao:", err)
		return 2
	}
	err = command.Run(&program{ctx: ctx, getenv: getenv, stdout: stdout, stderr: stderr})
	var code exit
	switch {
	case errors.As(err, &code):
		return int(code)
	case err != nil:
		fmt.Fprintln(stderr, "shanqiao:", err)
		return 1
	}
	return 0
}
