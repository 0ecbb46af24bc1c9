package service

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// Install is the line that puts the missing programs on a Debian machine.
const Install = "apt-get install -y --no-install-recommends postgresql redis-server"

// FindPostgres is the folder of Postgres' own programs, the newest version first.
func FindPostgres() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(real), nil
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	slices.SortFunc(found, func(a, b string) int { return major(b) - major(a) })
	if len(found) == 0 {
		return "", fmt.Errorf("postgres is not installed; as root: %s", Install)
	}
	return filepath.Dir(found[0]), nil
}

func major(initdb string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	if err != nil {
		return 0
	}
	return n
}

// FindRedis is the path of redis-server.
func FindRedis() (string, error) {
	for _, name := range []string{"redis-server", "/usr/bin/redis-server", "/usr/local/bin/redis-server"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("redis-server is not installed; as root: %s", Install)
}

// freePort is a port that nobody listened on a moment ago. Someone may take it
// before we do, so whoever uses it must be ready to ask again.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}

// portOr is the port asked for when it is free, and another one when not.
func portOr(wanted int) (int, error) {
	if wanted != 0 {
		if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", wanted)); err == nil {
			return wanted, l.Close()
		}
	}
	return freePort()
}

func password() string {
	b := make([]byte, 24)
	rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// writePrivate replaces a file that only we may read, all of it or nothing.
func writePrivate(path string, text []byte) error {
	next := path + ".new"
	if err := os.WriteFile(next, text, 0o600); err != nil {
		return err
	}
	return os.Rename(next, path)
}

// ForTests names the variable that tells tests where Postgres is: a
// superuser's address of a cluster in which databases may come and go.
const ForTests = "SHANQIAO_TEST_POSTGRES"
