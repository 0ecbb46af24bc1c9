package meili

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/meilisearch/meilisearch-go"

	"shanqiao/internal/pg"
	"shanqiao/needs/index"
)

// next ends the name of the index that is being built. After the swap it holds
// the old generation for a moment, and then nothing.
const next = "_next"

// chunk is how many documents one task holds: the engine does one task at a time
// for all its indexes, so a small one lets live changes in between.
const chunk = 2000

type rebuild struct {
	x    *Index
	conn *pgxpool.Conn    // holds the lock on rebuilding
	held map[string]int64 // what the next generation has
	gone map[string]int64 // what the tail took away
	over bool
}

// BeginRebuild makes an empty next index with the right settings. The lock is
// Postgres's, so one process rebuilds, and one that dies lets go.
func (x *Index) BeginRebuild(ctx context.Context) (index.Rebuild, error) {
	if err := x.present(ctx); err != nil {
		return nil, err
	}
	conn, err := x.connection(ctx)
	if err != nil {
		return nil, err
	}
	r := &rebuild{x: x, conn: conn, held: map[string]int64{}, gone: map[string]int64{}}
	var free bool
	err = conn.QueryRow(ctx, `select pg_try_advisory_lock(hashtextextended(@name, 0))`, pg.Args{"name": x.uid + next}).Scan(&free)
	if err != nil || !free {
		conn.Release()
		if err == nil {
			err = index.ErrRebuilding
		}
		return nil, err
	}
	if err := r.begin(ctx); err != nil {
		return nil, errors.Join(err, r.Abort(ctx))
	}
	return r, nil
}

func (r *rebuild) begin(ctx context.Context) error {
	if err := r.x.delete(ctx, r.x.uid+next); err != nil {
		return err
	}
	if err := r.x.create(ctx, r.x.uid+next); err != nil {
		return err
	}
	return r.x.configure(ctx, r.x.uid+next)
}

// delete removes an index and does not mind that there is none.
func (x *Index) delete(ctx context.Context, uid string) error {
	task, err := x.writer.DeleteIndexWithContext(ctx, uid)
	if err != nil {
		if status(err) == http.StatusNotFound {
			return nil
		}
		return trouble(ctx, err)
	}
	err = x.done(ctx, task.TaskUID)
	var lost taskError
	if errors.As(err, &lost) && lost.code == "index_not_found" {
		return nil
	}
	return err
}

// Add sends documents chunk by chunk and waits for each.
func (r *rebuild) Add(ctx context.Context, docs []index.Doc) error {
	var keep []stored
	for _, d := range docs {
		if d.Valid() && d.Version >= r.held[d.ID] {
			r.held[d.ID] = d.Version
			keep = append(keep, store(d))
		}
	}
	key := "id"
	for part := range slices.Chunk(keep, chunk) {
		task, err := r.x.writer.Index(r.x.uid+next).AddDocumentsWithContext(ctx, part, &meilisearch.DocumentOptions{PrimaryKey: &key})
		if err != nil {
			return trouble(ctx, err)
		}
		if err := r.x.done(ctx, task.TaskUID); err != nil {
			return err
		}
	}
	return nil
}

// Commit keeps the lane to itself from the tail to the swap, so that every
// change is either in the tail or comes after the swap.
func (r *rebuild) Commit(ctx context.Context, tail func(context.Context) ([]index.Change, error)) (index.Report, error) {
	if r.over {
		return index.Report{}, index.ErrRebuilding
	}
	err := r.x.lane(ctx, func(conn *pgxpool.Conn) error {
		if err := r.tail(ctx, tail); err != nil {
			return err
		}
		if err := r.counted(ctx); err != nil {
			return err
		}
		swap := []*meilisearch.SwapIndexesParams{{Indexes: []string{r.x.uid, r.x.uid + next}}}
		task, err := r.x.builder.SwapIndexesWithContext(ctx, swap)
		if err != nil {
			return trouble(ctx, err)
		}
		if err := wait(ctx, r.x.builder, task.TaskUID); err != nil {
			return err
		}
		r.x.generation.Add(1)
		return r.note(ctx, conn)
	})
	if err != nil {
		return index.Report{}, err
	}
	return index.Report{Docs: len(r.held)}, r.Abort(ctx)
}

func (r *rebuild) tail(ctx context.Context, tail func(context.Context) ([]index.Change, error)) error {
	if tail == nil {
		return nil
	}
	last, err := tail(ctx)
	if err != nil {
		return err
	}
	docs, gone := map[string]index.Doc{}, map[string]bool{}
	newest := highest(last, make([]index.ItemResult, len(last)))
	for _, c := range newest {
		switch {
		case c.Version < r.held[c.ID]:
		case c.Delete:
			gone[c.ID] = true
			r.gone[c.ID] = c.Version
			delete(r.held, c.ID)
		default:
			docs[c.ID] = *c.Doc
		}
	}
	if err := r.Add(ctx, slices.Collect(maps.Values(docs))); err != nil || len(gone) == 0 {
		return err
	}
	task, err := r.x.writer.Index(r.x.uid+next).DeleteDocumentsWithContext(ctx, slices.Collect(maps.Keys(gone)), nil)
	if err != nil {
		return trouble(ctx, err)
	}
	return r.x.done(ctx, task.TaskUID)
}

// counted makes sure that what was sent arrived before it becomes the truth.
func (r *rebuild) counted(ctx context.Context) error {
	stats, err := r.x.writer.Index(r.x.uid+next).GetStatsWithContext(ctx, nil)
	if err != nil {
		return trouble(ctx, err)
	}
	if int(stats.NumberOfDocuments) != len(r.held) {
		return fmt.Errorf("rebuilt search index holds %d documents of %d", stats.NumberOfDocuments, len(r.held))
	}
	return nil
}

// note makes the versions say what the new generation holds. What was removed
// stays noted as removed, so that a late change cannot bring it back.
func (r *rebuild) note(ctx context.Context, conn *pgxpool.Conn) error {
	return pg.InTx(ctx, conn, func(tx pg.DB) error {
		_, err := tx.Exec(ctx, `
			delete from exchange.index_versions where index_name = @name and not deleted`,
			pg.Args{"name": r.x.uid})
		if err != nil {
			return err
		}
		for deleted, versions := range map[bool]map[string]int64{false: r.held, true: r.gone} {
			ids := slices.Sorted(maps.Keys(versions))
			values := make([]int64, len(ids))
			for i, id := range ids {
				values[i] = versions[id]
			}
			_, err := tx.Exec(ctx, `
				insert into exchange.index_versions as v (index_name, id, version, deleted, confirmed)
				select @name, id, version, @deleted, true
				  from unnest(@ids::text[], @versions::bigint[]) as held (id, version)
				on conflict (index_name, id) do update
				   set version = excluded.version, deleted = excluded.deleted,
				       task = null, confirmed = true, at = now()
				 where v.version <= excluded.version`,
				pg.Args{"name": r.x.uid, "ids": ids, "versions": values, "deleted": deleted})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Abort removes the next index, or what the swap left there, and lets the lock go.
func (r *rebuild) Abort(ctx context.Context) error {
	if r.over {
		return nil
	}
	r.over = true
	err := r.x.delete(ctx, r.x.uid+next)
	_, unlock := r.conn.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock(hashtextextended(@name, 0))`, pg.Args{"name": r.x.uid + next})
	if unlock != nil {
		r.conn.Conn().Close(context.WithoutCancel(ctx))
	}
	r.conn.Release()
	return err
}
