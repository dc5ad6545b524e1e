#!/bin/sh
# run.sh [ARGUMENT...] - runs the end-to-end tests, several at once, then those that need the
# machine to themselves (marked "alone"), and adds up the counts. ARGUMENTs go to pytest.
set -u
cd "$(dirname "$0")/../.." || exit 1
said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT

# part NAME ARGUMENT... - one run of pytest, whose words stay in a file as well.
part() {
	name=$1
	shift
	{
		/usr/bin/python3 -m pytest -q tests/e2e "$@"
		echo $? >"$said/$name.status"
	} 2>&1 | tee "$said/$name"
	# 5: nothing was selected, as with -k
	case $(cat "$said/$name.status") in
	0 | 5) ;;
	*)
		is_good=false
		summary "$name" | grep -Eq '\b(failed|errors?)\b' || crashed=$((crashed + 1))
		;;
	esac
}
# summary NAME - the line in which a run of pytest counts: the last such, as tests may print others.
summary() {
	grep -E ' in [0-9.]+s( \([0-9:]+\))?( =+)?$' "$said/$1" | tail -n 1
}
# count WORD - how many tests both parts call so.
count() {
	{
		summary many
		summary alone
	} | sed -n "s/^.*\b\([0-9]\+\) $1\b.*/\1/p" | awk '{ sum += $1 } END { print sum + 0 }'
}

is_good=true
crashed=0 # runs that ended badly without a count of what failed
# Most of a test is waiting: two for each processor keep it busy.
part many -n "$((2 * $(nproc)))" -m "not alone" "$@"
part alone -m alone "$@"
failed=$(($(count failed) + $(count errors) + $(count error) + crashed))
echo "end-to-end tests: $(count passed) passed, $failed failed, $(count skipped) skipped"
$is_good && [ "$(count passed)" -gt 0 ]
