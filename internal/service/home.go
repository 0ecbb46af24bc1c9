package service

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// unprivileged is whom Postgres runs as when root starts it, because it refuses
// to run as root; nil means as ourselves.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("postgres does not run as root, and there is no user postgres or nobody to run it as")
}

// home makes the folder name inside dir and gives it to as. When as cannot
// enter dir (a checkout in root's own home), the folder is made under
// elsewhere instead, and dir keeps a pointer to it.
func home(dir, name, elsewhere string, as *syscall.Credential) (string, error) {
	at := filepath.Join(dir, name)
	if as != nil && !reaches(dir, as) {
		var err error
		if at, err = pointed(dir, name, elsewhere); err != nil {
			return "", err
		}
	}
	if err := os.MkdirAll(at, 0o700); err != nil {
		return "", err
	}
	if as == nil {
		return at, nil
	}
	return at, os.Chown(at, int(as.Uid), int(as.Gid))
}

// pointed is the folder elsewhere to which dir points, or a new one. Only the
// pointer leads there: a checkout that was removed and made again at the same
// place has lost the passwords of what lies in the old one.
func pointed(dir, name, elsewhere string) (string, error) {
	pointer := filepath.Join(dir, name+".is-at")
	known, err := os.ReadFile(pointer)
	if at := strings.TrimSpace(string(known)); err == nil && filepath.Dir(at) == filepath.Clean(elsewhere) {
		return at, nil
	}
	sum := sha256.Sum256([]byte(dir + rand.Text()))
	at := filepath.Join(elsewhere, fmt.Sprintf("shanqiao-%x-%s", sum[:6], name))
	return at, os.WriteFile(pointer, []byte(at+"\n"), 0o644)
}

// reaches says whether as may walk into dir from the root.
func reaches(dir string, as *syscall.Credential) bool {
	for at := dir; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return false
		}
		mode, may := info.Mode().Perm(), os.FileMode(0o001)
		if own, ok := info.Sys().(*syscall.Stat_t); ok && own.Uid == as.Uid {
			may = 0o100
		} else if ok && own.Gid == as.Gid {
			may = 0o010
		}
		if mode&may == 0 {
			return false
		}
		if at == filepath.Dir(at) {
			return true
		}
	}
}
