#include "press/ingest.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "article/frontmatter.h"
#include "article/paths.h"
#include "article/source.h"
#include "base/log.h"
#include "base/text.h"
#include "press/batch.h"
#include "press/dates.h"
#include "press/gone.h"
#include "press/pictures.h"
#include "store/folder.h"

/* A file may change twice within one tick of the clock that stamps it. One that was changed just
 * now is stored without its stamp, so that the next scan looks again. */
#define RACY_NS ((int64_t)50 * 1000 * 1000)

enum kind {
	KIND_ABSENT, /* nothing that is served */
	KIND_FOLDER,
	KIND_FILE,
	KIND_UNREADABLE, /* a file that is there, but not for us */
	KIND_UNKNOWN,    /* could not be looked at: leave everything as it is */
};

/* What lies at a path. */
struct intake {
	const char *path;
	enum kind kind;
	int fd; /* of a file, else -1 */
	struct stat st;
	int64_t mtime_ns; /* 0 when the file may still be changing */
	bool is_article, is_draft;
	struct buffer bytes;
	bool has_bytes;
	enum pictures_result picture; /* whether readers may have it */
	struct source *source;        /* of an article or draft that can be printed */
	struct error problem; /* why it cannot be, or why a file is not in history; else "" */
	char mime[160];       /* of a plain file whose name does not tell */
	struct buffer title, editor, date; /* of a source, as far as it can be read */
	const struct press_change *put;    /* of the desk: what history gets, whatever lies there */
};

/* What lstat cannot see is gone, unless it is that we may not look. */
static enum kind
kind_of_failure(int code)
{
	switch (code) {
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
	case ELOOP:
		return KIND_ABSENT;
	default:
		return KIND_UNKNOWN;
	}
}

static enum kind
open_file(struct press *press, struct intake *in, bool is_link)
{
	switch (folder_open(press->root_fd, in->path, &in->fd, &in->st)) {
	case FOLDER_FILE:
		return KIND_FILE;
	case FOLDER_DIRECTORY: /* a link to a folder: never followed */
		close(in->fd);
		in->fd = -1;
		return KIND_ABSENT;
	case FOLDER_ABSENT:
		return is_link ? KIND_ABSENT : KIND_UNREADABLE;
	case FOLDER_FAILED:
		break;
	}
	return KIND_UNKNOWN;
}

/* Looks at what lies at in->path, and opens it if it is a file. */
static enum kind
look(struct press *press, struct intake *in)
{
	in->fd = -1;
	if (fstatat(press->root_fd, in->path + 1, &in->st, AT_SYMLINK_NOFOLLOW) == -1)
		return kind_of_failure(errno);
	if (S_ISDIR(in->st.st_mode))
		return KIND_FOLDER;
	if (S_ISREG(in->st.st_mode) || S_ISLNK(in->st.st_mode))
		return open_file(press, in, S_ISLNK(in->st.st_mode));
	return KIND_ABSENT;
}

static int64_t
stamp(const struct stat *st)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	int64_t age_s = (int64_t)now.tv_sec - st->st_mtim.tv_sec;
	if (age_s != 0 && age_s != 1)
		return folder_time_ns(&st->st_mtim);
	int64_t age_ns = age_s * 1000000000 + now.tv_nsec - st->st_mtim.tv_nsec;
	return age_ns >= 0 && age_ns < RACY_NS ? 0 : folder_time_ns(&st->st_mtim);
}

/* Whether the edition has this path as it lies there. */
static bool
is_current(const struct intake *in, const struct file_row *row, bool has_row)
{
	switch (in->kind) {
	case KIND_ABSENT:
		return !has_row;
	case KIND_FOLDER:
		return has_row && row->state == FILE_FOLDER;
	case KIND_FILE:
	case KIND_UNREADABLE:
		break;
	case KIND_UNKNOWN:
		return true;
	}
	return has_row && row->state != FILE_FOLDER && row->size == in->st.st_size &&
	       row->mtime_ns == folder_time_ns(&in->st.st_mtim) &&
	       (uint64_t)row->inode == in->st.st_ino &&
	       (row->ctime_ns == 0 || row->ctime_ns == folder_time_ns(&in->st.st_ctim)) &&
	       (row->state != FILE_SCHEDULED || row->published > works_now());
}

/* A text that came within the limit may have grown beyond it by the head that the desk wrote: it
 * is in history all the same, and stays there. */
