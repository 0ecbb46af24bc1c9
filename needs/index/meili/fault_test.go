package meili_test

import (
	"context"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/pgtest"
	"shanqiao/needs/card"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/needs/index/embedded"
	"shanqiao/needs/index/indextest"
	"shanqiao/needs/index/meili"
)

// breakable is an engine to which anything may happen.
type breakable interface {
	address() string
	kill(*testing.T)
	start(*testing.T)
	wipe(*testing.T)
	stop(*testing.T)
	resume(*testing.T)
}

// city is cards in Postgres, an engine that has them, the embedded index that
// follows, and a reader who never stops searching.
type city struct {
	*testing.T
	db      *pgtest.DB
	engine  breakable
	first   *meili.Index
	follows *card.Follower
	both    index.Index
	cards   []deid.Card

	searches atomic.Int64
	degraded atomic.Int64
	gone     sync.Map // ids that must not be found any more
	stop     context.CancelFunc
	over     chan struct{}
}

// TestFaults kills, wipes, holds and restarts the engine. MEILI_BIN names the
// program of a real one; without it the same happens to a stand-in.
func TestFaults(t *testing.T) {
	t.Parallel()
	binary := os.Getenv("MEILI_BIN")
	if binary == "" {
		t.Log("ENGINES: ONLY A STAND-IN WAS KILLED, WIPED AND HELD. Set MEILI_BIN to a Meilisearch program to do it to a real one")
	}
	for name, run := range map[string]func(*city){
		"an engine that is killed is answered for, and what was taken down meanwhile stays down": killed,
		"L6 an engine that lost its data is built anew with its keys":                            wiped,
		"an engine that is held costs a moment, and is asked again later":                        held,
		"L4 an engine restarted in the middle of a rebuild is rebuilt":                           restarted,
		"L5 what was acknowledged survives a kill in the middle of writing":                      written,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var e breakable
			key := "master"
			if binary != "" {
				e, key = newProcess(t, binary), masterKey
			} else {
				e = newStore(t)
			}
			run(settle(t, e, key))
		})
	}
}

func settle(t *testing.T, e breakable, key string) *city {
	p := pgtest.New(t)
	c := &city{T: t, db: p, engine: e, over: make(chan struct{})}
	c.cards = indextest.Cards(300, 1, deid.Verified)
	for _, k := range c.cards {
		_, err := p.Pools.Gate.Exec(t.Context(), `
			insert into exchange.cards (id, tier, area, age, size, category, need_group, code, quantity, urgency,
			                            window_from, window_to, sentence_zh, sentence_en, tick, state, version)
			values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17)`,
			string(k.ID), string(k.Tier), k.Area, k.Age, k.Size, k.Category, string(k.Group), string(k.Code), k.Quantity,
			string(k.Urgency), k.WindowFrom, k.WindowTo, k.SentenceZh, k.SentenceEn, k.Tick, k.State, k.Version)
		require.NoError(t, err)
	}
	var err error
	c.first, err = meili.Open(t.Context(), meili.Config{URL: e.address(), Key: key, Tier: deid.Verified, DB: p.Pools.Exchange})
	require.NoError(t, err)
	memory := embedded.New(deid.Verified)
	c.follows = &card.Follower{DB: p.Pools.Exchange, Tiers: index.Tiers{Public: embedded.New(deid.Public), Verified: memory}}
	require.NoError(t, c.follows.Load(t.Context()))
	c.both = index.WithFallback(c.first, memory, index.Patience{Budget: time.Second, Failures: 2, Rest: 100 * time.Millisecond})
	c.reconcile()
	ctx, stop := context.WithCancel(t.Context())
	c.stop = stop
	go c.read(ctx)
	t.Cleanup(func() { stop(); <-c.over })
	return c
}

// read searches without end. Every answer has all the cards there may be, and
// none that was taken down before the search began.
func (c *city) read(ctx context.Context) {
	defer close(c.over)
	for ctx.Err() == nil {
		var gone []string
		c.gone.Range(func(id, _ any) bool { gone = append(gone, id.(string)); return true })
		page, err := c.both.Search(ctx, index.VerifiedReader(), index.Query{Limit: 100, Sort: index.Latest})
		if ctx.Err() != nil {
			return
		}
		if err != nil || page.Total < len(c.cards)-1 || page.Total > len(c.cards) {
			c.Errorf("a search found %d cards: %v", page.Total, err)
			return
		}
		for _, h := range page.Hits {
			for _, id := range gone {
				if h.ID == id {
					c.Errorf("a card that was taken down came back")
				}
			}
		}
		c.searches.Add(1)
		if page.Degraded {
			c.degraded.Add(1)
		}
	}
}

// withdraw takes down the card that a reader would see first.
func (c *city) withdraw() {
	page, err := c.both.Search(c.Context(), index.VerifiedReader(), index.Query{Limit: 1, Sort: index.Latest})
	require.NoError(c, err)
	id := page.Hits[0].ID
	_, err = c.db.Admin.Exec(c.Context(), `update exchange.cards set state = 'withdrawn', version = version + 1, changed_at = now() where id = $1`, id)
	require.NoError(c, err)
	require.NoError(c, c.follows.Look(c.Context()))
	c.gone.Store(id, true)
}

