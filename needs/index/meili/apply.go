package meili

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/meilisearch/meilisearch-go"

	"shanqiao/internal/pg"
	"shanqiao/needs/index"
)

// Apply notes the new versions in Postgres and sends them. What was noted and
// not confirmed is sent again when it comes again, so a crash in between costs a
// repetition and loses nothing. It waits for what was sent before: the engine
// does one task at a time for all its indexes, and a writer who piles them up
// keeps a rebuild and the other tier waiting.
func (x *Index) Apply(ctx context.Context, changes []index.Change) (index.Receipt, error) {
	r := index.Receipt{Items: make([]index.ItemResult, len(changes))}
	newest := highest(changes, r.Items)
	if len(newest) == 0 {
		return r, nil
	}
	err := x.lane(ctx, func(conn *pgxpool.Conn) error {
		// What was lost is for its own writer to hear, and for its version to be sent again.
		if err := x.confirm(ctx, conn, math.MaxInt64); err != nil && !errors.As(err, new(taskError)) {
			return err
		}
		send, err := x.note(ctx, conn, newest)
		if err != nil {
			return err
		}
		var docs []stored
		var gone []string
		for _, c := range newest {
			switch {
			case !send[c.ID]:
			case c.Delete:
				gone = append(gone, c.ID)
			default:
				docs = append(docs, store(*c.Doc))
			}
		}
		for i, c := range changes {
			if r.Items[i] == index.Applied && !send[c.ID] {
				r.Items[i] = index.Stale
			}
		}
		r.Seq, err = x.send(ctx, conn, docs, gone)
		return err
	})
	return r, err
}

// highest keeps the highest version of each id, and marks what is not valid and
// what comes after something as new. Whatever is marked is not sent.
func highest(changes []index.Change, results []index.ItemResult) []index.Change {
	at := map[string]int{}
	var out []index.Change
	for i, c := range changes {
		n, again := at[c.ID]
		switch {
		case !c.Valid():
			results[i] = index.Rejected
		case !again:
			at[c.ID] = len(out)
			out = append(out, c)
		case c.Version > out[n].Version:
			out[n] = c
		default:
			results[i] = index.Stale
		}
	}
	return out
}

