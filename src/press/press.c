#include "press/press.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "press/batch.h"
#include "press/credits.h"
#include "press/dates.h"
#include "press/editions.h"
#include "press/flush.h"
#include "press/ingest.h"
#include "press/revisions.h"
#include "press/root.h"
#include "press/works.h"

#define RESCAN_MS         ((int64_t)3600 * 1000)
#define RESCAN_BLIND_MS   ((int64_t)60 * 1000) /* where not every folder can be watched */
#define DUE_AGAIN_SECONDS 15 /* for an article that is due and could not be printed */

/* One edition never stands in both places; without any the press waits for the tick to begin one.
 */
static void
check_editions(const struct press *press)
{
	assert(press->served == NULL || press->served != press->next);
	assert(works_first(press) != NULL || works_needs(press, NEED_TICK));
	for (size_t i = 0; i < EDITIONS_MAX; i++)
		assert(press->trouble[i].text[0] == '\0'); /* all of it is tended */
}

static void
check_root(const struct press *press)
{
	assert(press->root_fd >= -1);
	assert(press->root_fd != -1 || press->root_is_missing);
}

void
press_check(const struct press *press)
{
	assert(press->capsule != NULL && press->config != NULL);
	assert(press->media != NULL && press->watch != NULL && press->scan != NULL);
	assert((press->needs & ~(unsigned)NEED_ALL) == 0);
	assert(!works_needs(press, NEED_CREDITS) || press->capsule->history);
	check_root(press);
	check_editions(press);
	queue_check(&press->queue);
	absence_check(&press->absence);
	batch_check(press);
	dates_check(press);
}

static bool
make_folder(struct press *press, struct error *err)
{
	const char *state = press->config->server.state;
	int len =
	    snprintf(press->folder, sizeof(press->folder), "%s/%s", state, press->capsule->host);

	if (len < 0 || (size_t)len >= sizeof(press->folder) - sizeof("/history.git"))
		return error_set(err, "state %s: the name is too long", state);
	if ((mkdir(state, 0700) == -1 && errno != EEXIST) ||
	    (mkdir(press->folder, 0700) == -1 && errno != EEXIST))
		return error_set(err, "making %s: %s", press->folder, strerror(errno));
	return true;
}

/* History that cannot be opened holds nothing back: what it misses is remembered meanwhile. */
static void
open_history(struct press *press)
{
	char path[PATH_MAX + sizeof("/history.git")];
	struct error err;

	if (!press->capsule->history || press->history != NULL)
		return;
	snprintf(path, sizeof(path), "%s/history.git", press->folder);
	press->history = history_open(path, &err);
	if (press->history == NULL)
		log_error("%s: %s; articles are printed without history until that is put right",
		    press->capsule->host, err.text);
}

/* After a crash between commit and print: what was committed last is looked at first. */
static void
queue_unprinted(struct press *press)
{
	struct strings paths = {0};
	struct error err;

	if (press->served == NULL || press->history == NULL)
		return;
	const char *commit = writer_recall(press->served, WRITER_COMMIT);
	if (commit[0] == '\0' || strcmp(commit, history_head(press->history)) == 0)
		return;
	if (!history_knows(press->history, commit) ||
	    !history_changed_since(press->history, commit, &paths, &err))
		return; /* a scan of everything follows anyway */
	for (size_t i = 0; i < paths.count; i++)
		if (scan_concerns(paths.items[i]))
			works_queue(press, paths.items[i]);
	strings_free(&paths);
}

static void
queue_due(struct press *press)
{
	struct strings paths = {0};

	press->last_due_look = works_now();
	for (struct edition_writer *e = works_first(press); e != NULL; e = works_next(press, e))
		writer_due(e, press->last_due_look, &paths);
	for (size_t i = 0; i < paths.count; i++)
		works_queue(press, paths.items[i]);
	strings_free(&paths);
}