static bool
is_in_history(const struct press *press, const struct intake *in)
{
	uint64_t bytes = (uint64_t)in->st.st_size, most = press->config->limits.upload_size;

	if (bytes <= most)
		return true;
	return bytes <= most + FRONTMATTER_MAX &&
	       (in->put != NULL ||
		   (press->history != NULL && history_holds(press->history, in->path)));
}

/* Of a source that is broken elsewhere: whose it is, and what it is called, can often be told. */
static void
glean(struct intake *in)
{
	struct frontmatter head;
	struct frontmatter_entry entry;
	enum frontmatter_result result;

	frontmatter_open(&head, buffer_text(&in->bytes), in->bytes.len);
	while ((result = frontmatter_next(&head, &entry, NULL)) != FRONTMATTER_END) {
		if (result == FRONTMATTER_BROKEN || entry.value_len == 0 ||
		    (!frontmatter_is(&entry, "title") && !frontmatter_is(&entry, "editor")))
			continue;
		struct buffer *into = frontmatter_is(&entry, "title") ? &in->title : &in->editor;
		buffer_truncate(into, 0);
		text_append_line(into, entry.value, entry.value_len);
	}
}

static void
describe(struct intake *in)
{
	const struct source *source = in->source;

	if (source == NULL) {
		glean(in);
		return;
	}
	buffer_puts(&in->title, source->article.card.title);
	buffer_puts(&in->editor, source->editor);
	if (source->has_date)
		timestamp_append(&in->date, &source->date);
}

/* Whether a source is none of a picture by mistake, of which history gets nothing. */
static bool
is_text(const struct press *press, struct intake *in)
{
	return press->capsule->keep_metadata ||
	       !media_is_picture(in->path, buffer_text(&in->bytes), in->bytes.len) ||
	       error_set(&in->problem, "is a picture, a text was expected");
}

static void
load_article(struct press *press, struct intake *in)
{
	if (in->kind == KIND_UNREADABLE)
		error_set(&in->problem, "cannot be read: permission denied");
	else if (folder_read_open(in->fd, INGEST_ARTICLE_MAX, &in->bytes, &in->problem))
		in->has_bytes = is_text(press, in);
	if (in->has_bytes)
		in->source =
		    source_parse(in->path, buffer_text(&in->bytes), in->bytes.len, &in->problem);
	if (in->has_bytes)
		describe(in);
	for (size_t i = 0; in->is_article && in->source != NULL && i < in->source->warnings.count;
	     i++)
		log_warning(
		    "%s%s: %s", press->capsule->root, in->path, in->source->warnings.items[i]);
}

/* What a picture is overwritten with since it was looked through is not what was found clean: it
 * is held back, until the next look. */
static void
read_for_history(struct press *press, struct intake *in)
{
	if (!folder_read_open(in->fd, SIZE_MAX, &in->bytes, &in->problem))
		return;
	in->has_bytes = pictures_are_clean(press, in->path, buffer_text(&in->bytes), in->bytes.len);
	if (in->has_bytes)
		return;
	in->picture = PICTURES_AGAIN;
	error_set(&in->problem, "held back: it was changed while it was looked through");
}

static void
load_plain(struct press *press, struct intake *in)
{
	bool is_gone_list = strcmp(in->path, GONE_PATH) == 0;

	if (in->kind == KIND_UNREADABLE) {
		error_set(&in->problem, "cannot be read: permission denied");
		return;
	}
	in->picture = pictures_tend(press, in->path, &in->fd, &in->st, &in->problem);
	if (in->picture != PICTURES_FINE)
		return;
	if (media_by_name(in->path) == NULL)
		snprintf(in->mime, sizeof(in->mime), "%s", media_by_content(press->media, in->fd));
	if (is_gone_list || (press->capsule->history && is_in_history(press, in)))
		read_for_history(press, in);
}

/* Reads the file, if it is one. A file that changed meanwhile will be looked at again. */
static void
load(struct press *press, struct intake *in)
{
	struct stat after;

	if (in->kind != KIND_FILE && in->kind != KIND_UNREADABLE)
		return;
	in->is_article = paths_kind(in->path) == PATH_ARTICLE;
	in->is_draft = paths_kind(in->path) == PATH_DRAFT && paths_is_text(in->path);
	if (in->is_article || in->is_draft)
		load_article(press, in);
	else
		load_plain(press, in);
	in->mtime_ns = stamp(&in->st);
	if (in->kind == KIND_UNREADABLE || in->picture == PICTURES_AGAIN ||
	    (fstat(in->fd, &after) == 0 &&
		(folder_time_ns(&after.st_mtim) != folder_time_ns(&in->st.st_mtim) ||
		    after.st_size != in->st.st_size)))
		in->mtime_ns = 0;
}

