/*
 * What was deleted, the latest first: it is found again without its address, and brought back from
 * its history.
 */
#include "desk/deleted.h"

#include <stdio.h>
#include <string.h>

#include "article/source.h"
#include "desk/lines.h"
#include "desk/pages.h"
#include "gemini/gemtext.h"

/* How many are shown, and how many are looked at for that: not all may be for the person. */
static const struct extent {
	size_t shown, looked_at;
} on_front = {10, 40}, on_page = {50, 200};

/* Of texts that are read for a list, in all: what is larger than the rest of it is shown by its
 * path, and only to who may write whatever it is. */
#define READ_MAX ((size_t)2 * 1024 * 1024)

/* A list being written. */
struct listing {
	struct errand *errand;
	const struct extent *extent;
	size_t shown, looked_at;
	size_t read; /* bytes */
	bool is_cut; /* one more could be shown */
	char last[RULES_PATH_MAX];
};

/* Reads what was there before it was deleted. */
static bool
read_last(struct listing *listing, const struct path_revision *revision, struct buffer *out)
{
	struct history *history = press_history(listing->errand->desk->press);
	char before[HISTORY_COMMIT_LEN + 2];
	struct error err;

	snprintf(before, sizeof(before), "%s^", revision->commit);
	bool ok = history != NULL && history_read_small(history, before, revision->path,
					 READ_MAX - listing->read, out, &err) == HISTORY_TAKEN;
	listing->read += out->len;
	return ok;
}

static bool
may_write(struct errand *errand, const struct rules_target *target, enum rules_holder holder)
{
	enum gemini_status status;

	return rules_refusal(errand->role, target, holder, &status) == NULL;
}

/* `=> /desk/history/PATH Title (deleted by Heidi, 2025-06-13)` */
static void
put_item(struct listing *listing, const struct path_revision *revision, const struct buffer *last)
{
	struct errand *errand = listing->errand;
	struct buffer label = BUFFER_EMPTY;
	struct error err;
	struct source *source =
	    last == NULL ? NULL : source_parse(revision->path, buffer_text(last), last->len, &err);

	buffer_puts(&label, source == NULL ? revision->path : source->article.card.title);
	buffer_printf(&label, " (deleted by %s, ", revision->name);
	lines_put_day(errand, &label, revision->seconds);
	buffer_putc(&label, ')');
	lines_put_link(errand, "/desk/history", revision->path, buffer_text(&label));
	errand->out->body.failed |= label.failed;
	buffer_free(&label);
	source_free(source);
}

static bool
is_text(const struct rules_target *target)
{
	return target->place == RULES_ARTICLE || target->place == RULES_DRAFT;
}

/* Shows it if the person may bring it back. The last text is read for its title and its owner;
 * of other files neither matters. */
static void
consider(struct listing *listing, const struct path_revision *revision,
    const struct rules_target *target)
{
	struct buffer text = BUFFER_EMPTY;
	const struct buffer *last = NULL;
	enum rules_holder holder = RULES_OTHER;

	if (is_text(target) && read_last(listing, revision, &text)) {
		last = &text;
		holder = office_holder(listing->errand, buffer_text(last), last->len);
	}
	if (may_write(listing->errand, target, holder)) {
		listing->is_cut = listing->shown == listing->extent->shown;
		if (!listing->is_cut) {
			put_item(listing, revision, last);
			listing->shown++;
		}
	}
	buffer_free(&text);
}

static void
list_deleted(void *arg, const struct path_revision *revision)
{
	struct listing *listing = arg;
	struct rules_target target;
	struct file_row file;

	listing->looked_at++;
	if (listing->is_cut)
		return;
	rules_read_path(revision->path, &target);
	/* There again, and only history does not know it yet? */
	bool is_there = press_file(listing->errand->desk->press, revision->path, &file);
	if (!is_there && strcmp(target.path, revision->path) == 0 &&
	    may_write(listing->errand, &target, RULES_NEW)) /* whosever it was */
		consider(listing, revision, &target);
	if (!listing->is_cut)
		snprintf(listing->last, sizeof(listing->last), "%s", revision->path);
}

static void
put_list(struct errand *errand, const struct extent *extent, const char *after)
{
	struct listing listing = {.errand = errand, .extent = extent};
	struct error err;

	bool is_whole = press_deleted(
	    errand->desk->press, after, extent->looked_at, list_deleted, &listing, &err);
	bool is_more = listing.is_cut || listing.looked_at == extent->looked_at;
	if (!is_whole)
		lines_put_text(errand, "Come back in a moment: %s", err.text);
	else if (listing.shown == 0 && !is_more)
		lines_put_text(errand, "None that you may bring back.");
	if (is_more)
		lines_put_link(errand, "/desk/deleted", listing.last, "Show more");
}

void
deleted_put_shelf(struct errand *errand)
{
	if (!errand->desk->capsule->history)
		return;
	buffer_putc(&errand->out->body, '\n');
	gemtext_put_heading(&errand->out->body, 2, "Deleted");
	put_list(errand, &on_front, NULL);
}

void
pages_deleted(struct errand *errand, const char *path)
{
	if (!errand->desk->capsule->history) {
		response_set(errand->out, GEMINI_NOT_FOUND,
		    "Ask the admin for a backup: this capsule keeps no history");
		return;
	}
	lines_begin(errand, "%s \u00b7 %s", "Deleted", errand->desk->capsule->title);
	put_list(errand, &on_page, strcmp(path, "/") == 0 ? NULL : path);
	buffer_putc(&errand->out->body, '\n');
	gemtext_put_link(&errand->out->body, "/desk/", "The desk");
}
