package meili

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/meilisearch/meilisearch-go"

	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
)

// Config says which engine, for which tier. Key is the engine's master key: it
// is used to make keys that may do less, and then no more. Name begins the names
// of the indexes, so that two products can share an engine. DB is the exchange
// half, where the versions of what was sent are kept. Cutoff is when the engine
// stops putting hits in order and says what it has; zero is DefaultCutoff.
type Config struct {
	URL  string
	Key  string
	Name string
	Tier deid.Tier
	DB   *pgxpool.Pool

	Cutoff time.Duration
}

// DefaultCutoff is less than what index.DefaultPatience allows a search.
const DefaultCutoff = 250 * time.Millisecond

// Index is one tier in Meilisearch.
type Index struct {
	tier    deid.Tier
	uid     string
	url     string
	version string
	db      *pgxpool.Pool
	http    *http.Client
	cutoff  time.Duration
	keys    map[string]string
	master  string // for making the same keys again in an engine that lost them, and for nothing else

	searcher, writer, builder meilisearch.ServiceManager

	turn       chan struct{} // one writer of this process at a time reaches for the lane
	generation atomic.Uint64
}

var _ index.Index = (*Index)(nil)

// Oldest is the first version without the known holes in security.
const Oldest = "1.43.1"

// What Open refuses with.
var (
	ErrOpen = fault.New(fault.Unavailable, "search.engine_unprotected") // anyone may use the engine
	ErrOld  = fault.New(fault.Unavailable, "search.engine_old")         // older than Oldest
	ErrKey  = fault.New(fault.Unavailable, "search.engine_key")         // the key does not make keys

	ErrSettings = fault.New(fault.Unavailable, "search.engine_settings") // its settings are not ours and stay so
)

// Open connects, refuses an engine that is unprotected or too old, makes the
// keys that are needed and brings the index with its settings into being.
func Open(ctx context.Context, c Config) (*Index, error) {
	x := &Index{
		tier: c.Tier, uid: cmp.Or(c.Name, "shanqiao") + "_cards_" + string(c.Tier),
		url: strings.TrimSuffix(c.URL, "/"), db: c.DB, cutoff: cmp.Or(c.Cutoff, DefaultCutoff), master: c.Key, turn: make(chan struct{}, 1),
		http: client(),
	}
	if err := x.protected(ctx); err != nil {
		return nil, err
	}
	master := x.with(c.Key)
	v, err := master.VersionWithContext(ctx)
	if err != nil {
		return nil, ErrKey.Because(trouble(ctx, err))
	}
	if x.version = v.PkgVersion; older(x.version, Oldest) {
		return nil, ErrOld
	}
	if x.keys, err = x.makeKeys(ctx, master); err != nil {
		return nil, err
	}
	x.searcher, x.writer, x.builder = x.with(x.keys["search"]), x.with(x.keys["write"]), x.with(x.keys["build"])
	return x, x.ready(ctx)
}

// Tier is whose cards these are.
func (x *Index) Tier() deid.Tier { return x.tier }

// Version is the engine's version.
func (x *Index) Version() string { return x.version }

// with asks with one key. The library's own retries are off: they hide the
// last answer, and the caller's deadline decides how long to try.
func (x *Index) with(key string) meilisearch.ServiceManager {
	return meilisearch.New(x.url, meilisearch.WithAPIKey(key),
		meilisearch.WithCustomClient(x.http), meilisearch.DisableRetries())
}

// client asks for answers as they are: the engine sends one that is packed in
// pieces, of which the last waits 40 ms for the first to be acknowledged. Every
// call has a deadline of its own; this one is for a call that forgot.
func client() *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
		DialContext:        (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		DisableCompression: true, MaxIdleConnsPerHost: 32, IdleConnTimeout: time.Minute,
	}}
}

// protected makes sure that the engine refuses whoever brings no key.
func (x *Index) protected(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, x.url+"/indexes", nil)
	if err != nil {
		return index.ErrUnavailable.Because(errors.New("not an address"))
	}
	resp, err := x.http.Do(req)
	if err != nil {
		return index.ErrUnavailable.Because(errors.New("search engine does not answer"))
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return nil
	case http.StatusOK:
		return ErrOpen
	}
	return index.ErrUnavailable.Because(fmt.Errorf("search engine answers %d", resp.StatusCode))
}

