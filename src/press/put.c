/* press_put(): what the desk changes is written, committed and printed while its editor waits. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/log.h"
#include "press/credits.h"
#include "press/flush.h"
#include "press/ingest.h"
#include "press/root.h"
#include "press/works.h"
#include "store/folder.h"

/* Room that there has to be on the disk of the state folder, besides some times what is put. */
#define ROOM_MIN   ((uint64_t)1024 * 1024)
#define ROOM_TIMES 4 /* a git object, the edition's log and the edition, and something over */

/* A change, and what it took the place of. */
struct step {
	const struct press_change *change;
	int former_fd; /* -1: no file was there */
};

static bool
open_file(const struct press *press, const char *path, int *out_fd, struct error *err)
{
	struct stat st;

	switch (folder_open(press->root_fd, path, out_fd, &st)) {
	case FOLDER_FILE:
	case FOLDER_ABSENT:
		return true;
	case FOLDER_DIRECTORY:
		close(*out_fd);
		*out_fd = -1;
		return error_set(err, "%s: is a folder, a file was expected", path);
	case FOLDER_FAILED:
		break;
	}
	return error_set(err, "%s: %s", path, strerror(errno));
}

static bool
make_step(const struct press *press, struct step *step, struct error *err)
{
	const struct press_change *change = step->change;
	int former_fd = -1;

	if (change->bytes != NULL)
		return folder_replace(press->root_fd, change->path, change->bytes, change->len,
		    &step->former_fd, err);
	if (!open_file(press, change->path, &former_fd, err))
		return false;
	if (!folder_remove(press->root_fd, change->path, err)) {
		if (former_fd != -1)
			close(former_fd);
		return false;
	}
	step->former_fd = former_fd;
	return true;
}

static bool
read_former(const struct step *step, struct buffer *out, struct error *err)
{
	return (lseek(step->former_fd, 0, SEEK_SET) == 0 &&
		   folder_read_open(step->former_fd, SIZE_MAX, out, err)) ||
	       error_prefix(err, "%s", step->change->path);
}

/* Undoes a step. What cannot be undone, err says besides. */
static void
put_back(const struct press *press, const struct step *step, struct error *err)
{
	const char *path = step->change->path;
	struct buffer bytes = BUFFER_EMPTY;
	struct error why;
	bool ok = false;

	if (step->former_fd == -1)
		ok = folder_remove(press->root_fd, path, &why);
	else
		ok = read_former(step, &bytes, &why) &&
		     folder_write(press->root_fd, path, buffer_text(&bytes), bytes.len, &why);
	if (!ok)
		error_prefix(
		    err, "%s was changed already, and cannot be put back (%s)", path, why.text);
	buffer_free(&bytes);
}

/* Makes all steps, or none. */
static bool
make_steps(const struct press *press, struct step *steps, size_t count, struct error *err)
{
	size_t made = 0;

	while (made < count && make_step(press, &steps[made], err))
		made++;
	if (made == count)
		return true;
	while (made-- > 0)
		put_back(press, &steps[made], err);
	return false;
}

static struct step *
steps_new(const struct press_change *changes, size_t count)
{
	struct step *steps = calloc(count, sizeof(*steps));

	for (size_t i = 0; steps != NULL && i < count; i++)
		steps[i] = (struct step){.change = &changes[i], .former_fd = -1};
	return steps;
}

static void
steps_free(struct step *steps, size_t count)
{
	for (size_t i = 0; steps != NULL && i < count; i++)
		if (steps[i].former_fd != -1)
			close(steps[i].former_fd);
	free(steps);
}

/* --- what a hand does meanwhile --- */

/* What was changed after we had looked, and replaced all the same, is in history at least: in a
 * commit of its own. */
static void
commit_replaced(struct press *press, const struct step *steps, size_t count)
{
	for (size_t i = 0; press->history != NULL && i < count; i++) {
		struct buffer bytes = BUFFER_EMPTY;
		struct error err;

		if (steps[i].former_fd == -1)
			continue;
		if (!read_former(&steps[i], &bytes, &err))
			log_error("%s: %s", press->capsule->host, err.text);
		else
			ingest_former(press, steps[i].change->path, buffer_text(&bytes), bytes.len);
		buffer_free(&bytes);
	}
	press_flush(press, NULL);
}

