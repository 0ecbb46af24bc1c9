package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
)

// examineRedis asks for what jobs need: a version that has the commands, and a
// promise never to throw a job away.
func examineRedis(ctx context.Context, address string) findings {
	var f findings
	opt, err := asynq.ParseRedisURI(address)
	if err != nil {
		f.add("redis", missing, "REDIS_URL is not an address")
		return f
	}
	client, ok := opt.MakeRedisClient().(redis.UniversalClient)
	if !ok {
		f.add("redis", missing, "REDIS_URL is of a kind that cannot be asked")
		return f
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	text, err := client.Info(ctx).Result()
	if err != nil {
		f.add("redis", missing, "cannot be reached: %s", reason(err))
		return f
	}
	info := parseInfo(text)
	f.add("redis", fine, "reachable, version %s", info["redis_version"])
	f.jobs(info)
	f.door(opt)
	return f
}

// jobs looks at what could lose a job or fail to take one.
func (f *findings) jobs(info map[string]string) {
	if older(info["redis_version"], 6, 2) {
		f.add("redis", unsafe, "version %s is too old: 6.2 or later", info["redis_version"])
	}
	if policy := info["maxmemory_policy"]; policy != "noeviction" {
		f.add("redis", unsafe, "maxmemory-policy is %q: jobs would be thrown away; set noeviction", policy)
	}
	if info["role"] == "slave" {
		f.add("redis", missing, "this is a replica: jobs cannot be written to it")
	}
	if info["aof_enabled"] == "0" {
		f.add("redis", note, "appendonly is off: after a restart the sweeper must issue all waiting jobs again")
	}
}

// door looks at who else could come in.
func (f *findings) door(opt asynq.RedisConnOpt) {
	var hosts []string
	var word string
	var secure *tls.Config
	switch o := opt.(type) {
	case asynq.RedisClientOpt:
		if o.Network != "unix" {
			hosts = []string{o.Addr}
		}
		word, secure = o.Password, o.TLSConfig
	case asynq.RedisFailoverClientOpt:
		hosts, word, secure = o.SentinelAddrs, o.Password, o.TLSConfig
	}
	for _, at := range hosts {
		u := url.URL{Host: at}
		if near(u.Hostname()) {
			continue
		}
		if secure == nil {
			f.add("redis", unsafe, "the connection to %s is not encrypted; use rediss://", u.Hostname())
		}
		if word == "" {
			f.add("redis", unsafe, "no password for %s", u.Hostname())
		}
	}
}

func parseInfo(text string) map[string]string {
	info := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			info[name] = value
		}
	}
	return info
}

// older says whether version is before major.minor. What cannot be read is old.
func older(version string, major, minor int) bool {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return true
	}
	a, errA := strconv.Atoi(parts[0])
	b, errB := strconv.Atoi(parts[1])
	return errA != nil || errB != nil || a < major || (a == major && b < minor)
}

// examineMeili asks as anybody could: an index that shows its keys without one
// lets everybody read and write it.
func examineMeili(ctx context.Context, address, key string) findings {
	var f findings
	client := &http.Client{Timeout: 5 * time.Second}
	status, body, err := ask(ctx, client, address+"/version", key)
	switch {
	case err != nil:
		f.add("index", missing, "Meilisearch cannot be reached")
		return f
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		f.add("index", note, "Meilisearch is reachable; MEILI_KEY may not ask for its version")
	case status != http.StatusOK:
		f.add("index", missing, "Meilisearch answers with status %d", status)
		return f
	default:
		var v struct{ PkgVersion string }
		if err := json.Unmarshal(body, &v); err != nil || v.PkgVersion == "" {
			f.add("index", missing, "what answers at MEILI_URL is not Meilisearch")
			return f
		}
		f.add("index", fine, "Meilisearch is reachable, version %s", v.PkgVersion)
	}
	if status, _, err = ask(ctx, client, address+"/keys", ""); err == nil && status == http.StatusOK {
		f.add("index", unsafe, "Meilisearch has no master key: everybody may read and write it")
	}
	if u, err := url.Parse(address); err == nil && u.Scheme == "http" && !near(u.Hostname()) {
		f.add("index", unsafe, "the connection to %s is not encrypted; use https://", u.Hostname())
	}
	return f
}

func ask(ctx context.Context, client *http.Client, address, key string) (int, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, nil, fmt.Errorf("MEILI_URL: %w", errors.New("not an address"))
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	w, err := client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer w.Body.Close()
	body, err := io.ReadAll(io.LimitReader(w.Body, 1<<16))
	return w.StatusCode, body, err
}
