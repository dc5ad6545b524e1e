/*
 * bindery - a workshop in whose folder an edition is being written: what the tests of store/ share
 * that need no press.
 */
#ifndef UNIT_BINDERY_H
#define UNIT_BINDERY_H

#include "workshop.h"

#include "store/edition_writer.h"

static struct workshop shop; /* for its folder */
static struct edition_writer *writer;

static inline int
bindery_set_up(void **state)
{
	struct error err;

	(void)state;
	workshop_open(&shop);
	return writer_open(shop.folder, 1, &writer, &err) != WRITER_UNFINISHED;
}

static inline int
bindery_tear_down(void **state)
{
	(void)state;
	writer_close(writer);
	workshop_close(&shop);
	return 0;
}

static inline void
commit(void)
{
	struct error err;

	if (!writer_commit(writer, &err))
		fail_msg("%s", err.text);
}

static inline void
drop(const char *path)
{
	writer_begin(writer);
	writer_drop_article(writer, path);
}

#endif
