package main

import (
	"errors"
	"fmt"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/portal/account"
)

// accountCommand makes the accounts that nobody could make on a page.
type accountCommand struct {
	Create accountCreate `cmd:"" help:"Make an account; its password is told once."`
}

// accountCreate is how the first administrator comes in: on the pages no
// administrator can make another.
type accountCreate struct {
	Login string `arg:"" help:"Name to sign in with."`
	Role  string `default:"administrator" enum:"administrator,auditor,city" help:"administrator, auditor or city."`
	Name  string `help:"Whom the account is for, as pages show it."`
}

// Run makes the account in the configured database, or in the one up is running.
func (c *accountCreate) Run(p *program) error {
	return p.inHouse(func(h *house) error {
		password := account.NewPassword()
		_, err := account.Create(p.ctx, h.pools.Access, account.New{
			Role: actor.Role(c.Role), Login: c.Login, Name: c.Name, Password: password, Temporary: true})
		if f := fault.As(err); f != nil && f.Fields["login"] != "" {
			return errors.New("the login is taken, or is not 3 to 64 letters, digits and . _ @ -")
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "%s may sign in as %s with the password %s; the first page asks for another.\n",
			account.Login(c.Login), c.Role, password)
		return err
	})
}
