package portal

import (
	"net/http"
	"sync"
	"time"

	"github.com/go-chi/chi/v5/middleware"
	"golang.org/x/time/rate"

	"shanqiao/internal/fault"
)

// A whole carrier's network may share one address, so the limit for an address
// is generous; the tight limits are for one account and one telephone.
const (
	usualPace = 50
	reserve   = 20     // seconds' worth that may be asked at once
	addresses = 20_000 // remembered at most; all are forgotten then, which lets in rather than shuts out
)

var errTooMany = fault.New(fault.TooMany, "error.too_many")

type pace struct {
	perSecond int // 0: usualPace
	mu        sync.Mutex
	all       map[string]*rate.Limiter
}

func (p *pace) allow(address string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all == nil || len(p.all) >= addresses {
		p.all = map[string]*rate.Limiter{}
	}
	l, ok := p.all[address]
	if !ok {
		most := p.perSecond
		if most == 0 {
			most = usualPace
		}
		l = rate.NewLimiter(rate.Limit(most), most*reserve)
		p.all[address] = l
	}
	return l.AllowN(now, 1)
}

// slow answers an address that asks too much with 429.
func (s *Server) slow(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.pace.allow(middleware.GetClientIP(r.Context()), s.Now()) {
			s.plain(errTooMany).ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
