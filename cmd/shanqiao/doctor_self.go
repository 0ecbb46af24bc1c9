package main

import (
	"cmp"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
)

// examineSelf says which program this is, for whoever is asked for help.
func examineSelf() findings {
	var f findings
	info, ok := debug.ReadBuildInfo()
	if !ok {
		f.add("program", note, "built without its version; %s", runtime.Version())
		return f
	}
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	text := "version " + cmp.Or(info.Main.Version, "(devel)")
	if revision := set["vcs.revision"]; revision != "" {
		text += ", revision " + revision[:min(12, len(revision))] + " of " + cmp.Or(set["vcs.time"], "an unknown day")
	}
	f.add("program", fine, "%s, %s, %s/%s", text, info.GoVersion, runtime.GOOS, runtime.GOARCH)
	if set["vcs.modified"] == "true" {
		f.add("program", note, "built with changes that no revision has")
	}
	return f
}

// chosen says what the settings decide besides addresses. What is left out here
// makes the product smaller and stops nobody.
func chosen(s settings) findings {
	var f findings
	if s.Development {
		f.add("environment", note, "development: what is unsafe is told and not refused")
	} else {
		f.add("environment", fine, "production: what is unsafe is refused")
	}
	if s.Secure {
		f.add("readers", fine, "come by https; cookies are for encrypted connections only")
	} else {
		f.add("readers", note, "SHANQIAO_PUBLIC_URL is not an https address: cookies go over any connection")
	}
	if s.Database != "" && filepath.Dir(s.Checkpoints) == filepath.Clean(s.Data) {
		f.add("checkpoints", note, "SHANQIAO_CHECKPOINTS is not set: the file stands in the data folder; best is a disk with another administrator")
	}
	if s.Messages == nil {
		f.add("messages", note, "SHANQIAO_SMS_URL is not set: nobody delivers text messages, so citizens cannot sign in")
	} else {
		f.add("messages", fine, "text messages go through the gateway of SHANQIAO_SMS_URL")
	}
	return f
}

// refused are the findings with which up, portal and worker do not serve outside
// of development. Pages and work go on without Redis and Meilisearch, so their
// absence stops nobody.
func (f findings) refused() findings {
	return slices.DeleteFunc(f.bad(), func(one finding) bool {
		return one.state == missing && (one.about == "redis" || one.about == "index" || one.about == "checkpoints") ||
			one.state == unsafe && one.about == "checkpoints"
	})
}

// verdict says what up, portal and worker would do with what was found.
func (f *findings) verdict(development bool) {
	bad := f.refused()
	switch {
	case len(bad) == 0:
		f.add("serving", fine, "up, portal and worker refuse nothing of the above")
	case development:
		f.add("serving", note, "in production up, portal and worker would refuse this (%d): %s", len(bad), bad.names())
	default:
		f.add("serving", missing, "up, portal and worker refuse to serve (%d): %s", len(bad), bad.names())
	}
}

// names lists what the findings are about, each once.
func (f findings) names() string {
	var text string
	seen := map[string]bool{}
	for _, one := range f {
		if !seen[one.about] {
			text += map[bool]string{true: ", "}[text != ""] + one.about
			seen[one.about] = true
		}
	}
	return text
}
