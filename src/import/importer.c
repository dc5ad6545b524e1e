#include "import/importer.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "article/source.h"
#include "base/array.h"
#include "command/progress.h"
#include "import/job.h"
#include "sandbox/privileges.h"
#include "store/folder.h"

#define PROGRESS_FILES 50 /* files between two words of progress */

/* --- one file --- */

/* What no file tells of the day, its own time does. */
static bool
settle_date(const struct job *job, const struct original *original, struct piece *piece)
{
	if (piece->has_date)
		return true;
	piece->date = timestamp_at(original->changed, job->capsule->timezone);
	piece->date.has_time = piece->date.has_zone = false;
	piece->date.hour = piece->date.minute = piece->date.second = 0;
	piece->has_date = true;
	return strings_add(&piece->notes, "it tells no date; that of the file is taken");
}

/* Reads the pieces of a file. */
static bool
read_pieces(
    const struct job *job, const struct original *original, struct pieces *out, struct error *err)
{
	struct buffer bytes = BUFFER_EMPTY;
	bool ok =
	    originals_read(
		&job->originals, original, job->config->limits.upload_size, &bytes, err) &&
	    format_read(original->format, original->path, buffer_text(&bytes), bytes.len, out, err);

	for (size_t i = 0; ok && i < out->count; i++)
		ok = (settle_date(job, original, &out->items[i]) &&
			 links_lift_picture(&out->items[i])) ||
		     error_set(err, "out of memory");
	buffer_free(&bytes);
	return ok;
}

static void
show_progress(const struct job *job, const char *doing, size_t at)
{
	if (at % PROGRESS_FILES == 0)
		progress_show("%s %zu of %zu files …", doing, at, job->originals.count);
}

/* --- first time: to plan --- */

static bool
add_planned(struct job *job, size_t original, char *path, enum verdict verdict)
{
	struct planned *plan =
	    array_room(job->plan, job->plan_count, &job->plan_capacity, sizeof(*plan));

	if (plan == NULL) {
		free(path);
		return false;
	}
	job->plan = plan;
	plan[job->plan_count++] = (struct planned){original, path, verdict};
	return true;
}

static bool
plan_piece(struct job *job, size_t at, const struct piece *piece, const char *shown)
{
	const struct original *original = &job->originals.items[at];
	enum verdict verdict = VERDICT_REFUSED;
	struct error err;
	char *path = NULL;

	if (piece->refusal.len > 0)
		error_set(&err, "%s", piece->refusal.data);
	else
		path = place_piece(job, piece, &verdict, &err);
	if (path == NULL) {
		report_refused(&job->report, shown, "%s", err.text);
		return add_planned(job, at, NULL, VERDICT_REFUSED);
	}
	return (piece->is_draft || links_add_moved(job, original, piece, path)) &&
	       add_planned(job, at, path, verdict);
}

static bool
plan_file(struct job *job, size_t at)
{
	struct original *original = &job->originals.items[at];
	struct buffer shown = BUFFER_EMPTY;
	struct pieces pieces = {0};
	bool ok = true;
	struct error err;

	originals_put_name(&job->originals, original, &shown);
	if (read_pieces(job, original, &pieces, &err))
		for (size_t i = 0; ok && i < pieces.count; i++)
			ok = plan_piece(job, at, &pieces.items[i], buffer_text(&shown));
	else
		report_refused(&job->report, buffer_text(&shown), "%s", err.text);
	pieces_free(&pieces);
	buffer_free(&shown);
	return ok;
}

static bool
plan_all(struct job *job)
{
	bool ok = true;

	for (size_t i = 0; ok && i < job->originals.count; i++) {
		const struct original *original = &job->originals.items[i];

		show_progress(job, "read", i);
		if (original->format != FORMAT_OTHER || original->is_named)
			ok = plan_file(job, i);
	}
	return ok;
}

/* --- second time: to write --- */

