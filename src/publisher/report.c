#include "publisher/report.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* A slot's numbers, read once: the process that owns them goes on counting. */
struct counters {
	uint64_t accepted, requests, refused, bytes_sent, by_class[7];
	int connections;
};

static void
counters_add(struct counters *sum, const struct scoreboard_slot *slot)
{
	sum->accepted += slot->accepted;
	sum->requests += slot->requests;
	sum->refused += slot->refused;
	sum->bytes_sent += slot->bytes_sent;
	for (size_t i = 0; i < sizeof(sum->by_class) / sizeof(sum->by_class[0]); i++)
		sum->by_class[i] += slot->by_class[i];
	sum->connections += scoreboard_connections(slot);
}

/* Slots that nobody has keep what their last owner counted. */
static struct counters
counters_of_all(const struct scoreboard *board)
{
	struct counters sum = {0};

	for (size_t i = 0; i < SCOREBOARD_SLOTS; i++)
		counters_add(&sum, &board->slots[i]);
	return sum;
}

static const char *
role_name(int role)
{
	return role == PROCESS_PUBLISHER ? "publisher" : "worker";
}

static int64_t
seconds_since(int64_t then, int64_t now)
{
	return now > then ? now - then : 0;
}

/* --- for people --- */

static void
put_duration(struct buffer *out, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		char unit;
	} units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	char text[48];
	size_t i = 0;

	while (i < 3 && seconds < units[i].seconds)
		i++;
	int len = snprintf(
	    text, sizeof(text), "%" PRId64 "%c", seconds / units[i].seconds, units[i].unit);
	if (i < 3)
		snprintf(text + len, sizeof(text) - (size_t)len, " %" PRId64 "%c",
		    seconds % units[i].seconds / units[i + 1].seconds, units[i + 1].unit);
	buffer_puts(out, text);
}

static void
put_bytes(struct buffer *out, uint64_t bytes)
{
	static const char units[] = {'K', 'M', 'G', 'T', 'P'};
	double amount = (double)bytes / 1024;
	size_t i = 0;

	if (bytes < 1024) {
		buffer_printf(out, "%" PRIu64 " bytes", bytes);
		return;
	}
	for (; amount >= 1024 && i + 1 < sizeof(units); i++)
		amount /= 1024;
	buffer_printf(out, "%.1f %cB", amount, units[i]);
}

static void
put_process_line(struct buffer *out, const struct scoreboard *board, size_t number, int64_t now)
{
	const struct scoreboard_entry *entry = &board->entries[number];
	const struct scoreboard_slot *slot = &board->slots[number];
	struct buffer up = BUFFER_EMPTY;

	put_duration(&up, seconds_since(entry->started, now));
	buffer_printf(out, "%-10s %8d %10d %8s %8d", role_name(entry->role), entry->pid,
	    entry->generation, buffer_text(&up), entry->restarts);
	if (entry->role == PROCESS_WORKER)
		buffer_printf(out, " %11d %10" PRIu64 " %9" PRIu64, scoreboard_connections(slot),
		    slot->requests, slot->refused);
	buffer_putc(out, '\n');
	buffer_free(&up);
}

static void
put_counters(struct buffer *out, const struct counters *sum)
{
	buffer_printf(out, "answers: %" PRIu64 " (", sum->requests);
	for (int i = 1; i <= 6; i++)
		buffer_printf(out, "%s%d: %" PRIu64, i == 1 ? "" : ", ", i * 10, sum->by_class[i]);
	buffer_puts(out, "), ");
	put_bytes(out, sum->bytes_sent);
	buffer_printf(out,
	    "\nconnections: %d open, %" PRIu64 " accepted, %" PRIu64 " refused, %" PRIu64
	    " ended without an answer\n",
	    sum->connections, sum->accepted, sum->refused, sum->by_class[0]);
}

static void
put_history(struct buffer *out, const struct press_status *press)
{
	if (press->commit[0] != '\0')
		buffer_printf(out, "  history at %.12s\n", press->commit);
	if (press->uncommitted > 0)
		buffer_printf(out, "  warning: %" PRId64 " files wait for a commit that failed\n",
		    press->uncommitted);
	if (press->widest_folder > REPORT_WIDE_FOLDER)
		buffer_printf(out,
		    "  warning: a folder below articles/ has %" PRId64
		    " entries; above %d each change costs more\n",
		    press->widest_folder, REPORT_WIDE_FOLDER);
}

static void
put_capsule(struct buffer *out, const struct report_capsule *capsule)
{
	const struct press_status *press = &capsule->press;

	if (press->edition == 0)
		buffer_printf(out, "\n%s: the first edition is being printed\n", capsule->host);
	else
		buffer_printf(out, "\n%s: edition %u%s\n", capsule->host, press->edition,
		    press->is_scanning ? ", work is waiting" : "");
	buffer_printf(out,
	    "  %" PRId64 " articles, %" PRId64 " scheduled, %" PRId64 " drafts, %" PRId64
	    " broken, %" PRId64 " other files\n",
	    press->articles, press->scheduled, press->drafts, press->broken, press->files);
	if (press->root_is_missing)
		buffer_puts(out, "  warning: the root folder is missing\n");
	put_history(out, press);
}

