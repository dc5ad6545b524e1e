/*
 * /desk/: what waits for the person, who they are, and what there is; /desk/list/NAME/…: more of
 * each list.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "desk/deleted.h"
#include "desk/lines.h"
#include "desk/pages.h"
#include "desk/piece.h"
#include "gemini/gemtext.h"
#include "upload/naming.h"

#define FRONT_ITEMS    10  /* of a list on the front page */
#define LIST_ITEMS     50  /* on a page of its own */
#define KEPT_LOOKED_AT 200 /* newest drafts among which kept texts are looked for */

/* The lists, as they stand on the front page. */
static const struct shelf {
	const char *name; /* in /desk/list/NAME/ */
	const char *heading, *empty;
	enum file_state state;
	bool is_ready;
} shelves[] = {
    {"drafts", "Drafts", "None: what is written to /drafts/ stands here.", FILE_DRAFT, false},
    {"scheduled", "Scheduled", "None: an article with a date to come stands here.", FILE_SCHEDULED,
	false},
    {"published", "Published", "None yet.", FILE_ARTICLE, false},
    {"retracted", "Retracted", "None.", FILE_RETRACTED, false},
    {"ready", "Drafts that ask for an editor", "None.", FILE_DRAFT, true},
    {"broken", "Broken", "None: every text can be read.", FILE_BROKEN, false},
};
#define FRONT_SHELVES 4 /* the others stand among what waits for the person */

/* A list being written. */
struct listing {
	struct errand *errand;
	const struct shelf *shelf;
	size_t limit, count; /* items wanted, items found: one more tells that there are more */
	char last[RULES_PATH_MAX];
};

/* --- an item of a list --- */

/* Who a file belongs to, by name if we know one. */
static const char *
owner_of(const struct errand *errand, const struct file_row *file)
{
	const struct person *owner = people_by_id(errand->desk->people, file->editor);

	return owner == NULL ? file->editor : owner->name;
}

/* Its owner and time, in brackets at the end: a page of the desk is no feed. */
static void
put_circumstances(const struct errand *errand, const struct file_row *file, struct buffer *label)
{
	const char *owner = owner_of(errand, file);

	buffer_puts(label, " (");
	if (*owner != '\0')
		buffer_printf(label, "%s, ", owner);
	if (file->state == FILE_SCHEDULED) {
		buffer_puts(label, "due ");
		lines_put_minute(errand, label, file->published);
	} else if (file->state == FILE_ARTICLE || file->state == FILE_RETRACTED) {
		lines_put_day(errand, label, file->published);
	} else {
		lines_put_day(errand, label, file->changed);
	}
	if (file->is_ready)
		buffer_puts(label, ", ready");
	buffer_putc(label, ')');
}

static const char *
title_of(const struct file_row *file)
{
	return *file->title == '\0' ? file->path : file->title;
}

static void
put_item(struct errand *errand, const struct file_row *file, const char *prefix)
{
	struct buffer label = BUFFER_EMPTY;

	buffer_printf(&label, "%s%s", prefix, title_of(file));
	put_circumstances(errand, file, &label);
	lines_put_link(errand, "/desk/preview", file->path, buffer_text(&label));
	errand->out->body.failed |= label.failed;
	buffer_free(&label);
}

/* Link lines stand close together: each names what it is about. */
static void
put_edit(struct errand *errand, const struct file_row *file)
{
	struct buffer label = BUFFER_EMPTY;

	/* What is broken and no text is a picture: there is nothing to edit in it. */
	if (!piece_may_write(errand, file) || media_may_be_picture(file->path))
		return;
	buffer_printf(&label, "Edit %s", title_of(file));
	lines_put_edit(errand, file->path, buffer_text(&label));
	errand->out->body.failed |= label.failed;
	buffer_free(&label);
}

/* A draft that cannot be read is a draft all the same. */
static bool
is_broken(const struct file_row *file)
{
	return file->state == FILE_BROKEN || (file->state == FILE_DRAFT && *file->reason != '\0');
}

static void
put_reason(struct errand *errand, const struct file_row *file)
{
	if (is_broken(file))
		lines_put_text(errand, "Broken: %s: %s", file->path, file->reason);
	else if (file->state == FILE_RETRACTED)
		lines_put_text(errand, "Readers get this note: %s", file->reason);
}

/* --- a list --- */

static void
list_item(void *arg, const struct file_row *file)
{
	struct listing *listing = arg;

	if (++listing->count > listing->limit)
		return;
	put_item(listing->errand, file, "");
	put_reason(listing->errand, file);
	put_edit(listing->errand, file);
	snprintf(listing->last, sizeof(listing->last), "%s", file->path);
}

