#!/bin/sh
# run.sh SECONDS PROGRAM... - fuzzes each program for SECONDS on a copy of its corpus, as many at
# once as there are processors. What a target says is shown if it finds something.
set -eu

if [ "$1" = --one ]; then
	seconds=$2 program=$3
	name=${program##*/fuzz_}
	work=build/fuzz/corpus/$name
	mkdir -p "$work" "tests/fuzz/corpus/$name"
	dict=
	[ ! -e "tests/fuzz/$name.dict" ] || dict=-dict=tests/fuzz/$name.dict
	# shellcheck disable=SC2086 # $dict is one word or none
	if "$program" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -print_final_stats=0 \
		-verbosity=0 $dict -artifact_prefix=build/fuzz/ "$work" "tests/fuzz/corpus/$name" \
		>"build/fuzz/$name.log" 2>&1; then
		echo "fuzzed $name for $seconds s"
		exit 0
	fi
	cat "build/fuzz/$name.log"
	echo "FAILED: fuzz_$name"
	exit 1
fi

seconds=$1
shift
printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 "$0" --one "$seconds" && failed=0 || failed=1
[ "$failed" -eq 0 ] || exit 1
echo "fuzzing: no failure in $# targets"
