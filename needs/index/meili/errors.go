package meili

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/meilisearch/meilisearch-go"

	"shanqiao/needs/index"
)

// trouble turns an error of the engine into one of ours. The engine's text, and
// the library's, repeat requests and answers; only the code word goes on.
func trouble(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	var e *meilisearch.Error
	if !errors.As(err, &e) {
		return index.ErrUnavailable.Because(errors.New("search engine does not answer"))
	}
	cause := fmt.Errorf("search engine: status %d, %s", e.StatusCode, word(e.MeilisearchApiError.Code))
	if e.StatusCode == http.StatusServiceUnavailable || e.StatusCode == http.StatusTooManyRequests {
		return index.ErrOverloaded.Because(cause)
	}
	return index.ErrUnavailable.Because(cause)
}

// word lets a code of the engine through if it is one: small letters and underscores.
func word(code string) string {
	for _, c := range code {
		if (c < 'a' || c > 'z') && c != '_' {
			return "unknown"
		}
	}
	return code
}

func status(err error) int {
	var e *meilisearch.Error
	if errors.As(err, &e) {
		return e.StatusCode
	}
	return 0
}

// taskError is a write that the engine took and then did not do.
type taskError struct{ status, code string }

func (e taskError) Error() string { return "search engine: task " + e.status + ", " + e.code }

const poll = 20 * time.Millisecond

// done waits until the engine has done a task. The library calls a failed task a
// success, so the status is read.
func (x *Index) done(ctx context.Context, task int64) error { return wait(ctx, x.writer, task) }

func wait(ctx context.Context, c meilisearch.ServiceManager, task int64) error {
	t, err := c.WaitForTaskWithContext(ctx, task, poll)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if status(err) == http.StatusNotFound {
			return taskError{"lost", "task_not_found"} // the engine's data is not what it was
		}
		return trouble(ctx, err)
	}
	if t.Status != meilisearch.TaskStatusSucceeded {
		return taskError{string(t.Status), word(t.Error.Code)}
	}
	return nil
}