static bool
is_as_put(const struct press *press, const struct press_change *change)
{
	struct buffer bytes = BUFFER_EMPTY;
	struct stat st;

	if (change->bytes == NULL)
		return fstatat(press->root_fd, change->path + 1, &st, AT_SYMLINK_NOFOLLOW) == -1;
	bool is_same = folder_read(press->root_fd, change->path, change->len, &bytes, NULL) &&
		       bytes.len == change->len &&
		       memcmp(buffer_text(&bytes), change->bytes, change->len) == 0;
	buffer_free(&bytes);
	return is_same;
}

/* What was changed after we had written is what is live, and follows in a commit of its own. */
static void
commit_changed(struct press *press, const struct press_change *changes, size_t count)
{
	for (size_t i = 0; press->history != NULL && i < count; i++)
		if (!is_as_put(press, &changes[i]))
			ingest_history(press, changes[i].path);
	press_flush(press, NULL);
}

/* Takes the paths in, whatever lies there now: nothing when it is as it was. */
static void
take_in(struct press *press, const struct press_change *changes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		ingest_path(press, changes[i].path);
	press_flush(press, NULL);
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
	struct edition_writer *edition = works_first(press);
	struct file_row row;

	return edition != NULL &&
	       writer_file(edition, change->path, &row) == (change->bytes != NULL);
}

void
press_look(struct press *press, const char *path)
{
	if (!root_is_usable(press))
		return;
	ingest_path(press, path);
	press_flush(press, NULL);
}

/* Whether there is room to commit and print that. Without it an upload would lie there unprinted,
 * and nobody could tell whose it is. */
static bool
has_room(
    const struct press *press, const struct press_change *changes, size_t count, struct error *err)
{
	uint64_t wanted = ROOM_MIN;
	struct statvfs disk;

	for (size_t i = 0; i < count; i++)
		wanted += ROOM_TIMES * (uint64_t)changes[i].len;
	if (statvfs(press->folder, &disk) == -1 || disk.f_bavail >= wanted / disk.f_frsize)
		return true;
	log_error("%s: %s: %s is refused: no space left for history and edition",
	    press->capsule->host, press->folder, changes[0].path);
	return error_set(err, "tell your admin that the disk of the state folder is full");
}

/* Commits as theirs what was put, and prints what lies there. False if it is not all done. */
static bool
take_in_put(struct press *press, const struct press_change *changes, size_t count,
    const struct press_credit *credit)
{
	bool was_missed = false;

	assert(!press->batch.is_open); /* what is in it would be committed as theirs */
	for (size_t i = 0; i < count; i++)
		ingest_put(press, &changes[i]);
	bool is_committed = press_flush(press, credit);
	for (size_t i = 0; i < count; i++)
		was_missed |= !was_taken(press, &changes[i]);
	if (was_missed)
		queue_missed(press, changes, count);
	return !was_missed && is_committed;
}

/* The files are written; nothing can fail any more. */
static void
settle(struct press *press, const struct press_change *changes, const struct step *steps,
    size_t count, const struct press_credit *credit)
{
	commit_replaced(press, steps, count);
	bool is_done = take_in_put(press, changes, count, credit);
	commit_changed(press, changes, count);
	if (is_done)
		credits_drop(press);
	else
		credits_keep(press);
}

bool
press_put(struct press *press, const struct press_change *changes, size_t count,
    const struct press_credit *credit, struct error *err)
{
	assert(count > 0 && credit != NULL);
	press_check(press);
	if (!root_is_usable(press))
		return error_set(err, "the capsule's folder is missing");
	if (!has_room(press, changes, count, err))
		return false;
	struct step *steps = steps_new(changes, count);
	if (steps == NULL)
		return error_set(err, "out of memory");
	/* What was changed by hand, and whatever else is on its way, has a commit of its own. */
	take_in(press, changes, count);
	bool ok = credits_note(press, changes, count, credit, err);
	if (ok && !make_steps(press, steps, count, err)) {
		credits_drop(press);
		ok = false;
	}
	if (ok)
		settle(press, changes, steps, count, credit);
	steps_free(steps, count);
	press_check(press);
	return ok;
}