void
report_text(const struct report *report, struct buffer *out)
{
	const struct scoreboard *board = report->board;
	struct counters sum = counters_of_all(board);

	buffer_printf(out, "broadsheet %s, process %d, generation %d, up ", BROADSHEET_VERSION,
	    board->supervisor_pid, board->generation);
	put_duration(out, seconds_since(board->started, report->now));
	buffer_printf(out, "\n\n%-10s %8s %10s %8s %8s %11s %10s %9s\n", "process", "pid",
	    "generation", "up", "restarts", "connections", "answers", "refused");
	for (size_t i = 0; i < SCOREBOARD_SLOTS; i++)
		if (board->entries[i].role != PROCESS_NONE)
			put_process_line(out, board, i, report->now);
	buffer_putc(out, '\n');
	put_counters(out, &sum);
	for (size_t i = 0; i < report->capsule_count; i++)
		put_capsule(out, &report->capsules[i]);
}

/* --- for programs --- */

static void
put_json_counters(struct buffer *out, const struct counters *c)
{
	buffer_printf(out,
	    "\"connections\":%d,\"accepted\":%" PRIu64 ",\"requests\":%" PRIu64
	    ",\"refused\":%" PRIu64 ",\"bytes_sent\":%" PRIu64 ",\"answers\":{\"none\":%" PRIu64,
	    c->connections, c->accepted, c->requests, c->refused, c->bytes_sent, c->by_class[0]);
	for (int i = 1; i <= 6; i++)
		buffer_printf(out, ",\"%d\":%" PRIu64, i * 10, c->by_class[i]);
	buffer_putc(out, '}');
}

static void
put_json_process(struct buffer *out, const struct scoreboard *board, size_t number, int64_t now)
{
	const struct scoreboard_entry *entry = &board->entries[number];

	buffer_printf(out,
	    "{\"role\":\"%s\",\"slot\":%zu,\"pid\":%d,\"generation\":%d,\"uptime\":%" PRId64
	    ",\"restarts\":%d",
	    role_name(entry->role), number, entry->pid, entry->generation,
	    seconds_since(entry->started, now), entry->restarts);
	if (entry->role == PROCESS_WORKER) {
		struct counters counters = {0};
		counters_add(&counters, &board->slots[number]);
		buffer_putc(out, ',');
		put_json_counters(out, &counters);
	}
	buffer_putc(out, '}');
}

static void
put_json_capsule(struct buffer *out, const struct report_capsule *capsule)
{
	const struct press_status *press = &capsule->press;

	buffer_puts(out, "{\"host\":\"");
	text_append_json(out, capsule->host, strlen(capsule->host));
	buffer_printf(out,
	    "\",\"edition\":%u,\"articles\":%" PRId64 ",\"scheduled\":%" PRId64
	    ",\"drafts\":%" PRId64 ",\"broken\":%" PRId64 ",\"files\":%" PRId64,
	    press->edition, press->articles, press->scheduled, press->drafts, press->broken,
	    press->files);
	buffer_printf(out,
	    ",\"scanning\":%s,\"root_missing\":%s,\"commit\":\"%s\",\"uncommitted\":%" PRId64
	    ",\"widest_folder\":%" PRId64 "}",
	    press->is_scanning ? "true" : "false", press->root_is_missing ? "true" : "false",
	    press->commit, press->uncommitted, press->widest_folder);
}

static void
put_json_processes(struct buffer *out, const struct report *report)
{
	const char *comma = "";

	buffer_puts(out, "\"processes\":[");
	for (size_t i = 0; i < SCOREBOARD_SLOTS; i++) {
		if (report->board->entries[i].role == PROCESS_NONE)
			continue;
		buffer_puts(out, comma);
		put_json_process(out, report->board, i, report->now);
		comma = ",";
	}
	buffer_puts(out, "],");
}

void
report_json(const struct report *report, struct buffer *out)
{
	const struct scoreboard *board = report->board;
	struct counters sum = counters_of_all(board);

	buffer_printf(out,
	    "{\"version\":\"%s\",\"pid\":%d,\"generation\":%d,\"uptime\":%" PRId64 ",",
	    BROADSHEET_VERSION, board->supervisor_pid, board->generation,
	    seconds_since(board->started, report->now));
	put_json_processes(out, report);
	buffer_puts(out, "\"counters\":{");
	put_json_counters(out, &sum);
	buffer_puts(out, "},\"capsules\":[");
	for (size_t i = 0; i < report->capsule_count; i++) {
		buffer_puts(out, i == 0 ? "" : ",");
		put_json_capsule(out, &report->capsules[i]);
	}
	buffer_puts(out, "]}\n");
}

void
report_editions(const struct report *report, struct buffer *out)
{
	for (size_t i = 0; i < report->capsule_count; i++) {
		const struct press_status *press = &report->capsules[i].press;
		const char *state = press->root_is_missing ? "missing"
				    : press->is_scanning   ? "printing"
							   : "idle";
		buffer_printf(out, "%s %u %" PRId64 " %s\n", report->capsules[i].host,
		    press->edition,
		    press->articles + press->scheduled + press->drafts + press->broken +
			press->files,
		    state);
	}
}
