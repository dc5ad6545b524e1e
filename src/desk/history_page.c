/* /desk/history/PATH: who changed a file, and when; /desk/diff/PATH/REV: what was changed. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "desk/lines.h"
#include "desk/pages.h"
#include "desk/piece.h"
#include "desk/revision.h"
#include "gemini/gemtext.h"

#define REVISIONS_ON_PAGE 20
#define COMPARE_WITH_NOW  "now" /* the query of /desk/diff/ that asks for it */

/* --- /desk/history/PATH --- */

/* A page of revisions being written. */
struct chronicle {
	struct errand *errand;
	const struct piece *piece;
	size_t count;
	bool is_first_page;
	char last[HISTORY_COMMIT_LEN + 1];
};

/* How much of a message is worth telling on the page of a path: "update" of "update
 * /articles/x.gmi", as the page says which file it is about; all of it if it names another one. */
static size_t
telling_len(const char *message, const char *path)
{
	const char *space = strchr(message, ' ');

	if (space == NULL)
		return strlen(message);
	bool is_about_it = strcmp(space + 1, path) == 0 || strcmp(space + 1, path + 1) == 0;
	return is_about_it ? (size_t)(space - message) : strlen(message);
}

/* What the press took in from the folder was done by hand: "changed by hand"; else NULL. */
static const char *
done_by_hand(const struct path_revision *revision)
{
	static const char *const words[][2] = {
	    {"Add ", "added by hand"},
	    {"Change ", "changed by hand"},
	    {"Delete ", "deleted by hand"},
	    {"Take in ", "taken in from the folder"},
	};

	for (size_t i = 0; text_starts(revision->mail, PRESS_MAILBOX) && i < 4; i++)
		if (text_starts(revision->message, words[i][0]))
			return words[i][1];
	return NULL;
}

/* `### 2025-06-13 09:30 · Heidi: update` */
static void
put_revision_heading(struct errand *errand, const struct path_revision *revision)
{
	struct buffer when = BUFFER_EMPTY;
	size_t len = telling_len(revision->message, revision->path);
	const char *by_hand = done_by_hand(revision);

	lines_put_minute(errand, &when, revision->seconds);
	if (by_hand != NULL)
		lines_put_heading(errand, 3, "%s \u00b7 %s", buffer_text(&when), by_hand);
	else
		lines_put_heading(errand, 3, "%s \u00b7 %s: %.*s", buffer_text(&when),
		    revision->name, (int)len, revision->message);
	errand->out->body.failed |= when.failed;
	buffer_free(&when);
}

static void
put_revision(struct chronicle *chronicle, const struct path_revision *revision)
{
	struct errand *errand = chronicle->errand;
	const struct piece *piece = chronicle->piece;
	bool is_current = chronicle->is_first_page && chronicle->count == 1 && piece->is_there;
	char rest[REVISION_SHOWN + 2];

	snprintf(rest, sizeof(rest), "/%.*s", REVISION_SHOWN, revision->commit);
	put_revision_heading(errand, revision);
	lines_put_link_to(errand, "/desk/diff", piece->target.path, rest, "What was changed");
	if (piece->may_write && !is_current && !revision->is_removal)
		lines_put_link_to(
		    errand, "/desk/restore", piece->target.path, rest, "Bring this version back");
	buffer_putc(&errand->out->body, '\n');
}

static void
list_revision(void *arg, const struct path_revision *revision)
{
	struct chronicle *chronicle = arg;

	if (++chronicle->count > REVISIONS_ON_PAGE)
		return;
	put_revision(chronicle, revision);
	strcpy(chronicle->last, revision->commit);
}

static void
put_older(struct chronicle *chronicle)
{
	char rest[HISTORY_COMMIT_LEN + 2];

	if (chronicle->count <= REVISIONS_ON_PAGE)
		return;
	snprintf(rest, sizeof(rest), "?%s", chronicle->last);
	lines_put_link_to(chronicle->errand, "/desk/history", chronicle->piece->target.path, rest,
	    "Older versions");
}

static void
put_chronicle_top(struct errand *errand, const struct piece *piece)
{
	lines_begin(errand, "History: %s", piece->title);
	if (piece->is_there)
		lines_put_link(errand, "/desk/preview", piece->target.path, "Preview");
	else
		lines_put_text(errand, "Deleted: nothing lies at %s now.", piece->target.path);
	gemtext_put_link(&errand->out->body, "/desk/", "The desk");
	buffer_putc(&errand->out->body, '\n');
}

/* Where the page begins: behind the commit that the query names. False with the answer set. */
static bool
read_before(struct errand *errand, const char **out)
{
	*out = errand->url->query[0] == '\0' ? NULL : errand->url->query;
	if (*out == NULL || revision_is_commit(*out))
		return true;
	response_set(errand->out, GEMINI_NOT_FOUND,
	    "Begin at /desk/history without a query: this one names no version");
	return false;
}

