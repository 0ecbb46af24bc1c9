#!/bin/sh
# Runs the Go benchmarks of the parts that must stay fast and writes what they
# said, with the machine they said it on, to docs/benchmarks.md. The matcher needs
# a database, so it runs under `shanqiao with-services`: make bench does.
#
#   BENCHTIME=3s  how long each benchmark runs (Go's -benchtime)
#   SIZES, PEER   and more for the solver: see docs/bench-solver.sh
set -eu
cd "$(dirname "$0")/.."
packages="./needs/deid ./needs/deid/excerpt ./needs/gate ./needs/chain ./needs/index/embedded ./needs/index/meili ./matcher ./matcher/assign"
out=$(mktemp)
trap 'rm -f "$out"' EXIT

# For the candidates of a card alone, with medians, the slowest hundredth and memory:
# shanqiao with-services -- go test ./matcher -run '^$' -bench Online -benchtime 1000x
# -p 1: one package at a time, or they would measure each other.
# A pipe would hide a benchmark that failed, so the file comes first.
nice -n 10 go test -p 1 -run '^$' -bench . -benchmem -benchtime "${BENCHTIME:-1s}" $packages >"$out" || { cat "$out"; exit 1; }
cat "$out"

cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)
memory=$(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)

{
	cat <<-END
	# Benchmarks

	Written by \`make bench\`; do not edit. Each row is one Go benchmark. Ratios between rows, and between two runs on
	one machine, mean something; the absolute times belong to this machine and to whatever else it did meanwhile
	(load average at the end: $(cut -d' ' -f1-3 /proc/loadavg)).

	| | |
	|---|---|
	| date | $(date -u +%Y-%m-%d) |
	| commit | $(git rev-parse --short HEAD 2>/dev/null || echo unknown)$(git diff --quiet HEAD -- '*.go' 2>/dev/null || echo ", with changes") |
	| processor | ${cpu:-unknown}, $(nproc) cores |
	| memory | $memory |
	| system | $(uname -sr) |
	| Go | $(go env GOVERSION) |

	END
	# "BenchmarkName-2  10  123 ns/op  4 B/op  5 allocs/op  6 other/unit"; pkg: names the package before its rows.
	awk '
		function human(ns) {
			if (ns >= 1e9) return sprintf("%.2f s", ns / 1e9)
			if (ns >= 1e6) return sprintf("%.2f ms", ns / 1e6)
			if (ns >= 1e3) return sprintf("%.2f µs", ns / 1e3)
			return sprintf("%.0f ns", ns)
		}
		$1 == "pkg:" { package = $2; sub(/^shanqiao\//, "", package); fresh = 1 }
		/^Benchmark.*ns\/op/ {
			if (fresh) {
				printf "## %s\n\n| benchmark | time each | bytes each | allocations | also |\n|---|--:|--:|--:|---|\n", package
				fresh = 0; last = 1
			}
			name = $1; sub(/^Benchmark/, "", name); sub(/-[0-9]+$/, "", name)
			time = bytes = allocations = also = ""
			for (i = 3; i < NF; i += 2) {
				if ($(i + 1) == "ns/op") time = human($i)
				else if ($(i + 1) == "B/op") bytes = $i
				else if ($(i + 1) == "allocs/op") allocations = $i
				else also = also (also == "" ? "" : ", ") $i " " $(i + 1)
			}
			printf "| %s | %s | %s | %s | %s |\n", name, time, bytes, allocations, also
		}
		/^(PASS|ok)/ && last { print ""; last = 0 }
	' "$out"
	echo
	docs/bench-solver.sh
} >docs/benchmarks.md