static void
unload(struct intake *in)
{
	source_free(in->source);
	buffer_free(&in->bytes);
	buffer_free(&in->title);
	buffer_free(&in->editor);
	buffer_free(&in->date);
	if (in->fd != -1)
		close(in->fd);
}

/* Notes for the next commit what path holds; bytes NULL: no file. */
static void
note(struct press *press, const char *path, const void *bytes, size_t len)
{
	struct error err;

	assert(press->batch.is_open);
	if (!press->capsule->history)
		return;
	if (press->history == NULL) {
		press->batch.history_failed = true;
		return;
	}
	enum history_result result = bytes == NULL
					 ? history_remove(press->history, path, &err)
					 : history_put(press->history, path, bytes, len, &err);
	if (result == HISTORY_REFUSED)
		log_notice(
		    "%s%s: served, but not in history: %s", press->capsule->root, path, err.text);
	if (result == HISTORY_FAILED) {
		log_error("%s%s: %s", press->capsule->root, path, err.text);
		press->batch.history_failed = true;
	}
}

/* Notes the file, or that there is none. Of a picture that is held back history keeps what it has.
 */
static void
note_for_history(struct press *press, const struct intake *in)
{
	bool is_too_large =
	    in->kind == KIND_FILE && in->picture == PICTURES_FINE && !is_in_history(press, in);

	if (is_too_large && press->capsule->history)
		log_notice("%s%s: is larger than upload-size: served, but not in history",
		    press->capsule->root, in->path);
	if (in->put != NULL)
		note(press, in->path, in->put->bytes, in->put->len);
	else if (is_too_large || (in->kind != KIND_FILE && in->kind != KIND_UNREADABLE))
		note(press, in->path, NULL, 0);
	else if (in->has_bytes)
		note(press, in->path, buffer_text(&in->bytes), in->bytes.len);
}

/* When the article is published: as front matter says, else when the file was first seen. */
static int64_t
publication_second(const struct press *press, const struct source *source, int64_t first_seen)
{
	return source->has_date ? timestamp_seconds(&source->date, press->capsule->timezone)
				: first_seen;
}

/* The day shown is the one written; without one, that of the capsule's zone. */
static void
append_day(
    struct buffer *out, const struct press *press, const struct source *source, int64_t published)
{
	struct timestamp day =
	    source->has_date ? source->date : timestamp_at(published, press->capsule->timezone);

	day.has_time = day.has_zone = false;
	timestamp_append(out, &day);
}

/* What becomes of a source that can be printed. Once live an article stays live, even if the
 * clock is put back. */
static enum file_state
decide(struct edition_writer *edition, const struct intake *in, int64_t published)
{
	int64_t live_since;

	if (in->source->retracted[0] != '\0')
		return FILE_RETRACTED;
	if (in->source->status != SOURCE_PUBLISHED)
		return FILE_DRAFT;
	if (published <= works_now())
		return FILE_ARTICLE;
	if (writer_article(edition, in->path, &live_since) && live_since == published)
		return FILE_ARTICLE;
	return FILE_SCHEDULED;
}

static void
print_live(
    struct press *press, struct edition_writer *edition, const struct intake *in, int64_t published)
{
	struct article article = in->source->article;
	struct buffer day = BUFFER_EMPTY;

	append_day(&day, press, in->source, published);
	article.card.date = buffer_text(&day);
	writer_put_article(edition, published, &article);
	buffer_free(&day);
}

/* Prints an article into an edition, and fills in what its row says. */
static void
print_article(struct press *press, struct edition_writer *edition, const struct intake *in,
    struct file_row *row)
{
	static const struct strings nowhere = {0};

	if (in->source == NULL) {
		row->state = FILE_BROKEN; /* the last good print stays */
		row->reason = in->problem.text;
		return;
	}
	row->published = publication_second(press, in->source, row->first_seen);
	row->state = decide(edition, in, row->published);
	row->is_ready = in->source->status == SOURCE_READY && row->state == FILE_DRAFT;
	if (row->state == FILE_RETRACTED)
		row->reason = in->source->retracted;
	if (!in->source->has_date)
		dates_note(press, in->path, row->first_seen);
	if (row->state == FILE_ARTICLE)
		print_live(press, edition, in, row->published);
	else
		writer_drop_article(edition, in->path);
	bool leads_on = row->state == FILE_ARTICLE || row->state == FILE_RETRACTED;
	writer_put_moved(edition, in->path, leads_on ? &in->source->moved_from : &nowhere);
}

