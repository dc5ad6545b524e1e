# archive.sh - how it grows with the number of articles. Sourced by run; one publication for each
# size, in $archives, and servers of all of them at once, so that they are measured in turn.

# archive_port SIZE - each publication has its own, the same for servers that come after it.
archive_port() {
	i=0
	for known in $sizes; do
		i=$((i + 1))
		[ "$known" != "$1" ] || echo $((port + 100 + i))
	done
}

# new_archive SIZE - written and printed, unless $archives has it from another time.
new_archive() {
	folder=$archives/$1
	archive_at=$(archive_port "$1")
	if [ ! -f "$folder/oldest" ]; then
		mkdir -p "$folder"
		new_publication "$folder" "$archive_at"
		"$tools/articles" "$folder/capsule/articles" "$1" >"$folder/oldest.new"
		serve "archive-$1" "$archive_at" "$folder"
		await "archive-$1" "$archive_at" gemini://localhost/ 7200 >"$folder/first"
		stop_servers
		mv "$folder/oldest.new" "$folder/oldest"
	fi
	sed -i "s/^listen = .*/listen = 127.0.0.1:$archive_at/" "$folder/broadsheet.ini"
}

# --- starts, and files that come by hand ---

measure_starts() {
	for size in $sizes; do
		for _ in $(seq "$rounds"); do
			serve "archive-$size" "$(archive_port "$size")" "$archives/$size"
			echo "restart $size $(await "archive-$size" "$(archive_port "$size")" \
				gemini://localhost/ 60)"
			stop_servers
		done
	done
}

start_archives() {
	for size in $sizes; do
		serve "archive-$size" "$(archive_port "$size")" "$archives/$size"
		await "archive-$size" "$(archive_port "$size")" gemini://localhost/ 60 >/dev/null
	done
	# The scan of a start goes on after it; a file that came by hand is printed when it is over.
	for size in $sizes; do
		drop "$size" scanned >/dev/null
	done
}

# drop SIZE NAME - a new article, by hand; prints the seconds until a reader gets it.
drop() {
	printf '# Dropped\n\nText.\n' >"$work/new"
	name=drop-$2-$(date +%s%N)
	mv "$work/new" "$archives/$1/capsule/articles/$name.gmi"
	await "archive-$1" "$(archive_port "$1")" "gemini://localhost/articles/$name.gmi" 3600
}

measure_drops() {
	for round in $(seq "$rounds"); do
		for size in $sizes; do
			echo "drop $size $(drop "$size" "$round")"
		done
	done
}

print_growth() {
	printf '\n%9s %15s %12s %12s %14s\n' articles 'first print, s' 'restart, ms' 'by hand, ms' \
		'memory, MB'
	for size in $sizes; do
		printf '%9d %15.1f %12.0f %12.0f %14.0f\n' "$size" "$(cat "$archives/$size/first")" \
			"$(in_ms restart "$size")" "$(in_ms drop "$size")" "$(figure memory "$size")"
	done
}

# --- uploads ---

measure_uploads() {
	for _ in $(seq "$rounds"); do
		for size in $sizes; do
			for how in full resumed; do
				option=
				[ $how = full ] || option=-r
				# A folder that no upload had before.
				"$tools/load" $option -n 100 -i "$archives/$size/editor" -p 1 \
					"$(archive_port "$size")" "titan://localhost/articles/$(date +%s%N)/" \
					>"$work/load" || echo "upload: $(cat "$work/load")" >&2
				sed "s/.* p50_ms=\([0-9.]*\) p99_ms=\([0-9.]*\).*/$how-p50 $size \1\n$how-p99 $size \2/" \
					"$work/load"
			done
		done
	done
}

print_uploads() {
	printf '\n%9s %14s %14s %14s %14s\n' 'articles' 'full p50, ms' 'p99' 'resumed p50, ms' p99
	for size in $sizes; do
		printf '%9d %14.1f %14.1f %14.1f %14.1f\n' "$size" "$(figure full-p50 "$size")" \
			"$(figure full-p99 "$size")" "$(figure resumed-p50 "$size")" \
			"$(figure resumed-p99 "$size")"
	done
}

# --- pages ---

# bound SECOND - the /more/ bound of that Unix second: seconds since the year 1, shifted by 24 bits,
# in base32.
bound() {
	id=$((($1 + 62135596800) << 24)) text=
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13; do
		text=$(echo 0123456789abcdefghijklmnopqrstuv | cut -c$((id % 32 + 1)))$text
		id=$((id / 32))
	done
	echo "$text"
}

# pages SIZE - lines of NAME PATH.
pages() {
	article=$(cd "$archives/$1/capsule" && find articles/2024/12 -name 'article-*.gmi' | sort | head -n 1)
	deepest=$(bound "$(cat "$archives/$1/oldest")")
	cat <<-END
		index /
		article /$article
		section /articles/
		month /archive/2024/12/
		tag /tags/topic-3
		author /authors/author-3
		deepest /more/$deepest
		archive /archive/
		tags /tags/
		authors /authors/
		feed /atom.xml
		search-common /search?harbour
		search-rare /search?zeppelin
		search-none /search?quagga
	END
}

measure_pages() {
	for round in $(seq "$rounds"); do
		for size in $small_archive $big_archive; do
			pages "$size" | while read -r page path; do
				echo "$page $size $(ask "$page of $size" cpu_us -n 400 -c 4 -r \
					-s "$(pid_of "archive-$size")" "$(archive_port "$size")" \
					"gemini://localhost$path")"
			done
		done
	done
}

print_pages() {
	printf '\n%-20s %12s %12s %8s\n' 'us of server CPU' "of $small_archive" "of $big_archive" ratio
	pages "$small_archive" | while read -r page _; do
		printf '%s %s %s\n' "$page" "$(figure "$page" "$small_archive")" \
			"$(figure "$page" "$big_archive")"
	done | awk '{ printf "%-20s %12.0f %12.0f %8.2f\n", $1, $2, $3, $3 / $2 }'
}

# --- all of it ---

# figure ROW SIZE - the median.
figure() {
	awk -v row="$1" -v size="$2" '$1 == row && $2 == size { print $3 }' "$figures" | median
}

in_ms() {
	figure "$1" "$2" | awk '{ print $1 * 1000 }'
}

# The memory of all processes of each server, in MB; shared pages in shares.
measure_memory() {
	for size in $sizes; do
		supervisor=$(pid_of "archive-$size")
		for pid in "$supervisor" $(cat "/proc/$supervisor/task/$supervisor/children"); do
			cat "/proc/$pid/smaps_rollup"
		done | awk -v size="$size" '/^Pss:/ { kb += $2 } END { print "memory", size, kb / 1024 }'
	done
}

measure_archives() {
	figures=$work/archive-figures
	for size in $sizes; do
		new_archive "$size"
	done
	measure_starts >"$figures"
	start_archives
	{
		measure_pages
		measure_drops
		measure_memory
		measure_uploads
	} >>"$figures"
	stop_servers
	print_growth
	print_uploads
	print_pages
}
