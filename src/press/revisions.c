#include "press/revisions.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "store/revision_table.h"

/* An edition that is further behind is told anew, from the newest to the oldest. Only a failing
 * disk brings it there. */
#define GAP_MAX 100

static const char *
head_of(const struct press *press)
{
	return press->history == NULL ? "" : history_head(press->history);
}

/* What WRITER_REVISIONS_NEWEST and _OLDEST say: which commit was added last, and which is the next
 * to be read back, "" if none is. */
static void
remember(struct edition_writer *edition, const char *newest, const char *oldest)
{
	writer_remember(edition, WRITER_REVISIONS_NEWEST, newest);
	writer_remember(edition, WRITER_REVISIONS_OLDEST, oldest);
}

/* Whether a message of the desk says that what went from one path is at another one. */
static bool
tells_of_a_move(const char *message)
{
	static const char *const verbs[] = {"publish /", "update /", "move /"};

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (text_starts(message, verbs[i]))
			return true;
	return false;
}

static void
put(struct edition_writer *edition, enum writer_end end, const struct history_revision *revision)
{
	writer_put_revision(edition, end, revision, tells_of_a_move(revision->message));
}

void
revisions_begin(struct press *press, struct edition_writer *edition)
{
	writer_clear_revisions(edition);
	remember(edition, head_of(press), head_of(press));
	works_set_need(press, NEED_REVISIONS, true); /* to be looked at */
}

/* Adds the commits between newest and the head, of which there are few, or none: false. */
static bool
add_gap(struct press *press, struct edition_writer *edition, const char *newest, struct error *err)
{
	char commits[GAP_MAX][HISTORY_COMMIT_LEN + 1];
	char next[HISTORY_COMMIT_LEN + 1];
	size_t count = 0;
	bool ok = true;

	memcpy(next, head_of(press), sizeof(next));
	while (ok && count < GAP_MAX && strcmp(next, newest) != 0 && next[0] != '\0') {
		memcpy(commits[count], next, sizeof(next));
		ok = history_parent(press->history, commits[count++], next, err);
	}
	if (!ok || strcmp(next, newest) != 0)
		return ok && error_set(err, "the edition is too far behind");
	while (ok && count-- > 0) {
		struct history_revision revision;

		ok = history_revision(press->history, commits[count], &revision, err);
		if (ok) {
			put(edition, WRITER_NEWER, &revision);
			history_revision_free(&revision);
		}
	}
	return ok;
}

void
revisions_follow(struct press *press, struct edition_writer *edition)
{
	char newest[HISTORY_COMMIT_LEN + 1] = "";
	const char *recalled = writer_recall(edition, WRITER_REVISIONS_NEWEST);
	struct error err;

	if (strlen(recalled) == HISTORY_COMMIT_LEN)
		memcpy(newest, recalled, sizeof(newest));
	if (strcmp(newest, head_of(press)) == 0 || head_of(press)[0] == '\0')
		return;
	if (add_gap(press, edition, newest, &err))
		writer_remember(edition, WRITER_REVISIONS_NEWEST, head_of(press));
	else
		revisions_begin(press, edition);
}

void
revisions_catch_up(struct press *press)
{
	works_set_need(press, NEED_REVISIONS, true);
	for (struct edition_writer *e = works_first(press); e != NULL; e = works_next(press, e)) {
		if (strcmp(writer_recall(e, WRITER_REVISIONS_NEWEST), head_of(press)) == 0)
			continue;
		writer_begin(e);
		revisions_follow(press, e);
		works_commit(press, e);
	}
}

bool
revisions_are_missing(const struct press *press)
{
	return works_needs(press, NEED_REVISIONS) && press->served != NULL &&
	       press->history != NULL && !works_needs(press, NEED_TICK);
}

/* Reads one commit back, and notes which is the next. False at the end. */
static bool
read_one(struct press *press, struct edition_writer *edition)
{
	char commit[HISTORY_COMMIT_LEN + 1], next[HISTORY_COMMIT_LEN + 1] = "";
	const char *recalled = writer_recall(edition, WRITER_REVISIONS_OLDEST);
	struct history_revision revision;
	struct error err;

	if (strlen(recalled) != HISTORY_COMMIT_LEN)
		return false;
	memcpy(commit, recalled, sizeof(commit));
	if (history_revision(press->history, commit, &revision, &err)) {
		put(edition, WRITER_OLDER, &revision);
		history_revision_free(&revision);
		if (!history_parent(press->history, commit, next, &err))
			next[0] = '\0';
	} else {
		log_error("%s: %s; what is older than this commit is not shown",
		    press->capsule->host, err.text);
	}
	writer_remember(edition, WRITER_REVISIONS_OLDEST, next);
	return next[0] != '\0';
}

void
revisions_read_back(struct press *press, int64_t end_ms)
{
	struct edition_writer *edition = press->served;
	bool is_more = true;

	assert(!press->batch.is_open);
	assert(revisions_are_missing(press));
	writer_begin(edition);
	while (is_more && writer_trouble(edition) == DATABASE_FINE) {
		is_more = read_one(press, edition);
		if (clock_now_ms() >= end_ms)
			break;
	}
	if (works_commit(press, edition))
		works_set_need(press, NEED_REVISIONS, is_more);
}

/* --- what the desk asks --- */

/* The edition that can tell of history, or NULL with the reason. */
static struct edition_writer *
edition_with_history(struct press *press, struct error *err)
{
	struct edition_writer *edition = works_first(press);

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
    revision_visit *visit, void *arg, struct error *err)
{
	struct edition_writer *edition = edition_with_history(press, err);

	if (edition == NULL)
		return false;
	size_t count = writer_revisions(edition, path, before, limit, visit, arg);
	return is_all(edition, count == limit, err);
}

bool
press_deleted(struct press *press, const char *after, size_t limit, revision_visit *visit,
    void *arg, struct error *err)
{
	struct edition_writer *edition = edition_with_history(press, err);

	if (edition == NULL)
		return false;
	size_t count = writer_deleted(edition, after, limit, visit, arg);
	return is_all(edition, count == limit, err);
}
