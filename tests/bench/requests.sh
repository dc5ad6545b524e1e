# requests.sh - what one request costs beside OpenSSL alone and beside other servers, and what many
# at once do. Sourced by run.

start_peers() {
	peer_port=$port
	while [ $# -gt 0 ]; do
		[ "$1" = --peer ] || { shift; continue; }
		peer_port=$((peer_port + 1))
		start "$2" "$peer_port" env PORT="$peer_port" CERT="$work/small/localhost.crt" \
			KEY="$work/small/localhost.key" ROOT="$work/small/capsule" sh -c "exec $3"
		await "$2" "$peer_port" gemini://localhost/page.gmi 20 >/dev/null
		shift 3
	done
}

start_servers() {
	new_publication "$work/small" "$port"
	head -c 100000000 /dev/zero >"$work/small/capsule/large.bin"
	serve broadsheet "$port" "$work/small"
	await broadsheet "$port" gemini://localhost/articles/page.gmi 20 >/dev/null
	start_peers "$@"
}

# --- one request ---

# cost ROW NAME PID PORT PATH [OPTION]...
cost() {
	row=$1 name=$2 pid=$3 server_port=$4 path=$5
	shift 5
	echo "$row $name $(ask "$name" cpu_us -c 8 -n 1000 -s "$pid" "$@" "$server_port" \
		"gemini://localhost$path")"
}

measure_requests() {
	for _ in $(seq "$rounds"); do
		for how in full resumed; do
			option=
			[ $how = full ] || option=resumed
			echo "$how floor $("$tools/floor" "$work/small/localhost.crt" \
				"$work/small/localhost.key" 1000 $option)"
		done
		while read -r name pid server_port; do
			cost full "$name" "$pid" "$server_port" /page.gmi
			cost resumed "$name" "$pid" "$server_port" /page.gmi -r
			if [ "$name" = broadsheet ]; then
				cost full article "$pid" "$server_port" /articles/page.gmi
				cost resumed article "$pid" "$server_port" /articles/page.gmi -r
			fi
		done <"$servers"
	done | medians
}

print_requests() {
	awk '
	{ median[$1 " " $2] = $3; if (!($2 in seen)) order[++n] = $2; seen[$2] = 1 }
	function cell(how, name) {
		if (!((how " " name) in median) || median[how " " name] == "")
			return sprintf(" %10s %8s", "-", "-")
		return sprintf(" %10.0f %8.2f", median[how " " name], \
			median[how " " name] / median[how " floor"])
	}
	END {
		printf "%-20s %10s %8s %10s %8s\n", "us of server CPU", "full", "x floor", "resumed", "x floor"
		for (i = 1; i <= n; i++)
			printf "%-20s%s%s\n", order[i], cell("full", order[i]), cell("resumed", order[i])
	}'
}

# --- many at once ---

# strain NAME PID PORT - one line of the table.
strain() {
	# First, while no memory lies about that others left.
	"$tools/idle" "$3" "$2" 1000 >"$work/idle" 2>/dev/null || true
	"$tools/load" -n 4000 -c 512 "$3" gemini://localhost/page.gmi >"$work/burst" || true
	"$tools/load" -n 4 -c 1 -s "$2" "$3" gemini://localhost/large.bin >"$work/large" || true
	printf '%-20s %10s %10s %10s %10s %12s %10s\n' "$1" "$(value failed "$work/burst")" \
		"$(value per_second "$work/burst")" "$(value p99_ms "$work/burst")" \
		"$(awk -v b="$(value bytes "$work/large")" -v s="$(value seconds "$work/large")" \
			'BEGIN { if (s > 0) printf "%.0f", b / s / 1e6; else print "-" }')" \
		"$(awk -v us="$(value cpu_us "$work/large")" 'BEGIN { if (us > 0) printf "%.2f", us / 1e5; else print "-" }')" \
		"$(value kb "$work/idle")"
}

# value KEY FILE
value() {
	sed -n "s/^\(.* \)\{0,1\}$1=\([0-9.]*\).*/\2/p" "$2" | head -n 1
}

print_strain() {
	printf '\n%-20s %10s %10s %10s %10s %12s %10s\n' '' 'failed' '/second' 'p99, ms' 'MB/s' \
		'CPU s/GB' 'idle, KB'
	while read -r name pid server_port; do
		strain "$name" "$pid" "$server_port"
	done <"$servers"
}
