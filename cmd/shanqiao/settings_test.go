package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"shanqiao/internal/env"
	"shanqiao/portal/locale"
)

// TestSettingsAreDocumented holds docs/settings.md against what is really asked
// of the environment, by the settings and by flags.
func TestSettingsAreDocumented(t *testing.T) {
	t.Parallel()
	asked := map[string]bool{}
	_, err := read(func(name string) string {
		asked[name] = true
		if name == "SHANQIAO_SMS_URL" {
			return "https://sms.invalid" // so that what depends on it is asked for too
		}
		return ""
	})
	require.ErrorContains(t, err, "SHANQIAO_SMS_TOKEN")
	parser, err := kong.New(&commands{})
	require.NoError(t, err)
	for _, command := range parser.Model.Leaves(false) {
		for _, flag := range command.Flags {
			for _, name := range flag.Envs {
				asked[name] = true
			}
		}
	}

	text, err := os.ReadFile("../../docs/settings.md")
	require.NoError(t, err)
	row, told := regexp.MustCompile("^\\| `([A-Z_]+)` \\|"), map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if m := row.FindStringSubmatch(line); m != nil {
			told[m[1]] = true
		}
	}
	require.Equal(t, asked, told)
}

// TestSettingsHaveWords holds the administrator's page against the same list, and
// shows that a secret stays out of it.
func TestSettingsHaveWords(t *testing.T) {
	t.Parallel()
	s, err := read(func(name string) string {
		return map[string]string{
			"DATABASE_URL": "postgres://me:hunter2@db.example/bridge?sslpassword=hunter2", "REDIS_URL": "redis://:hunter2@r.example:6379",
			"MEILI_URL": "https://m.example", "MEILI_KEY": "hunter2", "SHANQIAO_SECRET_FILE": "/etc/shanqiao/secret",
			"SHANQIAO_SMS_URL": "https://sms.example/hunter2", "SHANQIAO_SMS_TOKEN": "hunter2",
		}[name]
	})
	require.NoError(t, err)
	require.NotEmpty(t, s.InForce)
	require.NotContains(t, fmt.Sprint(s.InForce), "hunter2")
	for _, one := range append(s.InForce, env.Setting{Name: "SHANQIAO_LISTEN"}) {
		require.True(t, locale.For(locale.Zh).Has("admin.setting."+strings.ToLower(one.Name)), one.Name)
	}
}
