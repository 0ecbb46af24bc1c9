package route

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"shanqiao/internal/id"
)

// still ends the addresses that an open page asks by itself, every few seconds,
// so that what was withdrawn meanwhile does not stay on a screen.
const still = "/still"

// most is how many things a page may ask about at once.
const most = 20

// ByItself says that a page asks and nobody pressed anything: it is no sign of
// life of whoever is signed in.
func ByItself(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, still) }

// Still answers which of the things asked about, as ?id=…&id=…, are gone: those
// that there does not give back. What is gone and what never was are one.
func Still(w http.ResponseWriter, r *http.Request, there func(ids []string) ([]string, error)) error {
	asked := r.URL.Query()["id"]
	wrong := func(one string) bool { return !id.Valid(one) }
	if len(asked) == 0 || len(asked) > most || slices.ContainsFunc(asked, wrong) {
		return NotHere
	}
	has, err := there(asked)
	if err != nil {
		return err
	}
	gone := []string{}
	for _, one := range asked {
		if !slices.Contains(has, one) {
			gone = append(gone, one)
		}
	}
	body, err := json.Marshal(map[string][]string{"gone": gone})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if _, err := w.Write(body); err != nil {
		return nil //nolint:nilerr // the page was closed; there is nobody left to tell
	}
	return nil
}
