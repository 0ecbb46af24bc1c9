package pg_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
)

const settings = `
	select coalesce(current_setting('app.from', true), '') || '|' || coalesce(current_setting('app.household', true), '')`

func TestAs(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	read := func(tx pg.DB) string {
		s, err := pg.One[string](t.Context(), tx, nil, settings, pg.Args{})
		require.NoError(t, err)
		return s
	}
	officer := actor.Officer{Level: actor.SubdistrictRole, Region: "110107001"}.Reach()

	err := pg.As(t.Context(), p.Pools.Records, officer, func(tx pg.DB) error {
		require.Equal(t, "110107001|", read(tx))
		err := pg.As(t.Context(), tx, actor.Citizen{Household: "h"}.Reach(), func(tx pg.DB) error {
			require.Equal(t, "|h", read(tx), "inside, only the narrower reach")
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, "110107001|", read(tx), "afterwards, what was before")

		err = pg.As(t.Context(), tx, actor.Whole, func(pg.DB) error { return errors.New("half-way") })
		require.Error(t, err)
		require.Equal(t, "110107001|", read(tx), "also after a failure")
		return nil
	})
	require.NoError(t, err)
	for range 8 { // every connection of the pool in turn
		require.Equal(t, "|", read(p.Pools.Records), "nothing stays behind on a connection")
	}
}

func TestOneLookUnderAReach(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	here := actor.Citizen{Household: "h"}.Reach()
	one, err := pg.OneAs[string](t.Context(), p.Pools.Records, here, nil, settings, pg.Args{})
	require.NoError(t, err)
	require.Equal(t, "|h", one)
	many, err := pg.ManyAs[string](t.Context(), p.Pools.Records, here, settings, pg.Args{})
	require.NoError(t, err)
	require.Equal(t, []string{"|h"}, many)

	none := fault.New(fault.NotFound, "nothing")
	_, err = pg.OneAs[int](t.Context(), p.Pools.Records, here, none, `select 1 where false`, pg.Args{})
	require.ErrorIs(t, err, none)
	_, err = pg.ManyAs[int](t.Context(), p.Pools.Records, here, `select 1 where`, pg.Args{})
	require.Error(t, err)
	for range 8 { // every connection of the pool in turn
		left, err := pg.One[string](t.Context(), p.Pools.Records, nil, settings, pg.Args{})
		require.NoError(t, err)
		require.Equal(t, "|", left, "nothing stays behind on a connection")
	}
}

func TestReach(t *testing.T) {
	t.Parallel()
	require.Equal(t, actor.Reach{From: "110107000", To: "110107999"}, actor.Officer{Level: actor.DistrictRole, Region: "110107"}.Reach())
	require.Equal(t, actor.Reach{From: "110107001", To: "110107001"}, actor.Officer{Level: actor.SubdistrictRole, Region: "110107001"}.Reach())
	require.Equal(t, actor.Whole, actor.Officer{Level: actor.CityRole, Region: "110000"}.Reach())
	require.Equal(t, actor.Reach{}, actor.Officer{Level: actor.DistrictRole}.Reach(), "an officer without a region sees nothing")
}

func TestInTx(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)

	t.Run("an error leaves nothing behind", func(t *testing.T) {
		t.Parallel()
		err := pg.InTx(t.Context(), p.Admin, func(tx pg.DB) error {
			_, err := tx.Exec(t.Context(), `create table public.half_written (a int)`)
			require.NoError(t, err)
			return errors.New("stop")
		})
		require.EqualError(t, err, "stop")
		there, err := pg.One[bool](t.Context(), p.Admin, nil, `select to_regclass('public.half_written') is not null`, pg.Args{})
		require.NoError(t, err)
		require.False(t, there)
	})

	t.Run("a panic gives the connection back", func(t *testing.T) {
		t.Parallel()
		for range 20 { // more often than the pool has connections
			require.Panics(t, func() {
				if err := pg.InTx(t.Context(), p.Pools.Gate, func(pg.DB) error { panic("half-way") }); err != nil {
					t.Error(err)
				}
			})
		}
		require.Zero(t, p.Pools.Gate.Stat().AcquiredConns())
	})

	t.Run("two that lock crosswise both get through", func(t *testing.T) {
		t.Parallel()
		_, err := p.Admin.Exec(t.Context(), `create table public.crossed (id int primary key, n int not null default 0);
			insert into public.crossed (id) values (1), (2)`)
		require.NoError(t, err)
		first := make(chan struct{}, 2)
		both := make(chan struct{})
		done := make(chan error, 2)
		for _, order := range [][2]int{{1, 2}, {2, 1}} {
			go func() {
				waited := false
				done <- pg.InTx(t.Context(), p.Admin, func(tx pg.DB) error {
					for i, id := range order {
						if _, err := tx.Exec(t.Context(), `update public.crossed set n = n + 1 where id = @id`, pg.Args{"id": id}); err != nil {
							return err
						}
						if i == 0 && !waited {
							waited = true
							first <- struct{}{}
							<-both
						}
					}
					return nil
				})
			}()
		}
		<-first
		<-first
		close(both)
		require.NoError(t, <-done)
		require.NoError(t, <-done)
		n, err := pg.One[int](t.Context(), p.Admin, nil, `select sum(n)::int from public.crossed`, pg.Args{})
		require.NoError(t, err)
		require.Equal(t, 4, n)
	})
}

func TestOne(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	none := fault.New(fault.NotFound, "nothing")
	_, err := pg.One[int](t.Context(), p.Admin, none, `select 1 where false`, pg.Args{})
	require.ErrorIs(t, err, none)
	_, err = pg.One[int](t.Context(), p.Admin, none, `select generate_series(1, 2)`, pg.Args{})
	require.Error(t, err, "two rows are not one")
	require.Equal(t, fault.Internal, fault.Of(err))
	row, err := pg.One[struct {
		A int
		B string
	}](t.Context(), p.Admin, none, `select 'x' as b, 3 as a`, pg.Args{})
	require.NoError(t, err)
	require.Equal(t, 3, row.A)
}

func TestConstraintsExplain(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	_, err := p.Admin.Exec(t.Context(), `insert into exchange.outbox (msg_id, dedupe_key, kind, queue, ref, state)
		values (gen_random_uuid(), 'k', 'a.b', 'default', 'r', 9)`)
	require.Error(t, err)
	taken := fault.New(fault.Conflict, "taken")
	require.ErrorIs(t, pg.Constraints{"outbox_state_check": taken}.Explain(err), taken)
	require.NotErrorIs(t, pg.Constraints{"another": taken}.Explain(err), taken)
}
