package demo_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"shanqiao/cmd/shanqiao/demo"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/internal/redistest"
	"shanqiao/needs/card"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/needs/index/embedded"
	"shanqiao/portal"
	"shanqiao/portal/portaltest"
	"shanqiao/workers"
)

// marked finds any personal value of the invented city: identity numbers,
// telephones, a given name, the street, and what people said in their own words.
var marked = regexp.MustCompile(demo.IdentityMark + `\d{2}(19|20)\d{9}[\dX]` +
	`|\b` + demo.PhoneMark + `\d{7}\b|` + demo.NameMark + `|幸福里|腿脚不好|老伴瘫痪|积蓄已经用完|孩子作业没人管|医药费压得`)

func TestMarksAreSeen(t *testing.T) {
	t.Parallel()
	for _, leak := range []string{`{"id":"11990019480101001X"}`, "call 14200000008.", "王" + demo.NameMark + "芳", "幸福里3号楼", "我腿脚不好"} {
		require.Regexp(t, marked, leak)
	}
	require.NotRegexp(t, marked, "110107001-00042 142000 北京市石景山区")
}

// scan fails on the first personal value in what a place holds.
func scan(t *testing.T, place, held string) {
	t.Helper()
	if at := marked.FindStringIndex(held); at != nil {
		from, to := max(0, at[0]-80), min(len(held), at[1]+80)
		t.Fatalf("a personal value in %s: …%q…", place, held[from:to])
	}
}

// TestCanary fills a city with marked personal values, through real Redis, and
// then looks for them everywhere but behind the seals.
func TestCanary(t *testing.T) {
	t.Parallel()
	tiers := index.Tiers{Public: embedded.New(deid.Public), Verified: embedded.New(deid.Verified)}
	site := portaltest.New(t, func(s *portal.Server) { s.Index = tiers })
	bell := redistest.New(t)
	spy := redis.NewClient(&redis.Options{Addr: bell.Addr(), Password: bell.Password()})
	t.Cleanup(func() { require.NoError(t, spy.Close()) })
	// Every command that reaches Redis is kept, so that tasks long done can be read.
	require.NoError(t, spy.ConfigSet(t.Context(), "appendonly", "yes").Err())

	log := &portaltest.Log{}
	logger := slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w := &workers.Workers{Pools: site.Pools, Now: time.Now, Log: logger, Keys: site.Keys,
		Index: tiers, Redis: &redis.Options{Addr: bell.Addr(), Password: bell.Password()}, Private: true}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()

	var steps strings.Builder
	_, err := demo.Load(t.Context(), demo.City{Pools: site.Pools, Keys: site.Keys, At: time.Now(), Log: logger, Says: &steps,
		Drain: func(ctx context.Context) error { return settled(ctx, site) }}, demo.Options{Households: 240, Seed: 3})
	require.NoError(t, err)
	out, err := pg.Many[string](t.Context(), site.Admin, `select text from exchange.card_excerpts`, pg.Args{})
	require.NoError(t, err)
	rescanned(t, site)
	stop()
	require.NoError(t, <-done)

	t.Run("no table of any schema holds one unsealed", func(t *testing.T) {
		tables, err := pg.Many[string](t.Context(), site.Admin, `
			select format('%I.%I', schemaname, tablename)
			  from pg_tables
			 where schemaname in ('access', 'records', 'gate', 'exchange')`, pg.Args{})
		require.NoError(t, err)
		require.Greater(t, len(tables), 25)
		for _, table := range tables {
			rows, err := pg.Many[string](t.Context(), site.Admin, fmt.Sprintf(`select t::text from %s t`, table), pg.Args{})
			require.NoError(t, err)
			scan(t, table, strings.Join(rows, "\n"))
		}
	})

	t.Run("assessors' words that named families went out without the names", func(t *testing.T) {
		require.NotEmpty(t, out)
		for _, text := range out {
			require.Contains(t, text, "〔人名〕")
		}
	})

	t.Run("no key, value or task of Redis holds one", func(t *testing.T) {
		dir, err := spy.ConfigGet(t.Context(), "dir").Result()
		require.NoError(t, err)
		var commands atomic.Int64
		err = filepath.WalkDir(dir["dir"], func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			held, err := os.ReadFile(path)
			commands.Add(int64(strings.Count(string(held), "asynq:{")))
			scan(t, "the commands that Redis was sent", string(held))
			return err
		})
		require.NoError(t, err)
		require.Greater(t, commands.Load(), int64(1000), "the log of commands holds the tasks")
	})

	t.Run("no index document holds one", func(t *testing.T) {
		for _, tier := range []deid.Tier{deid.Verified, deid.Public} {
			documents := 0
			err := card.Open(t.Context(), site.Pools.Exchange, tier, func(cards []deid.Card) error {
				for _, c := range cards {
					doc, err := json.Marshal(index.Document(c))
					require.NoError(t, err)
					scan(t, "an index document", string(doc))
					documents++
				}
				return nil
			})
			require.NoError(t, err)
			require.Positive(t, documents, tier)
		}
	})

	t.Run("no page that anyone, a charity or a volunteer can reach shows one, nor does an error page", func(t *testing.T) {
		for who, login := range map[string]string{"/": "", "/c": "charity01", "/v": "charity02-v1"} {
			for _, language := range []string{"zh", "en"} {
				b := site.Anyone(t)
				b.Header.Set("Accept-Language", language)
				if login != "" {
					p := b.Get("/signin/password").Fill(url.Values{"login": {login}, "password": {demo.Password}})
					require.Equal(t, 200, p.Status, login)
				}
				require.Greater(t, crawl(t, b, who, 120), 10, "pages read from %s", who)
				for _, wrong := range []string{"/needs/" + strings.Repeat("a", 26), "/c/needs/x", "/s/households/" + strings.Repeat("b", 26), "/%ff", "/needs?area=%27"} {
					scan(t, wrong, b.Get(wrong).Body)
				}
			}
		}
	})

	t.Run("no log line holds one", func(t *testing.T) {
		require.NotEmpty(t, site.Log.String())
		scan(t, "the log of the portal", site.Log.String())
		scan(t, "the log of the workers", log.String())
		scan(t, "the account of the demo", steps.String())
	})
}

