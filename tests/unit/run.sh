#!/bin/sh
# run.sh PROGRAM... - runs the unit tests, all of them, as many at once as there are processors,
# and adds up what they say.
set -eu

said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT
# One program a line of xargs; what it says and how it ended lie in files of its name.
# shellcheck disable=SC2016 # the inner shell expands it
printf '%s\n' "$@" | xargs -P "$(nproc)" -I{} sh -c \
	'out=$1/${2##*/}; "$2" >"$out" 2>&1 && echo 0 >"$out.status" || echo $? >"$out.status"' \
	sh "$said" {}

passed=0 failed=0
for program in "$@"; do
	out=$said/${program##*/}
	status=$(cat "$out.status")
	good=$(grep -c '^\[ *OK \]' "$out" || true)
	bad=0
	if [ "$status" -ne 0 ]; then
		bad=$(sed -n 's/^ *\([0-9]*\) FAILED TEST(S)$/\1/p' "$out")
		bad=${bad:-1} # it crashed
		cat "$out"
		echo "FAILED: $program (exit $status)"
	fi
	passed=$((passed + good)) failed=$((failed + bad))
done
echo "unit tests: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