// further waits until the reader has searched n times more.
func (c *city) further(n int64) {
	from := c.searches.Load()
	require.Eventually(c, func() bool { return c.searches.Load() >= from+n }, time.Minute, 5*time.Millisecond, "searches keep answering")
}

// reconcile mends the engine, and then there is nothing left to mend.
func (c *city) reconcile() card.Drift {
	var d card.Drift
	require.Eventually(c, func() bool {
		var err error
		d, err = card.Reconcile(c.Context(), c.db.Pools.Exchange, c.first)
		return err == nil
	}, time.Minute, 100*time.Millisecond, "the engine can be mended")
	again, err := card.Reconcile(c.Context(), c.db.Pools.Exchange, c.first)
	require.NoError(c, err)
	require.False(c, again.Any(), "%+v", again)
	require.Zero(c, again.Buckets)
	return d
}

// itself waits until the engine is asked again and answers.
func (c *city) itself() {
	require.Eventually(c, func() bool {
		page, err := c.both.Search(c.Context(), index.VerifiedReader(), index.Query{Limit: 5})
		return err == nil && !page.Degraded
	}, time.Minute, 20*time.Millisecond, "the engine answers again")
	c.further(3)
}

func killed(c *city) {
	c.itself()
	c.engine.kill(c.T)
	c.further(5)
	require.NotZero(c, c.degraded.Load(), "marked as answered by the other")
	c.withdraw()
	c.further(5)
	c.engine.start(c.T)
	c.further(50)
	d := c.reconcile()
	require.Equal(c, 1, d.Orphans)
	c.itself()
}

func wiped(c *city) {
	c.itself()
	c.engine.kill(c.T)
	c.engine.wipe(c.T)
	c.withdraw()
	c.engine.start(c.T)
	c.further(10)
	d := c.reconcile()
	require.True(c, d.Wiped)
	require.Equal(c, len(c.cards)-1, d.Missing)
	c.itself()
}

func held(c *city) {
	c.itself()
	c.engine.stop(c.T)
	before := time.Now()
	page, err := c.both.Search(c.Context(), index.VerifiedReader(), index.Query{Limit: 5})
	require.NoError(c, err)
	require.True(c, page.Degraded)
	require.Less(c, time.Since(before), 20*time.Second, "a budget, however busy the machine")
	c.withdraw()
	c.further(5)
	c.engine.resume(c.T)
	c.reconcile()
	c.itself()
}

func restarted(c *city) {
	next, err := c.first.BeginRebuild(c.Context())
	require.NoError(c, err)
	var docs []index.Doc
	for _, k := range c.cards {
		docs = append(docs, index.Document(k))
	}
	require.NoError(c, next.Add(c.Context(), docs[:150]))
	c.engine.kill(c.T)
	require.Error(c, next.Add(c.Context(), docs[150:]))
	_, err = next.Commit(c.Context(), nil)
	require.Error(c, err)
	require.Error(c, next.Abort(c.Context()), "it says that something is left behind")
	c.withdraw()
	c.further(5)
	c.engine.start(c.T)
	require.Eventually(c, func() bool {
		_, err := card.Rebuild(c.Context(), c.db.Pools.Exchange, c.first)
		return err == nil
	}, time.Minute, 100*time.Millisecond, "what was left behind is no obstacle")
	require.False(c, c.reconcile().Any())
	c.itself()
}

func written(c *city) {
	stop := make(chan struct{})
	var kept []index.Change
	done := make(chan struct{})
	go func() {
		defer close(done)
		for version := int64(2); ; version++ {
			k := c.cards[int(version)%len(c.cards)]
			k.Version = version
			change := index.ChangeOf(k)
			_, err := c.db.Admin.Exec(c.Context(), `update exchange.cards set version = $2, changed_at = now() where id = $1`, string(k.ID), version)
			if err != nil {
				return
			}
			r, err := c.first.Apply(c.Context(), []index.Change{change})
			if err == nil {
				err = c.first.WaitVisible(c.Context(), r)
			}
			if err != nil {
				return // the engine is gone; what was not acknowledged is not counted
			}
			kept = append(kept, change)
			if len(kept) == 5 {
				close(stop)
			}
		}
	}()
	select {
	case <-stop:
	case <-done:
		c.Fatal("the engine did not take five writes")
	}
	c.engine.kill(c.T)
	<-done
	c.engine.start(c.T)
	held := map[string]index.DocVersion{}
	require.Eventually(c, func() bool {
		lines, err := c.first.Manifest(c.Context(), "", "", 1000)
		for _, l := range lines {
			held[l.ID] = l
		}
		return err == nil && len(lines) == len(c.cards)
	}, time.Minute, 50*time.Millisecond)
	newest := map[string]index.DocVersion{}
	for _, change := range kept {
		newest[change.ID] = index.LineOf(*change.Doc)
	}
	for id, line := range newest {
		require.GreaterOrEqual(c, held[id].Version, line.Version)
	}
	c.reconcile()
	c.itself()
}