// lane lets one writer at a time reach the engine, in all processes together: it
// works off writes in the order in which it took them, and knows no versions.
// The lock is of the connection, not of a transaction, since what happens under
// it is not only Postgres.
func (x *Index) lane(ctx context.Context, do func(*pgxpool.Conn) error) error {
	select {
	case x.turn <- struct{}{}:
		defer func() { <-x.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	conn, err := x.connection(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `select pg_advisory_lock(hashtextextended(@name, 0))`, pg.Args{"name": x.uid}); err != nil {
		return index.ErrOverloaded.Because(err)
	}
	defer func() {
		// A lock that cannot be given back goes with its connection.
		if _, err := conn.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock(hashtextextended(@name, 0))`,
			pg.Args{"name": x.uid}); err != nil {
			conn.Conn().Close(context.WithoutCancel(ctx))
		}
	}()
	return do(conn)
}

// connection is one of our own for what outlives a statement. A caller who left
// is told nothing else.
func (x *Index) connection(ctx context.Context) (*pgxpool.Conn, error) {
	conn, err := x.db.Acquire(ctx)
	switch {
	case err == nil:
		return conn, nil
	case errors.Is(ctx.Err(), context.Canceled):
		return nil, ctx.Err()
	}
	return nil, index.ErrUnavailable.Because(errors.New("database does not answer"))
}

// note writes the versions down and says which of them have to be sent: those
// that are newer than what is known, or the same and never confirmed.
func (x *Index) note(ctx context.Context, conn *pgxpool.Conn, newest []index.Change) (map[string]bool, error) {
	if err := x.doubt(ctx, conn, newest); err != nil {
		return nil, err
	}
	ids, versions, deleted := columns(newest)
	rows, err := conn.Query(ctx, `
		insert into exchange.index_versions as v (index_name, id, version, deleted)
		select @name, * from unnest(@ids::text[], @versions::bigint[], @deleted::bool[])
		on conflict (index_name, id) do update
		   set version = excluded.version, deleted = excluded.deleted,
		       task = null, confirmed = false, at = now()
		 where v.version < excluded.version
		    or (v.version = excluded.version and v.deleted = excluded.deleted and not v.confirmed)
		returning v.id`,
		pg.Args{"name": x.uid, "ids": ids, "versions": versions, "deleted": deleted})
	if err != nil {
		return nil, fmt.Errorf("note versions for the search engine: %w", err)
	}
	noted, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("note versions for the search engine: %w", err)
	}
	send := map[string]bool{}
	for _, id := range noted {
		send[id] = true
	}
	return send, nil
}

// doubt takes back that the engine has what a repair says it has not, so that the
// same version is sent once more.
func (x *Index) doubt(ctx context.Context, conn *pgxpool.Conn, newest []index.Change) error {
	var repairs []index.Change
	for _, c := range newest {
		if c.Repair {
			repairs = append(repairs, c)
		}
	}
	if len(repairs) == 0 {
		return nil
	}
	ids, versions, deleted := columns(repairs)
	_, err := conn.Exec(ctx, `
		update exchange.index_versions v
		   set confirmed = false, task = null, deleted = r.deleted, at = now()
		  from unnest(@ids::text[], @versions::bigint[], @deleted::bool[]) as r (id, version, deleted)
		 where v.index_name = @name and v.id = r.id and v.version = r.version`,
		pg.Args{"name": x.uid, "ids": ids, "versions": versions, "deleted": deleted})
	if err != nil {
		return fmt.Errorf("note what the search engine has to be sent again: %w", err)
	}
	return nil
}

func columns(changes []index.Change) (ids []string, versions []int64, deleted []bool) {
	for _, c := range changes {
		ids, versions, deleted = append(ids, c.ID), append(versions, c.Version), append(deleted, c.Delete)
	}
	return ids, versions, deleted
}

// send gives the engine one task for what is, then one for what is gone, and
// notes their numbers. The last number is the receipt: tasks are done in order.
func (x *Index) send(ctx context.Context, conn *pgxpool.Conn, docs []stored, gone []string) (int64, error) {
	ix := x.writer.Index(x.uid)
	var last int64
	if len(docs) > 0 {
		key := "id"
		task, err := ix.AddDocumentsWithContext(ctx, docs, &meilisearch.DocumentOptions{PrimaryKey: &key})
		if err != nil {
			return 0, trouble(ctx, err)
		}
		ids := make([]string, len(docs))
		for i, d := range docs {
			ids[i] = d.ID
		}
		if err := x.sent(ctx, conn, ids, task.TaskUID); err != nil {
			return 0, err
		}
		last = task.TaskUID
	}
	if len(gone) > 0 {
		if err := x.confirm(ctx, conn, last); err != nil {
			return 0, err
		}
		task, err := ix.DeleteDocumentsWithContext(ctx, gone, nil)
		if err != nil {
			return 0, trouble(ctx, err)
		}
		if err := x.sent(ctx, conn, gone, task.TaskUID); err != nil {
			return 0, err
		}
		last = task.TaskUID
	}
	return last, nil
}

func (x *Index) sent(ctx context.Context, conn *pgxpool.Conn, ids []string, task int64) error {
	_, err := conn.Exec(ctx, `
		update exchange.index_versions set task = @task, at = now()
		 where index_name = @name and id = any(@ids)`,
		pg.Args{"name": x.uid, "ids": ids, "task": task})
	if err != nil {
		return fmt.Errorf("note what the search engine was sent: %w", err)
	}
	return nil
}

// WaitVisible waits for every write up to the receipt and reads how each went.
func (x *Index) WaitVisible(ctx context.Context, r index.Receipt) error {
	if r.Seq == 0 {
		return ctx.Err()
	}
	if err := x.confirm(ctx, x.db, r.Seq); err != nil {
		return err
	}
	// Another writer may have waited for this one and noted that it was lost.
	return lost(x.done(ctx, r.Seq))
}

// confirm waits for every write that was sent up to a task and notes how each
// went. What failed is forgotten as sent, so that the same version can be sent
// again; the last such failure comes back.
func (x *Index) confirm(ctx context.Context, db pg.DB, last int64) error {
	open, err := pg.Many[int64](ctx, db, `
		select distinct task from exchange.index_versions
		 where index_name = @name and not confirmed and task <= @task
		 order by task`,
		pg.Args{"name": x.uid, "task": last})
	if err != nil {
		return err
	}
	var failed error
	for _, task := range open {
		end := `set confirmed = true, at = now()`
		err := x.done(ctx, task)
		switch {
		case errors.As(err, new(taskError)):
			failed, end = err, `set task = null`
		case err != nil:
			return err
		}
		_, err = db.Exec(ctx, `
			update exchange.index_versions `+end+`
			 where index_name = @name and task = @task and not confirmed`,
			pg.Args{"name": x.uid, "task": task})
		if err != nil {
			return fmt.Errorf("note what the search engine did: %w", err)
		}
	}
	return lost(failed)
}

// lost says that a write which the engine took was not done.
func lost(err error) error {
	if errors.As(err, new(taskError)) {
		return index.ErrUnavailable.Because(err)
	}
	return err
}
