// Package static serves the stylesheet and the mark. A file's name holds a hash
// of its bytes, so browsers keep it for a year and never keep an old one.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed files/*
var files embed.FS

// Prefix is where the files are served.
const Prefix = "/static/"

var (
	hashed = map[string]string{} // site.css → /static/site.0123456789ab.css
	bodies = map[string][]byte{} // site.0123456789ab.css → its bytes
)

func init() {
	entries, err := files.ReadDir("files")
	if err != nil {
		panic("static: " + err.Error())
	}
	for _, entry := range entries {
		body, err := files.ReadFile(path.Join("files", entry.Name()))
		if err != nil {
			panic("static: " + err.Error())
		}
		sum := sha256.Sum256(body)
		ext := path.Ext(entry.Name())
		name := strings.TrimSuffix(entry.Name(), ext) + "." + hex.EncodeToString(sum[:6]) + ext
		hashed[entry.Name()], bodies[name] = Prefix+name, body
	}
}

// Path is the address of a file. A file that is not there has none, and the
// template that asks for it fails its test.
func Path(name string) string { return hashed[name] }

// Serve answers a request for a file, and says whether there is one.
func Serve(w http.ResponseWriter, r *http.Request) bool {
	name := strings.TrimPrefix(r.URL.Path, Prefix)
	body, ok := bodies[name]
	if !ok {
		return false
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	if _, err := w.Write(body); err != nil {
		return true // the reader has gone
	}
	return true
}