static bool
put_source(const struct job *job, const struct piece *piece, const char *path, struct error *err)
{
	struct buffer bytes = BUFFER_EMPTY;
	struct source *source = NULL;
	bool ok = piece_write(piece, &bytes) || error_set(err, "out of memory");

	if (ok && bytes.len > job->config->limits.upload_size)
		ok = error_set(err, "larger than upload-size of the ini file");
	if (ok)
		source = source_parse(path, bytes.data, bytes.len, err);
	ok = source != NULL;
	if (ok && faccessat(job->root_fd, path + 1, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		ok = error_set(err, "somebody has just written %s", path);
	if (ok && !job->is_dry)
		ok = folder_write(job->root_fd, path, bytes.data, bytes.len, err);
	source_free(source);
	buffer_free(&bytes);
	return ok;
}

static bool
write_piece(struct job *job, const struct planned *planned, struct piece *piece, const char *shown)
{
	struct error err;

	if (!links_settle(job, &job->originals.items[planned->original], piece))
		return false;
	if (!put_source(job, piece, planned->path, &err)) {
		report_refused(&job->report, shown, "%s", err.text);
		return true;
	}
	report_taken(&job->report, shown, planned->path, piece->is_draft);
	for (size_t i = 0; i < piece->notes.count; i++)
		report_note(&job->report, shown, "%s", piece->notes.items[i]);
	return true;
}

/* Writes what of a file's pieces is new: those planned[0..count). */
static bool
write_file(struct job *job, const struct planned *planned, size_t count)
{
	const struct original *original = &job->originals.items[planned->original];
	struct buffer shown = BUFFER_EMPTY;
	struct pieces pieces = {0};
	size_t new_count = 0;
	bool ok = true;
	struct error err;

	originals_put_name(&job->originals, original, &shown);
	for (size_t i = 0; i < count; i++) {
		new_count += planned[i].verdict == VERDICT_NEW;
		if (planned[i].verdict == VERDICT_THERE || planned[i].verdict == VERDICT_CHANGED)
			report_there(&job->report, buffer_text(&shown), planned[i].path,
			    planned[i].verdict == VERDICT_CHANGED);
	}
	if (new_count > 0 && !read_pieces(job, original, &pieces, &err))
		report_refused(&job->report, buffer_text(&shown), "%s", err.text);
	else if (new_count > 0 && pieces.count != count)
		report_refused(
		    &job->report, buffer_text(&shown), "it changed while it was being imported");
	else
		for (size_t i = 0; ok && i < pieces.count; i++)
			if (planned[i].verdict == VERDICT_NEW)
				ok = write_piece(
				    job, &planned[i], &pieces.items[i], buffer_text(&shown));
	pieces_free(&pieces);
	buffer_free(&shown);
	return ok;
}

static bool
write_all(struct job *job)
{
	bool ok = true;

	for (size_t i = 0, end; ok && i < job->plan_count; i = end) {
		for (end = i; end < job->plan_count; end++)
			if (job->plan[end].original != job->plan[i].original)
				break;
		show_progress(job, "imported", job->plan[i].original);
		ok = write_file(job, &job->plan[i], end - i);
	}
	return ok;
}

/* Tells of the files that nothing was done with. */
static bool
tell_passed_over(struct job *job)
{
	struct buffer text = BUFFER_EMPTY;

	for (size_t i = 0; i < job->originals.count; i++) {
		const struct original *original = &job->originals.items[i];

		if (original->format != FORMAT_OTHER || original->is_named)
			continue;
		buffer_truncate(&text, 0);
		buffer_printf(&text, "%zu:%s", original->root, original->path);
		if (names_find(&job->copied, buffer_text(&text)) != NULL)
			continue;
		buffer_truncate(&text, 0);
		originals_put_name(&job->originals, original, &text);
		report_passed_over(&job->report, buffer_text(&text),
		    "neither a text that can be imported nor a picture that one shows");
	}
	bool ok = !text.failed;
	buffer_free(&text);
	return ok;
}

/* --- all of it --- */

/* So that what is written belongs to whoever the server runs as. */
static bool
become(const char *name, struct error *err)
{
	if (name == NULL || geteuid() != 0)
		return true;
	const struct passwd *user = getpwnam(name);
	if (user == NULL)
		return error_set(err, "[server] user = %s: there is no such user", name);
	return privileges_become(name, user->pw_uid, user->pw_gid, err);
}

static void
job_done(struct job *job)
{
	for (size_t i = 0; i < job->plan_count; i++)
		free(job->plan[i].path);
	free(job->plan);
	originals_free(&job->originals);
	names_free(&job->moved);
	names_free(&job->claimed);
	names_free(&job->copied);
	media_close(job->media);
	if (job->root_fd != -1)
		close(job->root_fd);
}

static bool
job_open(struct job *job, const struct import_order *order, struct error *err)
{
	const char *root = order->capsule->root;

	job->media = media_open(err);
	if (job->media == NULL)
		return false;
	job->root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (job->root_fd == -1)
		return error_set(err, "%s: %s", root, strerror(errno));
	for (size_t i = 0; i < order->source_count; i++)
		if (!originals_add(&job->originals, order->sources[i], &job->report))
			return error_set(err, "out of memory");
	return become(order->config->server.user, err);
}

bool
importer_run(const struct import_order *order, size_t *out_refused, struct error *err)
{
	struct job job = {
	    .config = order->config,
	    .capsule = order->capsule,
	    .into = order->into,
	    .is_dry = order->is_dry,
	    .root_fd = -1,
	    .report = {.is_dry = order->is_dry},
	};
	bool ok = job_open(&job, order, err);

	if (ok)
		ok = (plan_all(&job) && write_all(&job) && tell_passed_over(&job)) ||
		     error_set(err, "out of memory");
	if (ok)
		report_summary(&job.report);
	*out_refused = job.report.refused;
	job_done(&job);
	return ok;
}
