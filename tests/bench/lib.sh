# lib.sh - what the parts of the measurement share: tools, publications, servers, medians.
# Sourced by run, which sets top, tools, broadsheet, work and port.

servers=$work/servers # lines of NAME PID PORT
: >"$servers"

build_tools() {
	mkdir -p "$tools"
	for tool in load floor articles idle; do
		cc -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -o "$tools/$tool" \
			"$top/tests/bench/$tool.c" -lssl -lcrypto
	done
}

# new_publication FOLDER PORT - an ini file, a certificate, an editor's (editor.crt, editor.key), and
# a page of 5 KB as a file and as an article.
new_publication() {
	mkdir -p "$1/capsule/articles"
	openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /CN=Bench -days 30 \
		-keyout "$1/editor.key" -out "$1/editor.crt" 2>/dev/null
	cat >"$1/broadsheet.ini" <<-END
		[server]
		listen = 127.0.0.1:$2
		state = state
		workers = 1
		[log]
		access = none
		[limits]
		connections-per-client = 10000
		[capsule localhost]
		root = capsule
		certificate = localhost.crt
		key = localhost.key
		[editor bench]
		name = Bench
		role = editor
		fingerprint = $(openssl x509 -in "$1/editor.crt" -noout -fingerprint -sha256 | sed 's/.*=//')
	END
	"$broadsheet" cert new localhost -c "$1/broadsheet.ini" >/dev/null
	awk 'BEGIN { for (i = 0; i < 64; i++) printf "%-79s\n", "Line " i " of a page of five kilobytes." }' \
		>"$1/capsule/page.gmi"
	{
		printf -- '---\ntitle = A page\ndate = 1700-01-01\n---\n'
		cat "$1/capsule/page.gmi"
	} >"$1/capsule/articles/page.gmi"
}

# start NAME PORT COMMAND... - in the background, noted in $servers.
start() {
	name=$1 server_port=$2
	shift 2
	"$@" >"$work/$name.log" 2>&1 &
	echo "$name $! $server_port" >>"$servers"
}

# serve NAME PORT FOLDER - the same for broadsheet and a publication.
serve() {
	start "$1" "$2" "$broadsheet" serve -c "$3/broadsheet.ini"
}

pid_of() {
	awk -v name="$1" '$1 == name { print $2 }' "$servers"
}

stop_servers() {
	while read -r _ pid _; do
		kill "$pid" 2>/dev/null || true
	done <"$servers"
	wait
	: >"$servers"
}

# await NAME PORT URL SECONDS - until it answers 20; prints the seconds that took.
await() {
	"$tools/load" -u "$4" "$2" "$3" >"$work/load" || {
		echo "$1 did not serve $3 within $4 s; the end of its log:" >&2
		tail -n 20 "$work/$1.log" >&2
		exit 1
	}
	sed 's/.* seconds=\([0-9.]*\) .*/\1/' "$work/load"
}

# ask NAME KEY OPTION... - one figure of build/bench/load, named by its KEY.
ask() {
	asked=$1 key=$2
	shift 2
	"$tools/load" "$@" >"$work/load" || echo "$asked: $(cat "$work/load")" >&2
	sed -n "s/.* $key=\([0-9.]*\).*/\1/p" "$work/load"
}

# Of the numbers on standard input, one a line.
median() {
	sort -n | awk '{ v[NR] = $1 } END { print NR == 0 ? "nan" : v[int((NR + 1) / 2)] }'
}

# medians - of lines "ROW NAME VALUE", as lines "ROW NAME MEDIAN", in the order they came first.
medians() {
	awk '{ if (!(($1 " " $2) in rank)) rank[$1 " " $2] = ++n; print rank[$1 " " $2], $0 }' |
		sort -k1,1n -k4,4n | awk '
		function close_group() { if (count > 0) print key, value[int((count + 1) / 2)]; count = 0 }
		{ if ($2 " " $3 != key) close_group(); key = $2 " " $3; value[++count] = $4 }
		END { close_group() }'
}
