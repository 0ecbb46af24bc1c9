package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"shanqiao/internal/migrate"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/needs/chain"
)

// unsigned is how long an entry may stand without a checkpoint: one is signed
// every hour, and the worker may be busy with another job first.
const unsigned = 2 * time.Hour

// examineChain looks at the file that tells a short chain from one that was cut.
// Without a database in the settings the file is judged by itself.
func examineChain(ctx context.Context, s settings, keys *secret.Keys, now time.Time) findings {
	var f findings
	if !f.file(s.Checkpoints) {
		return f
	}
	ledger, err := chain.NewLedger(s.Checkpoints, keys)
	if err != nil {
		f.add("checkpoints", missing, "%s", reason(err))
		return f
	}
	var db pg.DB
	if s.Database != "" {
		conn, err := connectAs(ctx, s.Database, migrate.Audit, keys)
		if err != nil {
			return f // the login was named already
		}
		defer conn.Close(context.WithoutCancel(ctx))
		db = conn
	}
	w, err := ledger.Standing(ctx, db)
	if err != nil {
		f.add("checkpoints", missing, "cannot be compared with the database: %s", reason(err))
		return f
	}
	f.signed(s.Checkpoints, w, now)
	return f
}

// file says whether the checkpoints can be read and the next one written. A file
// that is not there yet needs only its folder, and is not made by looking.
func (f *findings) file(path string) bool {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if folder, err := os.Stat(filepath.Dir(path)); err == nil && folder.IsDir() {
			return true
		}
		f.add("checkpoints", missing, "the folder of %s is not there", path)
		return false
	case err != nil:
		f.add("checkpoints", missing, "%s: %s", path, reason(err))
		return false
	}
	info, err := file.Stat()
	if err = errors.Join(err, file.Close()); err != nil || !info.Mode().IsRegular() {
		f.add("checkpoints", missing, "%s is not a file", path)
		return false
	}
	return true
}

// signed says what the file holds and how old its last line is.
func (f *findings) signed(path string, w chain.Witness, now time.Time) {
	for _, harm := range w.Harm[:min(3, len(w.Harm))] {
		f.add("checkpoints", unsafe, "%s: %s; run: shanqiao chain verify", path, harm)
	}
	late := !w.Since.IsZero() && now.Sub(w.Since) > unsigned
	switch {
	case len(w.Harm) > 0:
	case w.Lines == 0 && late:
		f.add("checkpoints", missing, "%s is empty, and the first entry was written %s; does a worker run?", path, ago(now, w.Since))
	case w.Lines == 0:
		f.add("checkpoints", note, "none yet in %s; a worker signs the first one within an hour of the first entry", path)
	case late:
		f.add("checkpoints", missing, "the last one was signed %s, and the first entry after it was written %s; does a worker run?", ago(now, w.Last), ago(now, w.Since))
	default:
		f.add("checkpoints", fine, "%d in %s, the last one signed %s", w.Lines, path, ago(now, w.Last))
	}
}

// ago says how long something is past, to the minute.
func ago(now, at time.Time) string {
	if d := now.Sub(at).Truncate(time.Minute); d >= 48*time.Hour {
		return at.UTC().Format("2006-01-02 15:04 UTC")
	} else if d > 0 {
		text := d.String()
		return text[:len(text)-len("0s")] + " ago"
	}
	return "less than a minute ago"
}
