#!/bin/sh
# lint.sh SOURCE... - asks gcc, clang, clang-tidy, cppcheck, clang-format, mandoc and shellcheck
# about these C sources, and about all tests, manual pages and scripts. Any warning is a failure.
# A suppression stands in the line it is for, with its reason.
set -u

failed=0
# attempt NAME COMMAND... - runs it, and shows what it says only if it fails.
attempt() {
	name=$1
	shift
	if ! said=$("$@" 2>&1); then
		printf '%s\n%s\n' "--- $name" "$said"
		failed=1
	fi
}

# The Makefile's flags; those that write dependency files are no use here.
# shellcheck disable=SC2016 # make expands it
flags="$(make -s --no-print-directory \
	--eval='show-flags:; @echo $(filter-out -MMD -MP,$(ALL_CFLAGS)) $(IMPORT_CFLAGS)' show-flags)"
tests="$(find tests -name '*.c' | sort)"
headers="$(find src -name '*.h' | sort)"
scripts="scripts/*.sh $(grep -lE '^#!.*\b(sh|bash)\b' .ci/run tests/bench/run 2>/dev/null)"

echo "lint: compilers"
for source in "$@" $tests; do
	# shellcheck disable=SC2086 # flags are words
	attempt "gcc $source" gcc $flags -Itests/unit -fsyntax-only "$source"
	# shellcheck disable=SC2086
	attempt "clang $source" clang $flags -Itests/unit -fsyntax-only "$source"
done

# Its leaks are left to valgrind and the sanitizers: version 12 takes what goes into a list for lost.
echo "lint: gcc -fanalyzer"
for source in "$@"; do
	# shellcheck disable=SC2086
	attempt "gcc -fanalyzer $source" gcc $flags -O1 -fanalyzer -Wno-analyzer-malloc-leak \
		-c -o /dev/null "$source"
done

echo "lint: clang-tidy" # one file a run: several make version 14 see va_list faults that are none
for source in "$@"; do
	# shellcheck disable=SC2086
	attempt "clang-tidy $source" clang-tidy --quiet "$source" -- $flags
done

echo "lint: cppcheck"
# One thread a process: functions that are not reentrant are safe.
attempt cppcheck cppcheck --quiet --suppress=readdirCalled --suppress=getpwnamCalled \
	--enable=warning,performance,portability --inline-suppr \
	--error-exitcode=1 --std=c11 --library=posix -Isrc -D_GNU_SOURCE "$@"

echo "lint: clang-format"
# shellcheck disable=SC2086 # lists of files
attempt clang-format clang-format --dry-run -Werror "$@" $headers $tests

echo "lint: mandoc"
attempt mandoc mandoc -T lint -W warning src/man/*.[1-9]

echo "lint: shellcheck"
# shellcheck disable=SC2086
attempt shellcheck shellcheck -x $scripts

[ "$failed" = 0 ] && echo "lint: nothing to say"
exit "$failed"
