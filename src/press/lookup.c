/* What the desk asks of a press: files, lists of files, history. Everything is looked up in the
 * edition, where it costs the same in any archive. */
#include <stdio.h>
#include <string.h>

#include "press/works.h"
#include "store/revision_table.h"

/* The edition to ask: the one that readers see, or the first one while it is being printed. */
static struct edition_writer *
edition_of(struct press *press)
{
	return works_first(press);
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

struct revision_arg {
	press_revision_visit *visit;
	void *arg;
};

static void
visit_revision(void *arg, const struct path_revision *revision)
{
	const struct revision_arg *outer = arg;
	struct press_revision told = {
	    .path = revision->path,
	    .is_removal = revision->is_removal,
	    .seconds = revision->seconds,
	    .name = revision->name,
	    .mail = revision->mail,
	    .message = revision->message,
	};

	snprintf(told.commit, sizeof(told.commit), "%s", revision->commit);
	outer->visit(outer->arg, &told);
}

/* The edition that can tell of history, or NULL with the reason. */
static struct edition_writer *
edition_with_history(struct press *press, struct error *err)
{
	struct edition_writer *edition = edition_of(press);

	if (!press->capsule->history) {
		error_set(err, "this capsule keeps no history (history = no)");
		return NULL;
	}
	if (edition == NULL)
		error_set(err, "there is no edition that could be asked");
	return edition;
}

/* Whether that was all there is to tell. */
static bool
is_all(struct edition_writer *edition, bool is_page_full, struct error *err)
{
	if (writer_trouble(edition) != DATABASE_FINE)
		return error_set(err, "the edition cannot be read");
	return is_page_full || writer_recall(edition, WRITER_REVISIONS_OLDEST)[0] == '\0' ||
	       error_set(err, "older changes are still being read from history: look again soon");
}

bool
press_revisions(struct press *press, const char *path, const char *before, size_t limit,
    press_revision_visit *visit, void *arg, struct error *err)
{
	struct edition_writer *edition = edition_with_history(press, err);
	struct revision_arg outer = {visit, arg};

	if (edition == NULL)
		return false;
	size_t count = writer_revisions(edition, path, before, limit, visit_revision, &outer);
	return is_all(edition, count == limit, err);
}

bool
press_deleted(struct press *press, const char *after, size_t limit, press_revision_visit *visit,
    void *arg, struct error *err)
{
	struct edition_writer *edition = edition_with_history(press, err);
	struct revision_arg outer = {visit, arg};

	if (edition == NULL)
		return false;
	size_t count = writer_deleted(edition, after, limit, visit_revision, &outer);
	return is_all(edition, count == limit, err);
}
