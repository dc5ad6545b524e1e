#!/bin/sh
# packages.sh - installs what broadsheet needs on Debian, and says what and why.
#
#   src/packages.sh build|test|fuzz|lint|cover|bench
#
# Does nothing where everything is there. Installs as root, or through sudo; where neither
# can be, it prints the line to run and fails.
set -eu

build="gcc:compiler libc6-dev:compiler pkg-config:compiler_flags libssl-dev:TLS
	libuv1-dev:event_loop libsqlite3-dev:edition libgit2-dev:history libmagic-dev:file_types
	libinih-dev:ini_file libcmark-dev:Markdown libseccomp-dev:sandbox libxml2-dev:import tzdata:time_zones"
test="$build libcmocka-dev:unit_tests liburiparser-dev:URL_oracle python3-minimal:end-to-end_tests
	python3-pytest:end-to-end_tests python3-pytest-xdist:several_at_once git:history_tests openssl:client_certificates
	libxml2-utils:Atom_schema libimage-exiftool-perl:metadata_oracle
	tmux:driving_Amfora amfora:a_real_client"
fuzz="$build clang:fuzzing libclang-rt-dev:fuzzing"
lint="$build clang:lint clang-tidy:lint clang-format:lint cppcheck:lint mandoc:manual_pages
	shellcheck:shell_scripts git:list_of_scripts libcmocka-dev:unit_tests"
cover="$test lcov:coverage"
bench="$test valgrind:instruction_counts"

case ${1:-} in
build) wanted=$build ;;
test) wanted=$test ;;
fuzz) wanted=$fuzz ;;
lint) wanted=$lint ;;
cover) wanted=$cover ;;
bench) wanted=$bench ;;
*)
	echo "usage: packages.sh build|test|fuzz|lint|cover|bench" >&2
	exit 2
	;;
esac

if ! command -v dpkg-query >/dev/null; then
	echo "packages.sh: not a Debian; taking it that these are here: $wanted" >&2
	exit 0
fi

missing=
for entry in $wanted; do
	name=${entry%%:*}
	if [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" != installed ]; then
		missing="$missing $name"
		printf 'needs %-20s for the %s\n' "$name" "$(echo "${entry#*:}" | tr _ ' ')"
	fi
done
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
	as_root="env"
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
	as_root="sudo env"
elif command -v sudo >/dev/null && [ -t 0 ]; then
	as_root="sudo env"
else
	printf 'packages.sh: cannot install as %s; run this as root, then try again:\n  %s\n' \
		"$(id -un)" "$install" >&2
	exit 1
fi
# A fresh machine has no package lists, an old one has stale ones: fetch them if need be.
$as_root DEBIAN_FRONTEND=noninteractive sh -c \
	"$install -qq >/dev/null 2>&1 || { apt-get update -qq && $install -qq; }" >/dev/null
echo "installed:$missing"
