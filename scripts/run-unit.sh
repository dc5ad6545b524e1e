#!/bin/sh
# run-unit.sh PROGRAM... - runs the unit tests, all of them, and adds up what they say.
set -u
passed=0 failed=0
for program in "$@"; do
	out=$($program 2>&1)
	status=$?
	good=$(printf '%s\n' "$out" | grep -c '^\[ *OK \]')
	bad=$(printf '%s\n' "$out" | sed -n 's/^ *\([0-9]*\) FAILED TEST(S)$/\1/p')
	[ "$status" -eq 0 ] && bad=0
	bad=${bad:-1} # it crashed
	passed=$((passed + good)) failed=$((failed + bad))
	if [ "$status" -ne 0 ]; then
		printf '%s\n' "$out"
		echo "FAILED: $program (exit $status)"
	fi
done
echo "unit tests: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
