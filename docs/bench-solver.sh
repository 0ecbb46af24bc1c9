#!/bin/sh
# Measures the solver of the rounds on invented problems and prints the tables for
# docs/benchmarks.md. It is run by docs/bench.sh, and alone by whoever wants more.
#
#   SHANQIAO   the program (bin/shanqiao)
#   SIZES      numbers of needs ("10000 50000")
#   PROFILES   city hot flat chain multi
#   INSTANCES  a folder with problems to take instead: each a folder of its own
#   PEER       another solver, run beside ours as PEER DIR --json FILE PEER_ARGS;
#              it must write served_by_tier, utility, *_solve_s and *_peak_mb as JSON
#   PEER_ARGS  what else to say to it
#   AGAIN      "no": leave out the second table, of solving with memory
set -eu
cd "$(dirname "$0")/.."
program=${SHANQIAO:-bin/shanqiao}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# number of a key in one line of JSON; list for one in brackets.
number() { sed -n "s/.*\"$1\":\([-0-9.e+]*\).*/\1/p" "$2"; }
list() { sed -n "s/.*\"$1\":\[\([0-9,]*\)\].*/\1/p" "$2"; }

# run FILE COMMAND...: its output, and the seconds of processor it took.
run() {
	into=$1
	shift
	(
		"$@" >"$into"
		times >"$into.times" # in a pipe it would be another shell's
		awk 'NR == 2 { split($1 " " $2, t, /[ms ]+/); print t[1] * 60 + t[2] + t[3] * 60 + t[4] }' "$into.times" >"$into.cpu"
	)
}

problems() {
	if [ -n "${INSTANCES:-}" ]; then
		ls -d "$INSTANCES"/*/ | sed 's#/$##'
		return
	fi
	for size in ${SIZES:-10000 50000}; do
		for profile in ${PROFILES:-city hot flat chain multi}; do
			multi= kind=$profile
			[ "$profile" = multi ] && multi=--multi kind=city
			[ -d "$work/$profile-$size" ] || "$program" match make "$work/$profile-$size" --needs "$size" --profile "$kind" $multi
			echo "$work/$profile-$size"
		done
	done
}

cat <<-END
## Solver

On one core, on all, and with the districts served alike on one. Seconds: *serve* finds how many, *share* by whom, reading
files is left out; *CPU* is all that the process took, reading too. The gap is the one that our own prices prove. Memory is
the peak beside the problem itself, in MB. $(if [ -n "${PEER:-}" ]; then echo "The peer is an exact solver, run on the same problem right after; of its time only the solving counts, of its memory everything."; else echo "No peer was run."; fi)

| problem | edges | served by urgency | as the peer | utility to the peer's | proven gap | serve | share | CPU | all cores | fair | memory | peer | time to the peer's | peer's memory |
|---|--:|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
END
for dir in $(problems); do
	name=$(basename "$dir")
	run "$work/one" "$program" match solve "$dir" --cores 1
	run "$work/all" "$program" match solve "$dir"
	run "$work/fair" "$program" match solve "$dir" --fair --cores 1
	same=- ratio=- quotient=- theirs=- memory=-
	if [ -n "${PEER:-}" ]; then
		"$PEER" "$dir" --json "$work/peer" ${PEER_ARGS:-} >/dev/null 2>&1
		theirs=$(number '[a-z]*_solve_s' "$work/peer") memory=$(number '[a-z]*_peak_mb' "$work/peer")
		same=no
		# The peer has four tiers at least.
		[ "$(list served_by_tier "$work/peer" | sed 's/\(,0\)*$//')" = "$(list served_by_urgency "$work/one")" ] && same=yes
		ratio=$(awk -v a="$(number utility "$work/one")" -v b="$(number utility "$work/peer")" 'BEGIN { printf "%.7f", a / b }')
	fi
	awk -v name="$name" -v edges="$(number edges "$work/one")" -v served="$(list served_by_urgency "$work/one")" -v same="$same" -v ratio="$ratio" \
		-v gap="$(number gap "$work/one")" -v serve="$(number serve_s "$work/one")" -v share="$(number share_s "$work/one")" -v cpu="$(cat "$work/one.cpu")" \
		-v serveall="$(number serve_s "$work/all")" -v shareall="$(number share_s "$work/all")" \
		-v servefair="$(number serve_s "$work/fair")" -v sharefair="$(number share_s "$work/fair")" \
		-v peak="$(number peak_mb "$work/one")" -v instance="$(number instance_mb "$work/one")" -v theirs="$theirs" -v memory="$memory" 'BEGIN {
			gsub(",", " / ", served)
			printf "| %s | %d | %s | %s | %s | %.1e | %.2f | %.2f | %.2f | %.2f | %.2f | %.0f | %s | %s | %s |\n", name, edges, served, same, ratio, gap, serve, share, cpu,
				serveall + shareall, servefair + sharefair, peak - instance, theirs == "-" ? "-" : sprintf("%.2f", theirs),
				theirs == "-" ? "-" : sprintf("%.2f", (serve + share) / theirs), memory
		}'
done

[ "${AGAIN:-}" != no ] || exit 0

cat <<-END

With what the last solve left, after so many needs went and as many came; seconds for everything but reading files.

| problem | changed | from nothing | with memory | memory was enough | same counts | utility lost | proven gap |
|---|--:|--:|--:|---|---|--:|--:|
END
for dir in $(problems); do
	needs=$(($(wc -l <"$dir/needs.csv") - 1))
	for changed in 1 10 $((needs / 100)); do
		"$program" match again "$dir" --changed "$changed" --cores 1 >"$work/again"
		sed -n 's/.*"changed":\([0-9]*\),"cold_s":\([0-9.]*\),"with_memory_s":\([0-9.]*\),"warm":\([a-z]*\),"same_counts":\([a-z]*\),.*"with_memory_gap":\([-0-9.e]*\),.*"with_memory_less":\([-0-9]*\).*/\1 \2 \3 \4 \5 \7 \6/p' "$work/again" |
			awk -v name="$(basename "$dir")" '{ printf "| %s | %d | %.2f | %.2f | %s | %s | %d | %.1e |\n", name, $1, $2, $3, $4 == "true" ? "yes" : "no", $5 == "true" ? "yes" : "no", $6, $7 }'
	done
done