static void
put_trouble(struct errand *errand)
{
	lines_put_text(errand, "Come back in a moment: this list cannot be told just now.");
}

static void
put_more(struct listing *listing)
{
	char prefix[64];

	if (listing->count <= listing->limit)
		return;
	snprintf(prefix, sizeof(prefix), "/desk/list/%s", listing->shelf->name);
	lines_put_link(listing->errand, prefix, listing->last, "Show more");
}

/* Writes what a query finds of a list. */
static void
put_list(struct errand *errand, const struct shelf *shelf, struct file_query query)
{
	struct listing listing = {.errand = errand, .shelf = shelf, .limit = query.limit};

	query.limit++;
	if (!press_list(errand->desk->press, &query, list_item, &listing))
		put_trouble(errand);
	else if (listing.count == 0)
		lines_put_text(errand, "%s", shelf->empty);
	put_more(&listing);
}

static struct file_query
query_of(const struct shelf *shelf, size_t limit)
{
	return (struct file_query){
	    .state = shelf->state, .is_ready = shelf->is_ready, .limit = limit};
}

static void
put_shelf(struct errand *errand, const struct shelf *shelf)
{
	struct buffer *body = &errand->out->body;

	buffer_putc(body, '\n');
	gemtext_put_heading(body, 2, shelf->heading);
	put_list(errand, shelf, query_of(shelf, FRONT_ITEMS));
}

/* --- what waits for the person --- */

/* Where a text that was kept belongs. */
static void
put_belonging(struct errand *errand, const struct file_row *file)
{
	struct buffer source = BUFFER_EMPTY, label = BUFFER_EMPTY;
	char sent_to[RULES_PATH_MAX];

	if (office_read(errand->desk, file->path, &source, NULL) == OFFICE_FOUND &&
	    piece_read_sent_to(buffer_text(&source), source.len, sent_to)) {
		lines_put_place(errand, sent_to);
		buffer_printf(&label, "Compare it with %s", sent_to);
		lines_put_link(errand, "/desk/compare", file->path, buffer_text(&label));
	}
	errand->out->body.failed |= label.failed;
	buffer_free(&source);
	buffer_free(&label);
}

/* Texts that were kept, among drafts and what is broken; other broken files. */
static void
list_trouble(void *arg, const struct file_row *file)
{
	struct listing *listing = arg;
	enum naming_kept why;

	if (naming_is_kept(file->path, &why)) {
		put_item(listing->errand, file,
		    why == NAMING_CONFLICT ? "Conflict, kept as a draft: "
					   : "Refused, kept as a draft: ");
	} else if (is_broken(file)) {
		put_item(listing->errand, file, "Broken: ");
	} else {
		return;
	}
	put_reason(listing->errand, file);
	put_belonging(listing->errand, file);
	put_edit(listing->errand, file);
	listing->count++;
}

static void
list_ready(void *arg, const struct file_row *file)
{
	struct listing *listing = arg;

	put_item(listing->errand, file, "Asks to be published: ");
	listing->count++;
}

/* Editors see to everything, the others to what is theirs. */
static void
put_waiting(struct errand *errand)
{
	struct press *press = errand->desk->press;
	struct listing listing = {.errand = errand};
	const char *editor = errand->role == ROLE_EDITOR ? NULL : errand->person->id;
	struct file_query drafts = {.state = FILE_DRAFT, .editor = editor, .limit = KEPT_LOOKED_AT};
	struct file_query broken = {.state = FILE_BROKEN, .editor = editor, .limit = LIST_ITEMS};
	struct file_query ready = {
	    .state = FILE_DRAFT, .editor = editor, .is_ready = true, .limit = LIST_ITEMS};

	gemtext_put_heading(&errand->out->body, 2, "What needs you");
	bool ok =
	    press_list(press, &drafts, list_trouble, &listing) &&
	    press_list(press, &broken, list_trouble, &listing) &&
	    (errand->role == ROLE_CONTRIBUTOR || press_list(press, &ready, list_ready, &listing));
	if (!ok)
		put_trouble(errand);
	else if (listing.count == 0)
		lines_put_text(errand, "Nothing: no conflict, nothing broken, nobody waits.");
	if (listing.count >= LIST_ITEMS) {
		gemtext_put_link(&errand->out->body, "/desk/list/broken/", "All that is broken");
		gemtext_put_link(
		    &errand->out->body, "/desk/list/ready/", "All that asks to be published");
	}
}

