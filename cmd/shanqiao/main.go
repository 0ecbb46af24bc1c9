// Command shanqiao is the whole product in one program: the portal, the
// workers, the schema, the demo city, and what an operator needs to look after
// them. It decides nothing itself; it reads the settings, joins the parts and
// runs them.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