static void
put_chronicle(struct errand *errand, const struct piece *piece, const char *before)
{
	struct chronicle chronicle = {
	    .errand = errand, .piece = piece, .is_first_page = before == NULL};
	struct error err;

	put_chronicle_top(errand, piece);
	bool is_whole = press_revisions(errand->desk->press, piece->target.path, before,
	    REVISIONS_ON_PAGE + 1, list_revision, &chronicle, &err);
	put_older(&chronicle);
	if (!is_whole)
		lines_put_text(errand, "Come back in a moment: %s", err.text);
	else if (chronicle.count == 0 && !piece->is_there)
		response_set(errand->out, GEMINI_NOT_FOUND,
		    "Go to /desk/ and choose a file: nothing was ever at %s", piece->target.path);
	else if (chronicle.count == 0)
		lines_put_text(errand, "%s",
		    before == NULL ? "No version is in history yet."
				   : "There is no older version.");
}

void
pages_history(struct errand *errand, const char *path)
{
	struct piece piece;
	const char *before;

	if (piece_open_past(errand, path, &piece) && read_before(errand, &before)) {
		if (errand->desk->capsule->history)
			put_chronicle(errand, &piece, before);
		else
			response_set(errand->out, GEMINI_NOT_FOUND,
			    "Ask the admin for a backup: this capsule keeps no history");
	}
	piece_close(&piece);
}

/* --- /desk/diff/PATH/REV --- */

/* Two versions of a file. */
struct comparison {
	const char *old_name, *new_name;
	struct buffer old, new;
	bool has_version; /* the revision has the file: it did not take it away */
};

/* Reads a version; one that did not have the file counts as empty. *out_found: whether it did. */
static bool
read_version(struct errand *errand, const char *commit, const char *path, struct buffer *out,
    bool *out_found)
{
	struct history *history = press_history(errand->desk->press);
	struct error err = {"this capsule keeps no history"};
	enum history_result result = HISTORY_FAILED;

	if (history != NULL)
		result = history_read(history, commit, path, out, &err);
	*out_found = result == HISTORY_TAKEN;
	if (result == HISTORY_FAILED)
		response_set(errand->out, GEMINI_TEMPORARY_FAILURE, "Try again soon: %s", err.text);
	return result != HISTORY_FAILED;
}

/* Reads the version of a revision and the one before it, or what is there now. */
static bool
read_versions(struct errand *errand, const struct revision *revision, const struct piece *piece,
    struct comparison *out)
{
	bool with_now = strcmp(errand->url->query, COMPARE_WITH_NOW) == 0;
	struct buffer *this = with_now ? &out->old : &out->new;
	char parent[HISTORY_COMMIT_LEN + 2];
	bool has_this, has_parent = false;

	*out = (struct comparison){.old_name = "before", .new_name = "after"};
	if (!read_version(errand, revision->commit, piece->target.path, this, &has_this))
		return false;
	if (with_now) {
		out->old_name = "then";
		out->new_name = "now";
		buffer_append(&out->new, buffer_text(&piece->bytes), piece->bytes.len);
	} else {
		snprintf(parent, sizeof(parent), "%s^", revision->commit);
		if (!read_version(errand, parent, piece->target.path, &out->old, &has_parent))
			return false;
	}
	out->has_version = has_this;
	if (!has_this && !has_parent)
		response_set(errand->out, GEMINI_NOT_FOUND,
		    "Choose a version from /desk/history%s: this one has no such file",
		    piece->target.path);
	return has_this || has_parent;
}

static void
put_diff_top(struct errand *errand, const struct revision *revision, const struct piece *piece,
    const struct comparison *comparison)
{
	char rest[HISTORY_COMMIT_LEN + sizeof("/?" COMPARE_WITH_NOW)];
	struct buffer version = BUFFER_EMPTY;

	lines_begin(errand, "What was changed: %s", piece->title);
	lines_put_version(errand, &version, revision->commit);
	lines_put_text(errand,
	    "The version of %s. Lines with - stood there %s, lines with + stand there %s.",
	    buffer_text(&version), comparison->old_name, comparison->new_name);
	snprintf(rest, sizeof(rest), "/%s", revision->commit);
	if (piece->may_write && comparison->has_version)
		lines_put_link_to(
		    errand, "/desk/restore", piece->target.path, rest, "Bring this version back");
	strcat(rest, "?" COMPARE_WITH_NOW);
	lines_put_link_to(errand, "/desk/diff", piece->target.path, rest,
	    "Compare this version with what is there now");
	lines_put_link(errand, "/desk/history", piece->target.path, "History");
	buffer_putc(&errand->out->body, '\n');
	errand->out->body.failed |= version.failed;
	buffer_free(&version);
}

void
pages_diff(struct errand *errand, const char *path)
{
	struct revision revision;
	struct piece piece;
	struct comparison comparison = {.old_name = NULL};

	if (!revision_read(path, &revision)) {
		response_set(errand->out, GEMINI_NOT_FOUND,
		    "Choose a version from /desk/history: this address names none");
		return;
	}
	if (piece_open_past(errand, revision.path, &piece) &&
	    read_versions(errand, &revision, &piece, &comparison)) {
		put_diff_top(errand, &revision, &piece, &comparison);
		lines_put_diff(errand, comparison.old_name, &comparison.old, comparison.new_name,
		    &comparison.new);
	}
	buffer_free(&comparison.old);
	buffer_free(&comparison.new);
	piece_close(&piece);
}
