// Package env reads settings from the environment, finds every mistake in them
// and reports them together, so that nobody starts a program five times to
// learn of five mistakes. A report names the variable, never its value: values
// may be secret.
package env

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Reader reads one setting after another and remembers what was wrong.
type Reader struct {
	get      func(string) string
	mistakes []error
	settings []Setting
}

// Setting is what was read of one variable, as it may be shown to whoever looks
// after the program: of a secret only whether it is set, of an address neither
// user, password nor parameters.
type Setting struct {
	Name   string
	Value  string // in force; empty where nothing stands in, and for a secret
	Set    bool   // by the environment
	Secret bool
}

// Settings are the variables that were read, in the order of reading.
func (r *Reader) Settings() []Setting { return slices.Clone(r.settings) }

// note keeps what may be shown of a variable; a second reading replaces the first.
func (r *Reader) note(s Setting) {
	if i := slices.IndexFunc(r.settings, func(had Setting) bool { return had.Name == s.Name }); i >= 0 {
		r.settings[i] = s
		return
	}
	r.settings = append(r.settings, s)
}

// From reads through get, usually os.Getenv. An empty variable is an unset one.
func From(get func(string) string) *Reader { return &Reader{get: get} }

// Err is all mistakes, or nil.
func (r *Reader) Err() error { return errors.Join(r.mistakes...) }

// Mistake adds what a caller found wrong with the variable name.
func (r *Reader) Mistake(name, format string, args ...any) {
	r.mistakes = append(r.mistakes, fmt.Errorf("%s: %s", name, fmt.Sprintf(format, args...)))
}

// Text is the variable, or what stands in for it when it is not set.
func (r *Reader) Text(name, otherwise string) string {
	v, set := r.read(name, otherwise)
	r.note(Setting{Name: name, Value: v, Set: set})
	return v
}

func (r *Reader) read(name, otherwise string) (v string, set bool) {
	if v = strings.TrimSpace(r.get(name)); v != "" {
		return v, true
	}
	return otherwise, false
}

// Secret is a variable that nobody is shown.
func (r *Reader) Secret(name string) string {
	v, set := r.read(name, "")
	r.note(Setting{Name: name, Set: set, Secret: true})
	return v
}

// Address is an address in a form that the caller checks.
func (r *Reader) Address(name string) string {
	v, set := r.read(name, "")
	r.note(Setting{Name: name, Value: Shown(v), Set: set})
	return v
}

// Shown is what may be shown of an address: a password stands before the host, a
// parameter may be one, and a gateway's key is often in its path.
func Shown(address string) string {
	if address == "" {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil || u.Opaque != "" {
		return "…"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	if u.Scheme == "http" || u.Scheme == "https" {
		u.Path, u.RawPath = "", ""
	}
	return u.String()
}

// OneOf is one of the given words; the first stands in when it is not set.
func (r *Reader) OneOf(name string, words ...string) string {
	v := r.Text(name, words[0])
	if !slices.Contains(words, v) {
		r.Mistake(name, "must be one of %s", strings.Join(words, ", "))
		return words[0]
	}
	return v
}

// Whole is a whole number from least to most.
func (r *Reader) Whole(name string, otherwise, least, most int) int {
	v := r.Text(name, strconv.Itoa(otherwise))
	n, err := strconv.Atoi(v)
	if err != nil || n < least || n > most {
		r.Mistake(name, "must be a whole number from %d to %d", least, most)
		return otherwise
	}
	return n
}

// URL is an address of one of the schemes, or empty when it is not set.
func (r *Reader) URL(name string, schemes ...string) string {
	v := r.Address(name)
	if v == "" {
		return ""
	}
	u, err := url.Parse(v)
	if err != nil || u.Host == "" || !slices.Contains(schemes, u.Scheme) {
		r.Mistake(name, "must be an address of the form %s://host…", strings.Join(schemes, ":// or "))
		return ""
	}
	return v
}

// Networks is a list of address ranges such as 10.0.0.0/8, split by commas.
func (r *Reader) Networks(name string) []string {
	var all []string
	for part := range strings.SplitSeq(r.Text(name, ""), ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if _, err := netip.ParsePrefix(part); err != nil {
			r.Mistake(name, "must be address ranges such as 10.0.0.0/8, split by commas")
			return nil
		}
		all = append(all, part)
	}
	return all
}
