#!/bin/sh
# run-fuzz.sh SECONDS PROGRAM... - fuzzes each program for SECONDS on a copy of its corpus.
set -eu
seconds=$1
shift
for program in "$@"; do
	name=${program##*/fuzz_}
	work=build/fuzz/corpus/$name
	mkdir -p "$work" "tests/fuzz/corpus/$name"
	dict=
	[ ! -e "tests/fuzz/$name.dict" ] || dict=-dict=tests/fuzz/$name.dict
	echo "fuzzing $name"
	# shellcheck disable=SC2086 # $dict is one word or none
	"$program" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -print_final_stats=0 \
		-verbosity=0 $dict -artifact_prefix="build/fuzz/" "$work" "tests/fuzz/corpus/$name"
done
echo "fuzzing: no failure in $# targets"
