#include "press/works.h"

#include <assert.h>

#include "base/clock.h"

int64_t
works_now(void)
{
	return clock_wall_ms() / 1000;
}

struct edition_writer *
works_first(const struct press *press)
{
	return press->served != NULL ? press->served : press->next;
}

struct edition_writer *
works_next(const struct press *press, const struct edition_writer *edition)
{
	assert(edition == press->served || edition == press->next);
	return edition == press->served ? press->next : NULL;
}

void
works_set_need(struct press *press, enum press_need need, bool is_needed)
{
	assert((need & (need - 1)) == 0); /* one at a time */
	press->needs = is_needed ? press->needs | need : press->needs & ~(unsigned)need;
}

bool
works_needs(const struct press *press, unsigned any)
{
	return (press->needs & any) != 0;
}

struct error *
works_trouble(struct press *press, const struct edition_writer *edition)
{
	assert(edition != NULL && (edition == press->served || edition == press->next));
	return &press->trouble[edition == press->served ? 0 : 1];
}

bool
works_commit(struct press *press, struct edition_writer *edition)
{
	bool ok = writer_commit(edition, works_trouble(press, edition));
	assert(ok || works_trouble(press, edition)->text[0] != '\0');
	return ok;
}

void
works_queue(struct press *press, const char *path)
{
	if (queue_add(&press->queue, path) == QUEUE_TAKEN)
		return;
	queue_clear(&press->queue);
	works_rescan(press);
}

void
works_rescan(struct press *press)
{
	scan_clear(press->scan);
	press->last_scan_ms = clock_now_ms();
	works_set_need(press, NEED_SCAN, !scan_add(press->scan, "/"));
}
