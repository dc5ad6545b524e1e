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

# What is asked about one file is asked about several at once: see below.
# The flags are words, so they stand without quotes.
case ${1:-} in
--test)
	# shellcheck disable=SC2086
	attempt "gcc $2" gcc $LINT_FLAGS -Itests/unit -fsyntax-only "$2"
	# shellcheck disable=SC2086
	attempt "clang $2" clang $LINT_FLAGS -Itests/unit -fsyntax-only "$2"
	exit "$failed"
	;;
--source)
	# The analyzer's leaks are left to valgrind and the sanitizers: version 12 takes what goes into a
	# list for lost. It warns of all the compiler does.
	# shellcheck disable=SC2086
	attempt "gcc -fanalyzer $2" gcc $LINT_FLAGS -O1 -fanalyzer -Wno-analyzer-malloc-leak \
		-c -o /dev/null "$2"
	# One file a run: several make version 14 see va_list faults that are none.
	# shellcheck disable=SC2086
	attempt "clang $2" clang $LINT_FLAGS -fsyntax-only "$2"
	# shellcheck disable=SC2086
	attempt "clang-tidy $2" clang-tidy --quiet "$2" -- $LINT_FLAGS
	exit "$failed"
	;;
esac

# The Makefile's flags; those that write dependency files are no use here.
# shellcheck disable=SC2016 # make expands it
LINT_FLAGS="$(MAKEFLAGS="" make -s --no-print-directory \
	--eval='show-flags:; @echo $(filter-out -MMD -MP,$(ALL_CFLAGS)) $(IMPORT_CFLAGS)' show-flags)"
export LINT_FLAGS
tests="$(find tests -name '*.c' | sort)"
headers="$(find src tests -name '*.h' | sort)"
scripts="$(git grep -lE '^#!.*\b(sh|bash)\b')"

# each KIND FILE... - lint.sh KIND FILE for each, as many at once as there are processors.
each() {
	kind=$1
	shift
	printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 "$0" "$kind" || failed=1
}

echo "lint: compilers, analyzer and clang-tidy"
each --source "$@"
# shellcheck disable=SC2086 # a list of files
each --test $tests

echo "lint: cppcheck"
# One thread a process: functions that are not reentrant are safe.
attempt cppcheck cppcheck --quiet -j "$(nproc)" --suppress=readdirCalled \
	--suppress=getpwnamCalled --enable=warning,performance,portability --inline-suppr \
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
