package portal

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"shanqiao/internal/fault"
)

// record is what one request's log line says. Handlers never write to the log
// themselves: an error travels up and is told here, once.
type record struct {
	id     string
	action string
	door   string
	role   string
	err    error
}

type recordKey struct{}

func recordOf(r *http.Request) *record {
	if rec, ok := r.Context().Value(recordKey{}).(*record); ok {
		return rec
	}
	return &record{}
}

// observe gives the request its number, writes its line, and turns a panic into
// the page that every other trouble of ours gets.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b [8]byte
		rand.Read(b[:])
		rec := &record{id: hex.EncodeToString(b[:])}
		r = r.WithContext(context.WithValue(r.Context(), recordKey{}, rec))
		ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		start := s.Now()
		defer func() {
			if p := recover(); p != nil {
				s.recovered(ww, r, p)
			}
			s.line(r, rec, ww, s.Now().Sub(start))
		}()
		next.ServeHTTP(ww, r)
	})
}

// recovered answers a panic. Its value may quote anything, so only where it
// happened is logged.
func (s *Server) recovered(w middleware.WrapResponseWriter, r *http.Request, p any) {
	if p == http.ErrAbortHandler { //nolint:errorlint // the value itself is the convention
		panic(p)
	}
	rec := recordOf(r)
	rec.err = errors.New("panic")
	s.Log.Error("panic", "request", rec.id, "stack", frames(debug.Stack()))
	if w.Status() == 0 {
		s.fail(w, r, errInternal)
	}
}

// frames keeps the functions and lines of a stack and drops the arguments.
func frames(stack []byte) string {
	var out []string
	for line := range bytes.Lines(stack) {
		if text := string(line); strings.HasPrefix(text, "\t") {
			where, _, _ := strings.Cut(strings.TrimSpace(text), " ")
			out = append(out, where)
		}
	}
	return strings.Join(out, " ")
}

// line is the one log line of a request. The path is the route's pattern, so
// that no id, query or form value is in it.
func (s *Server) line(r *http.Request, rec *record, w middleware.WrapResponseWriter, took time.Duration) {
	pattern := "-"
	if rctx := chi.RouteContext(r.Context()); rctx != nil && rctx.RoutePattern() != "" {
		pattern = rctx.RoutePattern()
	}
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("request", rec.id), slog.String("method", method(r)), slog.String("route", pattern),
		slog.Int("status", w.Status()), slog.Int("bytes", w.BytesWritten()), slog.Int64("ms", took.Milliseconds()),
		slog.String("ip", middleware.GetClientIP(r.Context())),
	}
	if rec.action != "" {
		attrs = append(attrs, slog.String("action", rec.action), slog.String("door", rec.door), slog.String("role", rec.role))
	}
	if rec.err != nil {
		attrs = append(attrs, slog.String("err", told(rec.err)))
	}
	if w.Status() >= http.StatusInternalServerError && w.Status() != http.StatusServiceUnavailable {
		level = slog.LevelError
	}
	s.Log.LogAttrs(r.Context(), level, "request", attrs...)
}

// method keeps what a stranger wrote as a method out of the log.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// clientIP reads X-Forwarded-For only behind the proxies that are configured.
func (s *Server) clientIP() func(http.Handler) http.Handler {
	if len(s.Proxies) == 0 {
		return middleware.ClientIPFromRemoteAddr
	}
	return middleware.ClientIPFromXFF(s.Proxies...)
}

func (s *Server) timeout(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// policy of content: nothing inline, nothing from elsewhere.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"font-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"

func (s *Server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if r.URL.Path == "/needs" || strings.HasPrefix(r.URL.Path, "/needs/") {
			// A card that was taken down is gone from caches and from other people's
			// archives as well, or every snapshot would stay readable for ever.
			h.Set("Cache-Control", "no-store")
			h.Set("X-Robots-Tag", "noindex, noarchive")
		}
		if s.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

var (
	errCrossSite = fault.New(fault.Forbidden, "error.cross_site")
	errTooLarge  = fault.New(fault.TooLarge, "error.too_large")
	errBadText   = fault.New(fault.Invalid, "error.bad_text")
)

// sameOrigin refuses changes that another site asked for. The standard library
// lets through a request with neither Origin nor Sec-Fetch-Site, which is what
// a very old browser sends; with a session cookie that is not good enough.
func (s *Server) sameOrigin(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		silent := r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == ""
		if err := cross.Check(r); err != nil || unsafe(r) && silent && s.door.Has(r) {
			s.plain(errCrossSite).ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func unsafe(r *http.Request) bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions
}

// readBody reads a form within its limit before anything else looks at it, and
// refuses text that is none.
func (s *Server) readBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !text(r.URL.Path) || !texts(r.URL.Query()) {
			s.refuseText(w, r)
			return
		}
		if !unsafe(r) {
			next.ServeHTTP(w, r)
			return
		}
		body := r.Body
		r.Body = http.MaxBytesReader(w, body, bodyLimit)
		err := r.ParseForm()
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			drain(body)
			s.plain(errTooLarge).ServeHTTP(w, r)
		case err != nil || !texts(r.PostForm):
			s.refuseText(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// drain takes in the rest of a large body, up to a limit, because a browser that
// is still sending shows a broken connection instead of our page.
func drain(body io.Reader) {
	if _, err := io.CopyN(io.Discard, body, 32<<20); err != nil {
		return // it ended, or was cut off: both are the end of it
	}
}

// texts says whether every name and value is text that Postgres can keep.
func texts(values map[string][]string) bool {
	for name, vs := range values {
		if !text(name) {
			return false
		}
		for _, v := range vs {
			if !text(v) {
				return false
			}
		}
	}
	return true
}

func text(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// refuseText is 400 and not 422: there is no field to mend.
func (s *Server) refuseText(w http.ResponseWriter, r *http.Request) {
	s.visit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, http.StatusBadRequest, errBadText)
	})).ServeHTTP(w, r)
}

// plain answers a failure that came before anyone knew who asks.
func (s *Server) plain(err error) http.Handler {
	return s.visit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, err) }))
}