struct press *
press_open(const struct config *config, const struct capsule_config *capsule, struct error *err)
{
	struct press *press = calloc(1, sizeof(*press));
	bool ok = false;

	if (press == NULL) {
		error_set(err, "out of memory");
		return NULL;
	}
	*press = (struct press){.config = config, .capsule = capsule, .root_fd = -1};
	press->scan = scan_new();
	if (press->scan == NULL)
		error_set(err, "out of memory");
	else
		ok = make_folder(press, err) && (press->media = media_open(err)) != NULL &&
		     (press->watch = watch_open(capsule->root, err)) != NULL;
	if (ok) {
		open_history(press);
		root_open(press);
		ok = editions_open(press, err);
	}
	if (!ok) {
		error_prefix(err, "%s", capsule->host);
		press_close(press);
		return NULL;
	}
	works_rescan(press);
	revisions_catch_up(press);
	editions_tend(press);
	works_set_need(press, NEED_CREDITS, capsule->history);
	credits_settle(press);
	queue_unprinted(press);
	queue_due(press);
	press_check(press);
	return press;
}

void
press_close(struct press *press)
{
	if (press == NULL)
		return;
	press_flush(press, NULL);
	editions_close(press);
	history_close(press->history);
	watch_close(press->watch);
	media_close(press->media);
	scan_free(press->scan);
	queue_clear(&press->queue);
	absence_clear(&press->absence);
	strings_free(&press->gone.added);
	strings_free(&press->gone.removed);
	dates_close(press);
	strings_free(&press->editors);
	strings_free(&press->linked);
	if (press->root_fd != -1)
		close(press->root_fd);
	free(press);
}

int
press_watch_fd(const struct press *press)
{
	return watch_fd(press->watch);
}

