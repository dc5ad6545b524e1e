/* What the desk asks of a press: files, lists of files, history. Everything is looked up in the
 * edition, where it costs the same in any archive. */
#include "press/works.h"

/* The edition to ask: the one that readers see, or the first one while it is being printed. */
static struct edition_writer *
edition_of(struct press *press)
{
	struct edition_writer *editions[EDITIONS_MAX];

	return works_editions(press, editions) == 0 ? NULL : editions[0];
}

static struct press_file
file_of(const char *path, const struct file_row *row)
{
	return (struct press_file){
	    .state = row->state,
	    .path = path,
	    .reason = row->reason,
	    .title = row->title,
	    .editor = row->editor,
	    .date = row->date,
	    .is_ready = row->is_ready,
	    .published = row->published,
	    .changed = row->changed,
	};
}

bool
press_file(struct press *press, const char *path, struct press_file *out)
{
	struct edition_writer *edition = edition_of(press);
	struct file_row row;

	if (edition == NULL || !writer_file(edition, path, &row))
		return false;
	buffer_truncate(&press->asked_path, 0);
	buffer_puts(&press->asked_path, path);
	*out = file_of(buffer_text(&press->asked_path), &row);
	return true;
}

struct visit {
	press_visit *visit;
	void *arg;
};

static void
visit_file(void *arg, const char *path, const struct file_row *row)
{
	const struct visit *visit = arg;
	struct press_file file = file_of(path, row);

	visit->visit(visit->arg, &file);
}

bool
press_list(struct press *press, const struct press_query *query, press_visit *visit, void *arg)
{
	struct edition_writer *edition = edition_of(press);
	struct visit inner = {visit, arg};
	const struct file_query files = {
	    .state = query->state,
	    .under = query->under,
	    .editor = query->editor,
	    .is_ready = query->is_ready,
	    .after = query->after,
	    .limit = query->limit,
	};

	return edition != NULL && writer_query(edition, &files, visit_file, &inner);
}

int
press_root_fd(const struct press *press)
{
	return press->root_is_missing ? -1 : press->root_fd;
}

struct history *
press_history(struct press *press)
{
	return press->history;
}