static void
print_plain(struct edition_writer *edition, const struct intake *in, struct file_row *row)
{
	row->state = in->is_draft                   ? FILE_DRAFT
		     : in->picture == PICTURES_FINE ? FILE_PLAIN
						    : FILE_BROKEN;
	row->is_ready = in->source != NULL && in->source->status == SOURCE_READY;
	row->published = 0;
	row->ctime_ns = folder_time_ns(&in->st.st_ctim);
	row->mime = in->mime;
	row->reason = in->problem.text;
	if (strcmp(in->path, GONE_PATH) == 0 && in->has_bytes)
		gone_print(edition, buffer_text(&in->bytes), in->bytes.len);
}

/* Whether an article was seen at path before, and when: its folder says so, else an edition. */
static bool
was_seen(struct press *press, const char *path, int64_t *out)
{
	struct file_row row;

	if (paths_kind(path) == PATH_ARTICLE && dates_find(press, path, out))
		return true;
	for (struct edition_writer *e = works_first(press); e != NULL; e = works_next(press, e)) {
		if (!writer_file(e, path, &row) || row.state == FILE_FOLDER)
			continue;
		*out = row.first_seen;
		return true;
	}
	return false;
}

/* When the file was first seen, here or where it lay before. A stamp from the future is that of a
 * clock that is wrong: nobody scheduled anything. */
static int64_t
first_sight(struct press *press, const struct intake *in)
{
	int64_t seconds, changed = in->st.st_mtim.tv_sec, now = works_now();

	if (was_seen(press, in->path, &seconds))
		return seconds;
	for (size_t i = 0; in->source != NULL && i < in->source->moved_from.count; i++)
		if (was_seen(press, in->source->moved_from.items[i], &seconds))
			return seconds;
	return changed < now ? changed : now;
}

static void
print_file(struct press *press, struct edition_writer *edition, const struct intake *in,
    const struct file_row *old)
{
	bool was_file = old != NULL && old->state != FILE_FOLDER;
	struct file_row row = {
	    .mtime_ns = in->mtime_ns,
	    .size = in->st.st_size,
	    .inode = (int64_t)in->st.st_ino,
	    .first_seen = first_sight(press, in),
	    .published = was_file ? old->published : 0,
	    .changed = in->st.st_mtim.tv_sec,
	    .reason = "",
	    .mime = "",
	    .title = buffer_text(&in->title),
	    .editor = buffer_text(&in->editor),
	    .date = buffer_text(&in->date),
	};

	if (in->is_article)
		print_article(press, edition, in, &row);
	else
		print_plain(edition, in, &row);
	writer_put_file(edition, in->path, &row);
	if (writer_is_gone(edition, in->path)) {
		writer_drop_gone(edition, in->path);
		gone_remove(press, in->path);
	}
}

/* The path holds no file any more. */
static void
print_absence(struct press *press, struct edition_writer *edition, const char *path,
    const struct file_row *old)
{
	static const struct strings nowhere = {0};
	int64_t live_since;

	if (old == NULL || old->state == FILE_FOLDER)
		return;
	if (old->state == FILE_RETRACTED || writer_article(edition, path, &live_since)) {
		writer_put_gone(edition, path);
		gone_add(press, path);
	}
	writer_drop_article(edition, path);
	writer_put_moved(edition, path, &nowhere);
	if (strcmp(path, GONE_PATH) == 0)
		writer_clear_gone(edition);
}

static void
print_folder(struct edition_writer *edition, const struct intake *in)
{
	struct file_row row = {
	    .state = FILE_FOLDER, .reason = "", .mime = "", .title = "", .editor = "", .date = ""};

	writer_put_file(edition, in->path, &row);
}

/* Prints what lies at the path into one edition, if it differs from what is printed there. */
static void
print_into(struct press *press, struct edition_writer *edition, const struct intake *in)
{
	struct file_row row;
	assert(press->batch.is_open);
	bool has_row = writer_file(edition, in->path, &row);
	const struct file_row *old = has_row ? &row : NULL;

	if (is_current(in, &row, has_row))
		return;
	if (in->kind == KIND_FILE || in->kind == KIND_UNREADABLE) {
		print_file(press, edition, in, old);
		return;
	}
	print_absence(press, edition, in->path, old);
	if (in->kind == KIND_FOLDER)
		print_folder(edition, in);
	else
		writer_drop_file(edition, in->path);
}

static void
print(struct press *press, const struct intake *in)
{
	for (struct edition_writer *e = works_first(press); e != NULL; e = works_next(press, e))
		print_into(press, e, in);
}

/* Whether that was said of the file as it is: one that may go better at the next look is taken in
 * anew each time. */