/* A file that is being written will tell when it is closed; a link is complete at once. */
static bool
is_link(const struct press *press, const char *path)
{
	struct stat st;

	return press->root_fd != -1 &&
	       fstatat(press->root_fd, path + 1, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (S_ISLNK(st.st_mode) || st.st_nlink > 1);
}

static bool
is_gone(const struct press *press, const char *path)
{
	struct stat st;

	return press->root_fd != -1 &&
	       fstatat(press->root_fd, path + 1, &st, AT_SYMLINK_NOFOLLOW) == -1;
}

/* A folder ends with "/". */
static void
queue_path(struct press *press, const char *path)
{
	if (!text_ends(path, "/"))
		works_queue(press, path);
	else if (!scan_add(press->scan, path))
		works_set_need(press, NEED_SCAN, true);
}

static void
take_path(struct press *press, const char *path)
{
	if (!is_gone(press, path))
		queue_path(press, path);
	else if (absence_add(&press->absence, path, clock_now_ms()) == QUEUE_FULL)
		works_rescan(press);
}

static void
release_absent(struct press *press)
{
	char *path;

	if (!absence_is_settled(&press->absence, clock_now_ms()))
		return;
	while ((path = absence_take(&press->absence)) != NULL) {
		queue_path(press, path);
		free(path);
	}
}

static void
take_event(void *context, enum watch_event event, const char *path)
{
	struct press *press = context;
	char folder[SCAN_PATH_MAX];

	switch (event) {
	case WATCH_NEW_FILE:
		if (!is_link(press, path))
			break;
		/* fall through */
	case WATCH_FILE:
		if (scan_concerns(path))
			take_path(press, path);
		break;
	case WATCH_FOLDER:
		if (scan_concerns(path) && strlen(path) + 2 <= sizeof(folder)) {
			snprintf(folder, sizeof(folder), "%s/", path);
			take_path(press, folder);
		}
		break;
	case WATCH_ROOT:
		root_is_usable(press);
		break;
	case WATCH_OVERFLOW:
		log_notice(
		    "%s: too many changes at once: looking at everything", press->capsule->host);
		works_rescan(press);
		break;
	}
}

void
press_watch_ready(struct press *press)
{
	watch_read(press->watch, take_event, press);
	press_check(press);
}

/* A scan that cannot go on: an edition that is damaged, or too little of something. */
static void
suffer_scan(struct press *press, struct edition_writer *edition)
{
	const char *reason = strerror(errno);
	bool is_in_trouble = writer_trouble(edition) != DATABASE_FINE;

	scan_clear(press->scan);
	works_set_need(press, NEED_SCAN, true);
	if (is_in_trouble)
		error_set(works_trouble(press, edition), "edition-%u.db cannot be read",
		    writer_number(edition));
	else
		log_error(
		    "%s: looking at the files: %s; tried again soon", press->capsule->host, reason);
	press_flush(press, NULL); /* may close the edition */
	editions_tend(press);
	if (!is_in_trouble)
		works_set_need(press, NEED_TICK, true);
}

static void
miss_watch(struct press *press, const char *path, int code)
{
	if (code != ENOSPC && code != ENOMEM)
		return; /* the folder went away meanwhile: the one above will tell */
	if (!press->lacks_watches)
		log_warning("%s: %s%s: no more folders can be watched (%s; see "
			    "fs.inotify.max_user_watches): looking at everything every minute",
		    press->capsule->host, press->capsule->root, path, strerror(code));
	press->lacks_watches = true;
}

/* Goes on with the scan by one entry. */
static void
scan_on(struct press *press)
{
	char path[SCAN_PATH_MAX];
	struct edition_writer *edition = press->next == NULL ? press->served : press->next;
	struct scan_view view = {
	    .root_fd = press->root_fd,
	    .edition = edition,
	    .history = press->next == NULL ? NULL : press->history,
	    .watch = press->watch,
	};

	switch (scan_next(press->scan, &view, path)) {
	case SCAN_LOOK:
		ingest_path(press, path);
		break;
	case SCAN_NOTHING:
	case SCAN_DONE:
		break;
	case SCAN_NO_WATCH:
		miss_watch(press, path, errno);
		break;
	case SCAN_UNREADABLE:
		log_warning("%s%s: the folder cannot be read; what is printed of it stands",
		    press->capsule->root, path);
		break;
	case SCAN_FAILED:
		suffer_scan(press, edition);
		break;
	}
}

static bool
has_work(const struct press *press)
{
	return !works_needs(press, NEED_TICK) &&
	       (press->queue.count > 0 || scan_is_busy(press->scan));
}

/* One path, or one entry of a scan. */
static void
step(struct press *press)
{
	char *path = queue_take(&press->queue);

	if (path == NULL) {
		scan_on(press);
		return;
	}
	ingest_path(press, path);
	free(path);
}

/* Lets readers see the edition being printed once nothing of it is left to do. */
static void
finish(struct press *press)
{
	if (press->next != NULL && !has_work(press) && !works_needs(press, NEED_TICK | NEED_SCAN))
		editions_finish(press);
}

bool
press_work(struct press *press, int slice_ms)
{
	int64_t end_ms = clock_now_ms() + slice_ms;

	press_check(press);

	if (works_needs(press, NEED_TICK) || works_first(press) == NULL || !root_is_usable(press)) {
		press_flush(press, NULL);
		press_check(press);
		return false;
	}
	release_absent(press);
	while (has_work(press) && works_first(press) != NULL) {
		step(press);
		if (batch_is_ripe(press))
			press_flush(press, NULL);
		if (clock_now_ms() >= end_ms)
			break;
	}
	if (!has_work(press))
		press_flush(press, NULL);
	if (!press->batch.is_open) {
		editions_tend(press);
		finish(press);
	}
	if (!has_work(press) && revisions_are_missing(press)) {
		revisions_read_back(press, end_ms);
		editions_tend(press);
	}
	press_check(press);
	return has_work(press) || revisions_are_missing(press);
}

/* Files that a commit failed for. */
static void
retry_commits(struct press *press)
{
	struct strings paths = {0};

	open_history(press);
	if (press->history == NULL || press->root_fd == -1)
		return;
	if (works_needs(press, NEED_CREDITS))
		credits_settle(press);
	if (works_first(press) == NULL)
		return;
	writer_uncommitted(works_first(press), &paths);
	for (size_t i = 0; i < paths.count; i++)
		ingest_history(press, paths.items[i]);
	strings_free(&paths);
	press_flush(press, NULL);
}

static void
unblock(struct press *press)
{
	struct error err;

	for (struct edition_writer *e = works_first(press); e != NULL; e = works_next(press, e))
		writer_forgive(e);
	works_set_need(press, NEED_TICK, false);
	if (works_first(press) == NULL && !editions_begin(press, &err)) {
		log_error("%s: %s; tried again soon", press->capsule->host, err.text);
		works_set_need(press, NEED_TICK, true);
	}
}

/* Puts the editors into each edition, in a transaction of its own. */
static bool
editors_print(struct press *press, struct error *err)
{
	bool ok = true;

	press_flush(press, NULL);
	for (struct edition_writer *e = works_first(press); e != NULL; e = works_next(press, e)) {
		writer_begin(e);
		writer_put_editors(e, &press->editors);
		ok = writer_commit(e, err) && ok;
	}
	works_set_need(press, NEED_EDITORS, !ok);
	return ok;
}

bool
press_put_editors(struct press *press, const struct strings *fingerprints, struct error *err)
{
	struct strings copy = {0};

	for (size_t i = 0; i < fingerprints->count; i++)
		if (!strings_add(&copy, fingerprints->items[i])) {
			strings_free(&copy);
			return error_set(err, "out of memory");
		}
	strings_free(&press->editors);
	press->editors = copy;
	return editors_print(press, err);
}

static void
tidy(struct press *press)
{
	for (struct edition_writer *e = works_first(press); e != NULL; e = works_next(press, e))
		writer_tidy(e);
}

void
press_tick(struct press *press)
{
	int64_t now_ms = clock_now_ms();
	int64_t rescan_ms = press->lacks_watches ? RESCAN_BLIND_MS : RESCAN_MS;
	struct error err;

	press_check(press);
	tidy(press);
	unblock(press);
	if (works_needs(press, NEED_TICK) || !root_is_usable(press))
		return;
	queue_due(press);
	retry_commits(press);
	if (works_needs(press, NEED_EDITORS) && !editors_print(press, &err))
		log_error("%s: %s; tried again soon", press->capsule->host, err.text);
	if (press->remove_old_ms != 0 && now_ms >= press->remove_old_ms && press->served != NULL)
		editions_remove_old(press);
	if (works_needs(press, NEED_SCAN) ||
	    (!scan_is_busy(press->scan) && now_ms - press->last_scan_ms >= rescan_ms))
		works_rescan(press);
	press_check(press);
}

int64_t
press_next_due(const struct press *press)
{
	int64_t due = INT64_MAX, now = works_now();

	if (works_needs(press, NEED_TICK) || press->root_was_replaced)
		return due; /* the tick will see */
	if (press->root_is_missing || absence_is_pending(&press->absence))
		return now + 1;
	for (struct edition_writer *e = works_first(press); e != NULL; e = works_next(press, e)) {
		int64_t next_due = writer_next_due(e);
		due = next_due < due ? next_due : due;
	}
	/* What became due since the last tick is still to be queued, however near that tick was. */
	return due > now || due > press->last_due_look ? due : now + DUE_AGAIN_SECONDS;
}

bool
press_reprint(struct press *press, struct error *err)
{
	press_flush(press, NULL);
	assert(!press->batch.is_open); /* an edition begun now would be in none of it */
	bool ok = editions_begin(press, err);
	press_check(press);
	return ok;
}

unsigned
press_edition(const struct press *press)
{
	return press->served == NULL ? 0 : writer_number(press->served);
}

bool
press_root_was_replaced(const struct press *press)
{
	return press->root_was_replaced;
}

void
press_status(struct press *press, struct press_status *out)
{
	struct edition_writer *edition = works_first(press);
	struct edition_counts counts;

	*out = (struct press_status){
	    .edition = press_edition(press),
	    .is_scanning = has_work(press),
	    .root_is_missing = press->root_is_missing,
	};
	if (press->history != NULL)
		snprintf(out->commit, sizeof(out->commit), "%s", history_head(press->history));
	if (edition == NULL)
		return;
	writer_counts(edition, &counts);
	out->articles = counts.articles;
	out->scheduled = counts.scheduled;
	out->drafts = counts.drafts;
	out->broken = counts.broken;
	out->files = counts.files;
	out->widest_folder = writer_widest_folder(edition);
	out->uncommitted = writer_count_uncommitted(edition);
}

bool
press_file(struct press *press, const char *path, struct file_row *out)
{
	struct edition_writer *edition = works_first(press);

	return edition != NULL && writer_file(edition, path, out);
}

bool
press_list(struct press *press, const struct file_query *query, file_visit *visit, void *arg)
{
	struct edition_writer *edition = works_first(press);

	return edition != NULL && writer_query(edition, query, visit, arg);
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