// rescanned puts a marked name into a text that is out, as if the detectors of
// that day had missed it, and has the workers, who hold the keys, read what is out.
// Nothing that they write down of it may say what they found.
func rescanned(t *testing.T, site *portaltest.Site) {
	t.Helper()
	var card string
	require.NoError(t, site.Admin.QueryRow(t.Context(), `
		update exchange.card_excerpts set text = $1
		 where card_id = (select min(card_id) from exchange.card_excerpts)
		returning card_id`, "王"+demo.NameMark+"芳说每周2次就好。").Scan(&card))
	require.NoError(t, pg.InTx(t.Context(), site.Pools.Records, func(tx pg.DB) error {
		return outbox.Append(t.Context(), tx, outbox.Records,
			outbox.Fact{Kind: "rescan-excerpts", Key: "canary"}, outbox.Fact{Kind: "forget-notes", Key: "canary-2"})
	}))
	require.NoError(t, settled(t.Context(), site))
	down, err := pg.One[string](t.Context(), site.Admin, nil, `
		select n.state from records.notes n join records.listings l on l.need_id = n.need_id where l.card_id = @card`, pg.Args{"card": card})
	require.NoError(t, err)
	require.Equal(t, "taken_down", down, "the text that names somebody is gone")
}

// settled waits until neither outbox holds work that could run.
func settled(ctx context.Context, site *portaltest.Site) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		left, err := pg.One[int](ctx, site.Admin, nil, `
			select ((select count(*) from records.outbox where state in (0, 1) and not_before <= now())
			      + (select count(*) from exchange.outbox where state in (0, 1) and not_before <= now()))::int`, pg.Args{})
		if err != nil || left == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// crawl reads pages from a start, following links, scans each, and counts them.
func crawl(t *testing.T, b *portaltest.Browser, start string, most int) (pages int) {
	t.Helper()
	queue, seen := []string{start}, map[string]bool{start: true}
	for ; len(queue) > 0 && pages < most; pages++ {
		path := queue[0]
		queue = queue[1:]
		p := b.Get(path)
		require.Less(t, p.Status, 500, path)
		scan(t, path, p.Body)
		for _, link := range p.Links("a[href]") {
			link, _, _ = strings.Cut(link, "#")
			if strings.HasPrefix(link, "/") && !seen[link] {
				seen[link] = true
				queue = append(queue, link)
			}
		}
	}
	return pages
}
