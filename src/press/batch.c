#include "press/batch.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "press/dates_text.h"
#include "press/revisions.h"

/* While readers wait for the first edition nobody waits for a single article. Else a commit must
 * not hold up an upload, and a change must be live within two seconds. */
static const struct ripeness {
	size_t paths, bytes;
	int64_t age_ms;
} ripe_first = {10000, 16 * 1024 * 1024, 10000}, ripe_later = {200, 4 * 1024 * 1024, 200};

void
batch_check(const struct press *press)
{
	const struct batch *batch = &press->batch;

	if (batch->is_open) {
		assert(batch->verb != NULL);
		/* Else what is printed would be in no transaction, or in one that nobody ends. */
		assert(batch->served == press->served);
		assert(batch->next == press->next);
		assert(!batch->history_failed || press->capsule->history);
	} else {
		assert(batch->paths.count == 0);
		assert(batch->verb == NULL);
		assert(batch->served == NULL && batch->next == NULL);
		assert(!batch->history_failed);
	}
}

static void
begin(struct press *press, const char *verb)
{
	for (struct edition_writer *e = works_first(press); e != NULL; e = works_next(press, e))
		writer_begin(e);
	press->batch.is_open = true;
	press->batch.served = press->served;
	press->batch.next = press->next;
	press->batch.since_ms = clock_now_ms();
	press->batch.verb = verb;
}

void
batch_open(struct press *press, const char *path, const char *verb)
{
	if (!press->batch.is_open)
		begin(press, verb);
	batch_check(press);
	/* Without memory for the note a failure could not be made good by queueing again. */
	if (!strings_add(&press->batch.paths, path))
		works_set_need(press, NEED_SCAN, true);
}

bool
batch_is_ripe(const struct press *press)
{
	const struct ripeness *ripe = press->served == NULL ? &ripe_first : &ripe_later;
	const struct batch *batch = &press->batch;

	return batch->is_open &&
	       (batch->paths.count >= ripe->paths ||
		   clock_now_ms() - batch->since_ms >= ripe->age_ms ||
		   (press->history != NULL && history_bytes(press->history) >= ripe->bytes));
}

/* A list of dates is no change of its own where an article brought it along. */
static size_t
count_files(const struct batch *batch)
{
	size_t count = 0;

	for (size_t i = 0; i < batch->paths.count; i++)
		count += i == 0 || !dates_is_list(batch->paths.items[i]);
	return count;
}

/* What the commit says happened. */
static void
describe(const struct batch *batch, const struct press_credit *credit, struct buffer *out)
{
	size_t count = count_files(batch);

	if (credit != NULL)
		buffer_printf(out, "%s\n", credit->message);
	else if (count == 1)
		buffer_printf(out, "%s %s\n", batch->verb, batch->paths.items[0] + 1);
	else
		buffer_printf(out, "Take in %zu changed files\n", count);
}

static bool
commit_as_credited(struct press *press, const struct press_credit *credit, struct error *err)
{
	struct buffer message = BUFFER_EMPTY, mail = BUFFER_EMPTY;
	const char *name = credit == NULL ? "broadsheet" : credit->name;

	describe(&press->batch, credit, &message);
	if (credit == NULL)
		buffer_printf(&mail, PRESS_MAILBOX "%s", press->capsule->host);
	else
		buffer_puts(&mail, credit->mail);
	bool ok = message.failed || mail.failed
		      ? error_set(err, "out of memory")
		      : history_commit(
			    press->history, name, buffer_text(&mail), buffer_text(&message), err);
	buffer_free(&message);
	buffer_free(&mail);
	return ok;
}

/* Commits what was noted. A commit that fails holds nothing back: its paths are remembered. */
static void
commit(struct press *press, const struct press_credit *credit)
{
	struct batch *batch = &press->batch;
	struct error err;

	if (!press->capsule->history)
		return;
	if (press->history == NULL) {
		batch->history_failed = true;
	} else if (!commit_as_credited(press, credit, &err)) {
		batch->history_failed = true;
		log_error("%s: %s; the files are printed all the same, and committed later",
		    press->capsule->host, err.text);
	}
	for (struct edition_writer *e = works_first(press); e != NULL; e = works_next(press, e)) {
		for (size_t k = 0; batch->history_failed && k < batch->paths.count; k++)
			writer_put_uncommitted(e, batch->paths.items[k]);
		for (size_t k = 0; !batch->history_failed && k < batch->paths.count; k++)
			writer_drop_uncommitted(e, batch->paths.items[k]);
		if (batch->history_failed)
			continue;
		revisions_follow(press, e);
		writer_remember(e, WRITER_COMMIT, history_head(press->history));
	}
}

/* Nothing of the batch is printed in that edition: look at all of it again, later. */
static void
queue_again(struct press *press)
{
	for (size_t i = 0; i < press->batch.paths.count; i++)
		works_queue(press, press->batch.paths.items[i]);
	works_set_need(press, NEED_SCAN, true);
}

static void
reset(struct batch *batch)
{
	strings_free(&batch->paths);
	*batch = (struct batch){0};
}

bool
batch_commit(struct press *press, const struct press_credit *credit)
{
	assert(press->batch.is_open);
	batch_check(press);
	commit(press, credit);
	bool is_committed = !press->batch.history_failed;
	for (struct edition_writer *e = works_first(press); e != NULL; e = works_next(press, e))
		if (!works_commit(press, e))
			queue_again(press);
	reset(&press->batch);
	batch_check(press);
	return is_committed;
}
