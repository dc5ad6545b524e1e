/* press_put(): what the desk changes is written, committed and printed while its editor waits. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "press/batch.h"
#include "press/credits.h"
#include "press/ingest.h"
#include "press/root.h"
#include "press/works.h"
#include "store/folder.h"

/* What lay at a path before, to be put back if a later file cannot be written. */
struct former {
	bool was_there;
	struct buffer bytes;
};

static bool
read_former(const struct press *press, const char *path, struct former *out, struct error *err)
{
	struct stat st;
	int fd = -1;
	bool ok = false;

	switch (folder_open(press->root_fd, path, &fd, &st)) {
	case FOLDER_FILE:
		out->was_there = true;
		ok = folder_read_open(fd, SIZE_MAX, &out->bytes, err) ||
		     error_prefix(err, "%s", path);
		break;
	case FOLDER_DIRECTORY:
		error_set(err, "%s: is a folder, a file was expected", path);
		break;
	case FOLDER_ABSENT:
		return true;
	case FOLDER_FAILED:
		return error_set(err, "%s: %s", path, strerror(errno));
	}
	close(fd);
	return ok;
}

static bool
write_change(const struct press *press, const struct press_change *change, struct error *err)
{
	if (change->bytes == NULL)
		return folder_remove(press->root_fd, change->path, err);
	return folder_write(press->root_fd, change->path, change->bytes, change->len, err);
}

/* Undoes the first count changes. What cannot be undone, err says besides. */
static void
put_back(const struct press *press, const struct press_change *changes, size_t count,
    const struct former *formers, struct error *err)
{
	while (count-- > 0) {
		struct press_change back = {changes[count].path, NULL, 0};
		struct error why;

		if (formers[count].was_there) {
			back.bytes = buffer_text(&formers[count].bytes);
			back.len = formers[count].bytes.len;
		}
		if (!write_change(press, &back, &why))
			error_prefix(err, "%s was changed already, and cannot be put back (%s)",
			    back.path, why.text);
	}
}

/* Writes all changes, or none. */
static bool
write_changes(
    const struct press *press, const struct press_change *changes, size_t count, struct error *err)
{
	struct former *formers = calloc(count, sizeof(*formers));
	size_t written = 0;
	bool ok = true;

	if (formers == NULL)
		return error_set(err, "out of memory");
	for (size_t i = 0; ok && i + 1 < count; i++)
		ok = read_former(press, changes[i].path, &formers[i], err);
	for (size_t i = 0; ok && i < count; i++) {
		ok = write_change(press, &changes[i], err);
		written += ok;
	}
	if (!ok && written > 0)
		put_back(press, changes, written, formers, err);
	for (size_t i = 0; i < count; i++)
		buffer_free(&formers[i].bytes);
	free(formers);
	return ok;
}

/* Takes the paths in, whatever lies there now: nothing when it is as it was. */
static void
take_in(struct press *press, const struct press_change *changes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		ingest_path(press, changes[i].path);
	batch_close(press);
}

/* Could not be looked at, or there is no edition to print it into: a scan will find it. */
static void
queue_missed(struct press *press, const struct press_change *changes, size_t count)
{
	log_warning("%s: %s: written, and printed as soon as that is possible",
	    press->capsule->host, changes[0].path);
	for (size_t i = 0; i < count; i++)
		works_queue(press, changes[i].path);
}

static bool
was_taken(struct press *press, const struct press_change *change)
{
	struct edition_writer *editions[EDITIONS_MAX];
	struct file_row row;

	if (works_editions(press, editions) == 0)
		return false;
	return writer_file(editions[0], change->path, &row) == (change->bytes != NULL);
}

void
press_look(struct press *press, const char *path)
{
	if (!root_is_usable(press))
		return;
	ingest_path(press, path);
	batch_close(press);
}

bool
press_put(struct press *press, const struct press_change *changes, size_t count,
    const struct press_credit *credit, struct error *err)
{
	if (!root_is_usable(press))
		return error_set(err, "the capsule's folder is missing");
	/* What was changed by hand, and whatever else is on its way, has a commit of its own. */
	take_in(press, changes, count);
	credits_note(press, changes, count, credit);
	if (!write_changes(press, changes, count, err)) {
		credits_drop(press);
		return false;
	}
	press->commit_failed = false;
	press->credit = credit;
	take_in(press, changes, count);
	press->credit = NULL;
	bool was_missed = false;
	for (size_t i = 0; i < count; i++)
		was_missed |= !was_taken(press, &changes[i]);
	if (was_missed)
		queue_missed(press, changes, count);
	if (was_missed || press->commit_failed)
		credits_keep(press);
	else
		credits_drop(press);
	return true;
}
