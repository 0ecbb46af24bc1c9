package portal

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// livez says that the process answers. It asks nobody.
func (s *Server) livez(w http.ResponseWriter, _ *http.Request) {
	s.state(w, http.StatusOK, map[string]string{"status": "ok"})
}

// readyz says whether pages can be served: Postgres must answer, and a
// neighbour that does not is named as degraded, because pages still work.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	status, report := http.StatusOK, map[string]string{"status": "ok"}
	for name, ask := range s.Neighbours {
		report[name] = "ok"
		if ask(ctx) != nil {
			report[name], report["status"] = "degraded", "degraded"
		}
	}
	pools := map[string]*pgxpool.Pool{"access": s.Pools.Access, "records": s.Pools.Records, "exchange": s.Pools.Exchange}
	for name, pool := range pools {
		report["postgres-"+name] = "ok"
		if pool.Ping(ctx) != nil {
			status, report["postgres-"+name], report["status"] = http.StatusServiceUnavailable, "down", "down"
		}
	}
	s.state(w, status, report)
}

func (s *Server) state(w http.ResponseWriter, status int, report map[string]string) {
	body, err := json.Marshal(report)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte("{}")
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if _, err := w.Write(append(body, '\n')); err != nil {
		return // the asker has gone
	}
}

// allow names the methods that an address takes, as a 405 must.
func (s *Server) allow(w http.ResponseWriter, r *http.Request) {
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		ask := m
		if m == http.MethodHead {
			ask = http.MethodGet
		}
		if s.mux.Match(chi.NewRouteContext(), ask, r.URL.Path) {
			w.Header().Add("Allow", m)
		}
	}
}