// A key's rights cannot be changed once it is made, so its identity follows from
// them: other rights, another key.
func (x *Index) makeKeys(ctx context.Context, master meilisearch.ServiceManager) (map[string]string, error) {
	keys := map[string]string{}
	own := []string{x.uid, x.uid + next}
	want := map[string]meilisearch.Key{
		"search": {Actions: []string{"search"}, Indexes: own[:1]},
		"write": {Indexes: own, Actions: []string{"documents.add", "documents.delete", "documents.get", "tasks.get",
			"indexes.create", "indexes.get", "indexes.delete", "settings.get", "settings.update", "stats.get"}},
		// A swap belongs to no index, and only a key for all of them sees how it went.
		"build": {Indexes: []string{"*"}, Actions: []string{"indexes.swap", "tasks.get"}},
	}
	for name, key := range want {
		key.Name = "shanqiao " + name + " " + x.uid
		key.UID = uuid.NewSHA1(uuid.NameSpaceURL, fmt.Append(nil, key.Name, key.Actions, key.Indexes)).String()
		made, err := master.GetKeyWithContext(ctx, key.UID)
		if err != nil {
			made, err = master.CreateKeyWithContext(ctx, &key)
		}
		if err != nil { // another process may have made it in between
			made, err = master.GetKeyWithContext(ctx, key.UID)
		}
		if err != nil {
			return nil, ErrKey.Because(trouble(ctx, err))
		}
		keys[name] = made.Key
	}
	return keys, nil
}

// present makes sure that the index and the keys are there. An engine whose data
// was wiped has neither; a key follows from the master key and its identity, so
// that the keys that are in use become good again when they are made again.
func (x *Index) present(ctx context.Context) error {
	_, err := x.writer.GetIndexWithContext(ctx, x.uid)
	switch status(err) {
	case http.StatusForbidden, http.StatusNotFound:
	default:
		return trouble(ctx, err)
	}
	if err := x.protected(ctx); err != nil {
		return err
	}
	keys, err := x.makeKeys(ctx, x.with(x.master))
	if err != nil {
		return err
	}
	if !maps.Equal(keys, x.keys) {
		return ErrKey // another master key: only a new start can take that up
	}
	return x.ready(ctx)
}

// ready creates the index if it is not there and mends settings that differ. An
// engine whose settings cannot be mended is not used: a filter that we did not
// ask for is a question that we did not allow.
func (x *Index) ready(ctx context.Context) error {
	if _, err := x.writer.GetIndexWithContext(ctx, x.uid); err != nil {
		if status(err) != http.StatusNotFound {
			return trouble(ctx, err)
		}
		if err := x.create(ctx, x.uid); err != nil {
			return err
		}
	}
	drifted, err := x.drift(ctx, x.uid)
	if err != nil || len(drifted) == 0 {
		return err
	}
	if err := x.configure(ctx, x.uid); err != nil {
		return err
	}
	if drifted, err = x.drift(ctx, x.uid); err == nil && len(drifted) > 0 {
		err = ErrSettings.Because(errors.New(strings.Join(drifted, ", ")))
	}
	return err
}

func (x *Index) create(ctx context.Context, uid string) error {
	task, err := x.writer.CreateIndexWithContext(ctx, &meilisearch.IndexConfig{Uid: uid, PrimaryKey: "id"})
	if err != nil {
		return trouble(ctx, err)
	}
	if err := x.done(ctx, task.TaskUID); err != nil && !strings.HasSuffix(err.Error(), "index_already_exists") {
		return err
	}
	return nil
}

// ask is for what the library cannot say or read.
func (x *Index) ask(ctx context.Context, method, path string, body, answer any) error {
	sent, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, x.url+path, bytes.NewReader(sent))
	if err != nil {
		return index.ErrUnavailable
	}
	req.Header.Set("Authorization", "Bearer "+x.keys["write"])
	req.Header.Set("Content-Type", "application/json")
	resp, err := x.http.Do(req)
	if err != nil {
		return trouble(ctx, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusMultipleChoices {
		return index.ErrUnavailable.Because(fmt.Errorf("search engine answers %d", resp.StatusCode))
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(answer); err != nil {
		return index.ErrUnavailable.Because(errors.New("search engine answers no JSON"))
	}
	return nil
}

func sorted[S ~[]E, E any](list S) S {
	out := slices.Clone(list)
	slices.SortFunc(out, func(a, b E) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return out
}

// older compares versions of three numbers; what is no number counts as old.
func older(version, than string) bool {
	var a, b [3]int
	if n, err := fmt.Sscanf(version, "%d.%d.%d", &a[0], &a[1], &a[2]); err != nil || n != 3 {
		return true
	}
	if n, err := fmt.Sscanf(than, "%d.%d.%d", &b[0], &b[1], &b[2]); err != nil || n != 3 {
		return true
	}
	return slices.Compare(a[:], b[:]) < 0
}

// Destroy removes the index and its versions, for a name that is no longer used.
// Its keys stay with the engine: only the master key can remove them.
func (x *Index) Destroy(ctx context.Context) error {
	for _, uid := range []string{x.uid, x.uid + next} {
		if err := x.delete(ctx, uid); err != nil {
			return err
		}
	}
	_, err := x.db.Exec(ctx, `delete from exchange.index_versions where index_name = @name`, pg.Args{"name": x.uid})
	return errors.Join(err, x.Close())
}