static bool
was_reported(struct press *press, const struct intake *in)
{
	struct file_row row;
	struct edition_writer *edition = works_first(press);

	return edition != NULL && writer_file(edition, in->path, &row) &&
	       row.state == FILE_BROKEN && row.size == in->st.st_size &&
	       (uint64_t)row.inode == in->st.st_ino && row.changed == in->st.st_mtim.tv_sec &&
	       strcmp(row.reason, in->problem.text) == 0;
}

/* Says what an admin has to know (a draft may be broken: its editor sees that on the desk); once,
 * as the row is written and the file not looked at again until it changes. */
static void
report(struct press *press, const struct intake *in)
{
	if (in->is_article && in->source == NULL)
		log_error("%s%s: %s; not printed, what was printed before stays",
		    press->capsule->root, in->path, in->problem.text);
	else if (in->problem.text[0] != '\0' && !(in->is_draft && in->has_bytes) &&
		 !was_reported(press, in))
		log_warning("%s%s: %s", press->capsule->root, in->path, in->problem.text);
	if ((in->kind == KIND_FILE || in->kind == KIND_UNREADABLE) &&
	    !text_is_utf8(in->path, strlen(in->path)))
		log_warning("%s%s: its name is not UTF-8: no reader can ask for it",
		    press->capsule->root, in->path);
}

/* How many editions differ from what lies there; *out_verb says how it came to be so. */
static size_t
count_differing(struct press *press, const struct intake *in, const char **out_verb)
{
	size_t differing = 0;

	*out_verb = in->kind == KIND_FILE ? "Add" : "Delete";
	for (struct edition_writer *e = works_first(press); e != NULL; e = works_next(press, e)) {
		struct file_row row;
		bool has_row = writer_file(e, in->path, &row);

		if (has_row && in->kind == KIND_FILE)
			*out_verb = "Change";
		differing += !is_current(in, &row, has_row);
	}
	return differing;
}

/* Whether the path was a folder and what lay in it is still printed: that goes first, and the
 * scan comes back to the path then. */
static bool
is_deferred(struct press *press, const struct intake *in)
{
	char folder[SCAN_PATH_MAX + 1];

	if (in->kind == KIND_FOLDER || in->kind == KIND_UNKNOWN)
		return false;
	snprintf(folder, sizeof(folder), "%s/", in->path);
	for (struct edition_writer *e = works_first(press); e != NULL; e = works_next(press, e))
		if (writer_has_rows(e, folder))
			return scan_add(press->scan, folder);
	return false;
}

static void
take_in(struct press *press, struct intake *in)
{
	const char *verb;

	assert(in->put == NULL || strcmp(in->put->path, in->path) == 0);
	in->kind = look(press, in);
	size_t differing = count_differing(press, in, &verb);
	bool is_wanted = in->put != NULL || (in->kind == KIND_ABSENT && press->history != NULL &&
						history_holds(press->history, in->path));
	if (dates_is_list(in->path) && (differing > 0 || in->kind == KIND_ABSENT)) {
		batch_open(press, in->path, in->kind == KIND_FILE ? verb : "Add");
		dates_compare(press, in->path);
	}
	if (!is_deferred(press, in) && (differing > 0 || is_wanted)) {
		batch_open(press, in->path, verb);
		load(press, in);
		report(press, in);
		note_for_history(press, in);
		print(press, in);
	}
	unload(in);
}

void
ingest_path(struct press *press, const char *path)
{
	struct intake in = {.path = path};

	take_in(press, &in);
}

void
ingest_put(struct press *press, const struct press_change *change)
{
	struct intake in = {.path = change->path, .put = change};

	take_in(press, &in);
}

void
ingest_history(struct press *press, const char *path)
{
	struct intake in = {.path = path};

	in.kind = look(press, &in);
	if (in.kind != KIND_UNKNOWN) {
		batch_open(press, path, in.kind == KIND_FILE ? "Change" : "Delete");
		load(press, &in);
		note_for_history(press, &in);
	}
	unload(&in);
}

void
ingest_former(struct press *press, const char *path, const void *bytes, size_t len)
{
	struct buffer cleaned = BUFFER_EMPTY;

	if (press->history != NULL && len <= press->config->limits.upload_size + FRONTMATTER_MAX &&
	    pictures_for_history(press, path, &cleaned, &bytes, &len) &&
	    !history_holds_bytes(press->history, path, bytes, len)) {
		batch_open(press, path, "Change");
		note(press, path, bytes, len);
	}
	buffer_free(&cleaned);
}
