#include "worker/access_line.h"

#include <string.h>

#include "base/buffer.h"
#include "base/log.h"
#include "net/address.h"
#include "worker/redact.h"

#define NS_PER_MS 1e6

static void
count(const struct conn_report *report, struct scoreboard_slot *counters)
{
	int class = report->status / 10;

	if (class < 0 || class > 6)
		class = 0;
	atomic_fetch_add_explicit(&counters->by_class[class], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&counters->bytes_sent, report->bytes, memory_order_relaxed);
	if (report->status != 0)
		atomic_fetch_add_explicit(&counters->requests, 1, memory_order_relaxed);
}

void
access_line(const struct conn *conn, const struct config *config, struct scoreboard_slot *counters,
    uint64_t took_ns, bool is_quiet)
{
	struct conn_report report;
	char client[ADDRESS_TEXT_MAX];
	struct buffer url = BUFFER_EMPTY;

	conn_report(conn, &report);
	count(&report, counters);
	address_format(conn_client(conn), config->log.addresses, client);
	if (report.status == 0 && strcmp(report.url, "-") == 0) {
		if (report.trouble != NULL && !is_quiet)
			log_notice("connection from %s ended: %s", client, report.trouble);
		return;
	}
	redact_line(report.url, &url);
	log_access(&(struct log_request){
	    .url = url.failed ? "-" : buffer_text(&url),
	    .client = client,
	    .status = report.status,
	    .bytes = report.bytes,
	    .ms = (double)took_ns / NS_PER_MS,
	});
	buffer_free(&url);
}
