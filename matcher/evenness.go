package matcher

import (
	"context"
	"strings"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
)

// Evenness is the city's word on whether a round serves the districts evenly:
// since when, and on what paper it rests. Of those that have begun the newest holds.
type Evenness struct {
	Even   bool      `json:"even"`
	Source string    `json:"source"`
	Since  time.Time `json:"since"` // civil date, UTC midnight
}

// Shipped is the source of what holds where the city has said nothing.
const Shipped = "随系统提供"

var (
	errNoEvenness = fault.New(fault.Internal, "match.evenness_missing")
	errNoRound    = fault.New(fault.NotFound, "match.no_round")
)

// Evennesses lists all that was ever set, the newest first. Any officer may read it.
func Evennesses(ctx context.Context, db pg.DB, _ actor.Officer) ([]Evenness, error) {
	return pg.Many[Evenness](ctx, db, `
		select even, source, since
		  from exchange.evenness
		 order by since desc, id desc`, pg.Args{})
}

// SetEvenness writes down what holds from a day on. It concerns every district,
// so it is the city's to say. What was said before stays to be read.
func SetEvenness(ctx context.Context, db pg.DB, by actor.Officer, e Evenness) error {
	if by.Level != actor.CityRole {
		return errNoRound
	}
	if e.Source = strings.TrimSpace(e.Source); e.Source == "" {
		return fault.InvalidFields(map[string]string{"source": "match.evenness_source"})
	}
	// The same form sent twice says nothing new.
	_, err := db.Exec(ctx, `
		insert into exchange.evenness (even, source, since, set_by)
		select @even, @source, @since, @by
		 where not exists (
		       select from (select even, source, since, set_by from exchange.evenness order by id desc limit 1) last
		        where last.even = @even and last.source = @source and last.since = @since and last.set_by = @by)`,
		pg.Args{"even": e.Even, "source": e.Source, "since": e.Since, "by": by.Account})
	return err
}

// evenness is what holds at a moment.
func evenness(ctx context.Context, db pg.DB, at time.Time) (Evenness, error) {
	return pg.One[Evenness](ctx, db, errNoEvenness, `
		select even, source, since
		  from exchange.evenness
		 where since <= (@at::timestamptz at time zone 'Asia/Shanghai')::date
		 order by since desc, id desc
		 limit 1`, pg.Args{"at": at})
}
