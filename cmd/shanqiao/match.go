package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"shanqiao/charities"
	"shanqiao/matcher"
	"shanqiao/matcher/assign"
	"shanqiao/matcher/score"
)

type matchCity struct {
	Language string `enum:"zh,en" default:"zh" help:"Language of the account: zh or en."`
	Dry      bool   `help:"Say what other weights would change, and store nothing."`
	Weights  string `type:"existingfile" help:"JSON of the weights to try, in thousandths of a point; what it leaves out stays as it is. Needs --dry."`
	Days     int    `default:"90" help:"With --dry: look back at what was answered in so many days."`
}

// Run prints the account of the round; proposals stand in the database. It ends
// with code 1 when some district stayed as it was. A dry run prints what other
// weights would change.
func (c *matchCity) Run(p *program) error {
	if c.Dry || c.Weights != "" {
		return c.try(p)
	}
	return p.inHouse(func(h *house) error {
		r, err := matcher.Round(p.ctx, h.pools.Exchange, time.Now(), h.solver())
		if err != nil {
			return err
		}
		fmt.Fprint(p.stdout, r.Text(c.Language))
		if len(r.Failed) > 0 {
			return exit(1)
		}
		return nil
	})
}

var errDry = errors.New("--dry and --weights go together: weights are tried, and set only by a row with its day")

func (c *matchCity) try(p *program) error {
	if !c.Dry || c.Weights == "" {
		return errDry
	}
	return p.inHouse(func(h *house) error {
		at := time.Now()
		now, err := matcher.WeightsOn(p.ctx, h.pools.Exchange, at)
		if err != nil {
			return err
		}
		then, err := readWeights(c.Weights, now)
		if err != nil {
			return err
		}
		t, err := matcher.Try(p.ctx, h.pools.Exchange, at, at.AddDate(0, 0, -c.Days), then, assign.Optimal{})
		if err != nil {
			return err
		}
		printTrial(p.stdout, t)
		return nil
	})
}

// readWeights takes weights from a file over those that hold. A name that no part
// has is a mistake and not ignored.
func readWeights(file string, now score.Weights) (score.Weights, error) {
	f, err := os.Open(file)
	if err != nil {
		return now, err
	}
	defer f.Close()
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	if err := d.Decode(&now); err != nil {
		return now, fmt.Errorf("weights: %w", err)
	}
	return now, nil
}

func printTrial(to io.Writer, t matcher.Trial) {
	fmt.Fprintf(to, "dry run: %d needs with %d units wanted, %d offers; nothing was stored\n", t.Cards, t.Wanted, t.Offers)
	fmt.Fprintf(to, "  %-28s %9s %9s\n", "", "now", "then")
	fmt.Fprintf(to, "  %-28s %9d %9d\n", "units served", t.Now.Served, t.Then.Served)
	for _, k := range charities.Kinds {
		fmt.Fprintf(to, "  %-28s %9d %9d\n", "  by "+string(k), t.Now.ByKind[k], t.Then.ByKind[k])
	}
	fmt.Fprintf(to, "  needs with another first candidate: %d; units that others would give: %d\n", t.Firsts, t.Moved)
	fmt.Fprintf(to, "looking back: %d taken and %d turned down, of %d rounds\n", t.Taken, t.Declined, t.Rounds)
	fmt.Fprintf(to, "  %-28s %8.1f%% %8.1f%%\n", "taken put above turned down", t.Now.Order, t.Then.Order)
}