/* --- who it is, and what to do --- */

static const char *const role_sentences[] = {
    [ROLE_CONTRIBUTOR] = "contributor: you write drafts, and ask an editor to publish them.",
    [ROLE_AUTHOR] = "author: you write and publish articles of your own, and send pictures.",
    [ROLE_EDITOR] = "editor: you write, change and publish everything here.",
};

static void
put_person(struct errand *errand)
{
	struct buffer *body = &errand->out->body;

	buffer_putc(body, '\n');
	gemtext_put_heading(body, 2, "Who you are");
	lines_put_text(
	    errand, "You are %s, %s", errand->person->name, role_sentences[errand->role]);
	gemtext_put_link(body, "/desk/devices", "Your devices");
}

static bool
may(const struct errand *errand, enum rules_place place)
{
	struct rules_target target = {.place = place};
	enum gemini_status status;

	return rules_refusal(errand->role, &target, RULES_NEW, &status) == NULL;
}

/* A link to send a file to: `titan://HOST/images/ label`. */
static void
put_upload(struct errand *errand, const char *path, const char *label)
{
	struct buffer url = BUFFER_EMPTY;

	office_put_url(errand, &url, "titan", "", path);
	gemtext_put_link(&errand->out->body, buffer_text(&url), label);
	errand->out->body.failed |= url.failed;
	buffer_free(&url);
}

static void
put_beginnings(struct errand *errand)
{
	struct buffer *body = &errand->out->body;

	buffer_putc(body, '\n');
	gemtext_put_heading(body, 2, "Begin");
	if (may(errand, RULES_ARTICLE_FOLDER))
		lines_put_edit(errand, "/articles/", "Write an article");
	lines_put_edit(errand, "/drafts/",
	    may(errand, RULES_ARTICLE_FOLDER) ? "Write a draft" : "Write an article, as a draft");
	if (may(errand, RULES_IMAGE_FOLDER))
		put_upload(errand, "/images/", "Send a picture");
	lines_put_text(errand,
	    "A link that begins with titan:// opens a window to write in, or to choose a file: "
	    "fill "
	    "in what stands there, and send it. Other clients send a text to the address of the "
	    "link without its \";edit\".");
	lines_put_text(errand,
	    "In the form, status = draft keeps a text from readers, status = ready asks an editor "
	    "to publish it, and a date to come makes it wait for that day.");
	gemtext_put_link(body, "/desk/images/", "Pictures");
	gemtext_put_link(body, "/", "The publication, as readers see it");
}

void
pages_front(struct errand *errand, const char *path)
{
	(void)path;
	lines_begin(errand, "%s \u00b7 %s", "The desk", errand->desk->capsule->title);
	put_waiting(errand);
	put_person(errand);
	put_beginnings(errand);
	for (size_t i = 0; i < FRONT_SHELVES; i++)
		put_shelf(errand, &shelves[i]);
	deleted_put_shelf(errand);
	buffer_putc(&errand->out->body, '\n');
	lines_put_text(errand,
	    "Times are those of %s. Each preview leads to the history of its "
	    "text, where every earlier version can be brought back.",
	    errand->desk->capsule->timezone);
}

/* --- /desk/list/NAME/… --- */

/* The list that rest names; *out_after is the path behind which to begin, or "/". */
static const struct shelf *
find_shelf(const char *rest, const char **out_after)
{
	for (size_t i = 0; i < sizeof(shelves) / sizeof(shelves[0]); i++) {
		size_t len = strlen(shelves[i].name);

		if (strncmp(rest, shelves[i].name, len) != 0 ||
		    (rest[len] != '/' && rest[len] != '\0'))
			continue;
		*out_after = rest[len] == '\0' ? "/" : rest + len;
		return &shelves[i];
	}
	return NULL;
}

void
pages_list(struct errand *errand, const char *path)
{
	const char *after;
	const struct shelf *shelf = find_shelf(path + 1, &after);

	if (shelf == NULL) {
		response_set(errand->out, GEMINI_NOT_FOUND, "Go to /desk/: there is no such list");
		return;
	}
	struct file_query query = query_of(shelf, LIST_ITEMS);
	query.after = strcmp(after, "/") == 0 ? NULL : after;
	lines_begin(errand, "%s \u00b7 %s", shelf->heading, errand->desk->capsule->title);
	put_list(errand, shelf, query);
	buffer_putc(&errand->out->body, '\n');
	gemtext_put_link(&errand->out->body, "/desk/", "The desk");
}
