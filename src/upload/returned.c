#include "upload/returned.h"

#include <stdio.h>
#include <string.h>

#include "article/derive.h"
#include "article/head.h"
#include "article/printing.h"
#include "article/source.h"
#include "base/text.h"
#include "base/time.h"
#include "gemini/gemtext.h"
#include "upload/frame.h"
#include "upload/printings.h"

/* A version of the article, and what the page is if it is an edit of that one. */
struct version {
	struct buffer bytes, head, day;
	const char *body; /* in bytes, as it is stored */
	size_t body_len;
	struct source *source;
	uint64_t printing;
	size_t others;           /* versions that others than the sender saved after it */
	enum frame_result frame; /* FRAME_REMOVED: */
	struct history_text inside;
	size_t distance; /* from its own text */
	bool is_given;   /* its sender had it */
	bool is_shown;   /* the page has what sets it apart from an older one */
	bool is_out;     /* it is an edit of another one */
};

/* What history tells of one version. */
struct saved {
	char commit[HISTORY_COMMIT_LEN + 1];
	bool is_removal;
	bool is_own; /* the sender's */
};

/* The page, and the versions it may be an edit of: the current one first. */
struct search {
	const struct returned_page *page;
	struct version versions[RETURNED_VERSIONS_MAX + 1];
	size_t count;
	const struct version *bases[RETURNED_VERSIONS_MAX + 1]; /* it may be an edit of these */
	size_t base_count;
	struct printings_given given;
	bool is_known;   /* all that were given are there: it is an edit of one of these */
	bool is_missing; /* one that was given is not there */
	bool is_wide;    /* it may be an edit of one that was given and is forgotten */
	struct saved saved[RETURNED_VERSIONS_MAX]; /* the newest first */
	size_t saved_count;
	char own_mail[256];
	char saver[PEOPLE_NAME_MAX + 1]; /* the last who is not the sender; "" by hand */
	bool has_other;                  /* is there one at all? */
	bool is_complete;                /* no version is missing that could matter */
	bool is_own;                     /* the current version is the sender's */
};

/* --- versions --- */

static void
version_close(struct version *v)
{
	source_free(v->source);
	buffer_free(&v->bytes);
	buffer_free(&v->head);
	buffer_free(&v->day);
	*v = (struct version){.source = NULL};
}

/* The day that is printed for a version. */
static void
put_day(struct buffer *out, const struct returned_page *page, const struct source *source)
{
	const struct desk *desk = page->errand->desk;
	struct file_row file = {0};
	struct timestamp day = source->date;

	if (!source->has_date && press_file(desk->press, page->path, &file))
		day = timestamp_at(file.published, desk->capsule->timezone);
	day.has_time = day.has_zone = false;
	if (day.year > 0)
		timestamp_append(out, &day);
}

static struct article
article_of(const struct version *v)
{
	struct article article = v->source->article;

	article.card.date = buffer_text(&v->day);
	return article;
}

/* Takes bytes over, in any case. False, and nothing to close, for what is no article. */
static bool
version_open(struct version *v, const struct returned_page *page, struct buffer *bytes)
{
	*v = (struct version){.bytes = *bytes};
	*bytes = BUFFER_EMPTY;
	v->source = source_parse(page->path, buffer_text(&v->bytes), v->bytes.len, NULL);
	if (v->source == NULL) {
		version_close(v);
		return false;
	}
	v->body = head_take(&v->head, buffer_text(&v->bytes), v->bytes.len, &v->body_len);
	put_day(&v->day, page, v->source);
	struct article article = article_of(v);
	v->printing = printing_of(&article);
	return true;
}

static struct history_text
text_of(const struct version *v)
{
	const struct article *article = &v->source->article;

	return (struct history_text){
	    article->body, derive_ending(article->body, article->body_len)};
}

static bool
has_frame(const struct version *v)
{
	return v->frame == FRAME_REMOVED;
}

/* Takes the frame of that version off the page, if it is that one's. */
static void
version_unframe(struct version *v, const struct returned_page *page)
{
	struct article printed = article_of(v);

	v->frame = v->head.failed || v->day.failed || v->bytes.failed
		       ? FRAME_FAILED
		       : frame_remove(page->errand->desk->capsule, &printed, v->body, v->body_len,
			     page->text, page->len, &v->inside.bytes, &v->inside.len);
	if (has_frame(v))
		v->inside.len = derive_ending(v->inside.bytes, v->inside.len);
}

static bool
is_same(const struct history_text *a, const struct history_text *b)
{
	return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* What stood inside the frame becomes the body: as it was stored if nothing changed, else below
 * the opening that the page does not show. */
static void
put_body(struct buffer *out, const struct version *v, const struct history_text *inside)
{
	struct buffer document = BUFFER_EMPTY, scratch = BUFFER_EMPTY;
	struct history_text own = text_of(v);

	if (is_same(inside, &own)) {
		buffer_append(out, v->body, v->body_len);
		return;
	}
	gemtext_put_document(&document, v->body, v->body_len);
	buffer_append(out, buffer_text(&document),
	    derive_opening(
		buffer_text(&document), document.len, v->source->article.card.title, &scratch));
	buffer_append(out, inside->bytes, inside->len);
	if (inside->len > 0 && inside->bytes[inside->len - 1] != '\n')
		buffer_putc(out, '\n');
	out->failed |= document.failed || scratch.failed;
	buffer_free(&document);
	buffer_free(&scratch);
}

/* --- what history has --- */

static void
note_saved(void *arg, const struct path_revision *revision)
{
	struct search *s = arg;
	bool is_own = strcmp(revision->mail, s->own_mail) == 0;

	if (s->saved_count == RETURNED_VERSIONS_MAX)
		return;
	struct saved *saved = &s->saved[s->saved_count++];
	memcpy(saved->commit, revision->commit, sizeof(saved->commit));
	saved->is_removal = revision->is_removal;
	saved->is_own = is_own;
	if (!is_own && !s->has_other && !text_starts(revision->mail, PRESS_MAILBOX))
		snprintf(s->saver, sizeof(s->saver), "%.*s",
		    (int)text_cut(revision->name, strlen(revision->name), PEOPLE_NAME_MAX),
		    revision->name);
	s->has_other |= !is_own;
}

static struct version *
find_printing(struct search *s, uint64_t printing)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->versions[i].printing == printing)
			return &s->versions[i];
	return NULL;
}

/* Reads a version, and adds it if no newer one is printed the same. Returns it, or the one that is;
 * NULL if it cannot be read, or could never be printed. */
static const struct version *
add_version(struct search *s, const struct saved *saved, size_t *room)
{
	struct version *v = &s->versions[s->count];
	struct history *history = press_history(s->page->errand->desk->press);
	struct buffer bytes = BUFFER_EMPTY;

	if (history == NULL || history_read_small(history, saved->commit, s->page->path, *room,
				   &bytes, NULL) != HISTORY_TAKEN) {
		buffer_free(&bytes);
		s->is_complete = false;
		return NULL;
	}
	*room -= bytes.len;
	if (!version_open(v, s->page, &bytes))
		return NULL;
	struct version *same = find_printing(s, v->printing);
	if (same != NULL)
		version_close(v);
	else
		s->count++;
	return same == NULL ? v : same;
}

/* What lies there and is in no commit was changed by hand. */
static void
add_versions(struct search *s)
{
	size_t room = RETURNED_VERSIONS_BYTES, others = 0;

	s->is_complete = press_revisions(s->page->errand->desk->press, s->page->path, NULL,
	    RETURNED_VERSIONS_MAX, note_saved, s, NULL);
	for (size_t i = 0; i < s->saved_count; i++) {
		const struct saved *saved = &s->saved[i];
		size_t count = s->count;
		const struct version *v = saved->is_removal ? NULL : add_version(s, saved, &room);

		if (i == 0 && v == &s->versions[0])
			s->is_own = saved->is_own;
		else if (i == 0 && s->page->stored != NULL) {
			others++;
			s->saver[0] = '\0';
		}
		if (s->count > count)
			s->versions[count].others = others;
		others += !saved->is_own;
	}
}

/* --- which one it is an edit of --- */

/* Whether the page may be an edit of it. */
static bool
is_candidate(const struct search *s, const struct version *v)
{
	return has_frame(v) && (!s->is_known || s->is_wide || v->is_given);
}

/* How far the page is from each version. False if out of memory. */
static bool
measure(struct search *s)
{
	bool ok = true;

	for (size_t i = 0; ok && i < s->count; i++) {
		struct version *v = &s->versions[i];
		struct history_text own = text_of(v);

		ok = v->frame != FRAME_FAILED &&
		     (!is_candidate(s, v) || history_distance(&own, &v->inside, &v->distance));
	}
	return ok;
}

/* Whether the page has all that sets a version apart from another one, `apart` bytes of words: by
 * its words, or because bringing them in would change nothing. False, with *ok, if out of memory.
 */
static bool
shows(const struct version *v, const struct version *other, size_t apart, bool *ok)
{
	struct history_text from = text_of(other), to = text_of(v);
	struct buffer merged = BUFFER_EMPTY;

	if (!*ok || v->distance + apart <= other->distance)
		return *ok;
	enum history_merged result = history_merge(&from, &to, &other->inside, &merged);
	struct history_text whole = {buffer_text(&merged), merged.len};
	bool is_shown = result == HISTORY_MERGED && is_same(&whole, &other->inside);
	*ok = result != HISTORY_MERGE_FAILED;
	buffer_free(&merged);
	return is_shown;
}

/* Rules one of two versions out if the page shows the other one instead. In doubt it may be both,
 * but where the sender alone saved in between: then it is the newer. False if out of memory. */
static bool
weigh(struct version *newer, struct version *older)
{
	struct history_text texts[] = {text_of(newer), text_of(older)};
	size_t apart = 0;

	bool ok = history_distance(&texts[0], &texts[1], &apart);
	bool is_newer = shows(newer, older, apart, &ok);
	if (!is_newer && shows(older, newer, apart, &ok))
		newer->is_out = true;
	else if (is_newer || older->others == newer->others)
		older->is_out = true;
	newer->is_shown |= is_newer;
	return ok;
}

static void
list_bases(struct search *s, bool is_any)
{
	for (size_t i = 0; i < s->count; i++)
		if (is_candidate(s, &s->versions[i]) && (is_any || !s->versions[i].is_out))
			s->bases[s->base_count++] = &s->versions[i];
}

/* Finds all versions that the page may be an edit of: if each speaks against another one, it may be
 * any. False if out of memory. */
static bool
find_bases(struct search *s)
{
	bool ok = measure(s);

	for (size_t i = 0; i < s->count; i++)
		for (size_t k = i + 1; ok && k < s->count; k++)
			ok = !is_candidate(s, &s->versions[i]) ||
			     !is_candidate(s, &s->versions[k]) ||
			     weigh(&s->versions[i], &s->versions[k]);
	list_bases(s, false);
	if (s->base_count == 0)
		list_bases(s, true);
	return ok;
}

/* Finds the printings that were given among the versions. */
static void
find_given(struct search *s)
{
	for (size_t i = 0; i < s->given.count; i++) {
		struct version *v = find_printing(s, s->given.printings[i]);

		s->is_missing |= v == NULL;
		if (v == NULL)
			continue;
		v->is_given = true;
		s->is_known |= has_frame(v);
	}
	s->is_known &= !s->is_missing;
}

/* Whether the page may be an edit of one that was given before all that are remembered. It is none
 * if it has what came last. */
static bool
may_be_forgotten(const struct search *s)
{
	const struct version *current = &s->versions[0];

	return s->is_known && s->given.has_more &&
	       !(s->base_count == 1 && s->bases[0] == current && current->is_shown);
}

/* Finds the bases among all versions. False if out of memory. */
static bool
widen(struct search *s)
{
	s->is_wide = true;
	s->base_count = 0;
	for (size_t i = 0; i < s->count; i++)
		s->versions[i].is_out = false;
	return find_bases(s);
}

/* Looks through history for the versions that the page may be an edit of: those that were given, if
 * it carries the frame of one, or else all. False if out of memory. */
static bool
look_back(struct search *s)
{
	size_t looked_at = s->count;

	add_versions(s);
	for (size_t i = looked_at; i < s->count; i++)
		version_unframe(&s->versions[i], s->page);
	find_given(s);
	return find_bases(s) && (!may_be_forgotten(s) || widen(s));
}

/* --- what becomes of it --- */

static const struct version *
oldest_base(const struct search *s)
{
	return s->bases[s->base_count - 1];
}

static enum returned_result
keep_apart(const struct search *s, struct returned *out)
{
	const struct version *base = oldest_base(s);

	buffer_free(&out->body);
	put_body(&out->body, base, &base->inside);
	if (base->others > 0)
		memcpy(out->saver, s->saver, sizeof(out->saver));
	return out->body.failed ? RETURNED_FAILED : RETURNED_CONFLICT;
}

/* Its body takes the place of that version's. */
static enum returned_result
replace(const struct version *v, const struct history_text *inside, struct buffer *out)
{
	put_body(out, v, inside);
	return out->failed ? RETURNED_FAILED : RETURNED_CURRENT;
}

static enum returned_result
merge(const struct version *base, const struct version *current, struct buffer *out)
{
	struct history_text before = text_of(base), ours = text_of(current);
	struct buffer merged = BUFFER_EMPTY;
	enum returned_result result = RETURNED_FAILED;

	switch (history_merge(&before, &ours, &base->inside, &merged)) {
	case HISTORY_MERGED: {
		struct history_text inside = {
		    buffer_text(&merged), derive_ending(buffer_text(&merged), merged.len)};

		if (replace(current, &inside, out) == RETURNED_CURRENT)
			result = RETURNED_MERGED;
		break;
	}
	case HISTORY_TOUCHING:
		result = RETURNED_CONFLICT;
		break;
	case HISTORY_MERGE_FAILED:
		break;
	}
	buffer_free(&merged);
	return result;
}

/* Makes the body if the page is an edit of that version. */
static enum returned_result
edit(const struct search *s, const struct version *base, struct buffer *out)
{
	const struct version *current = &s->versions[0];

	return base == current ? replace(current, &base->inside, out) : merge(base, current, out);
}

/* Whatever it is an edit of, what becomes of it has to be the same. */
static enum returned_result
edit_alike(const struct search *s, struct returned *out)
{
	enum returned_result first = edit(s, s->bases[0], &out->body), result = first;

	for (size_t i = 1; i < s->base_count && result == first && first != RETURNED_CONFLICT &&
			   first != RETURNED_FAILED;
	     i++) {
		struct buffer other = BUFFER_EMPTY;

		result = edit(s, s->bases[i], &other);
		if (result == RETURNED_CURRENT || result == RETURNED_MERGED)
			result = other.len == out->body.len &&
					 memcmp(buffer_text(&other), buffer_text(&out->body),
					     other.len) == 0
				     ? first
				     : RETURNED_CONFLICT;
		buffer_free(&other);
	}
	return result == RETURNED_CONFLICT ? keep_apart(s, out) : result;
}

/* Whether the page is an older version as it was printed, while its sender has had a newer one too:
 * what was saved in between may have been taken back. */
static bool
may_take_back(const struct search *s)
{
	const struct version *base = oldest_base(s);
	struct history_text own = text_of(base);
	bool had_newer = false;

	for (const struct version *v = s->versions; v < base; v++)
		had_newer |= v->is_given && has_frame(v);
	return had_newer && is_same(&base->inside, &own);
}

/* Whether it may be an edit of a version that cannot be looked at. One that was given is older than
 * all that are there: if the page shows the current one rather than these, it is none of that. */
static bool
is_doubtful(const struct search *s)
{
	bool is_current = oldest_base(s) == &s->versions[0];

	if (s->is_missing)
		return !is_current || s->count == 1;
	return (!s->is_known && !s->is_complete && !(s->is_own && is_current)) || may_take_back(s);
}

/* The current version's frame alone does not tell, or the page does not carry that one. */
static enum returned_result
judge_by_history(struct search *s, struct returned *out)
{
	const struct version *current = &s->versions[0];

	if (!look_back(s))
		return RETURNED_FAILED;
	if (s->base_count == 0)
		return RETURNED_ALTERED;
	if (s->page->is_replacement)
		return replace(current, &oldest_base(s)->inside, &out->body);
	if (is_doubtful(s))
		return keep_apart(s, out);
	return edit_alike(s, out);
}

/* Whether the sender was never given another one, as far as is known. */
static bool
is_all_given(const struct search *s, const struct version *v)
{
	return s->given.count == 1 && s->given.printings[0] == v->printing;
}

static enum returned_result
judge(struct search *s, struct returned *out)
{
	const struct returned_page *page = s->page;
	struct version *current = &s->versions[0];
	struct history_text own = text_of(current);

	version_unframe(current, page);
	switch (current->frame) {
	case FRAME_NONE:
		return RETURNED_NOT;
	case FRAME_FAILED:
		return RETURNED_FAILED;
	case FRAME_REMOVED:
		if (page->is_replacement || is_all_given(s, current) ||
		    is_same(&current->inside, &own))
			return replace(current, &current->inside, &out->body);
		break;
	case FRAME_ALTERED:
		break;
	}
	return judge_by_history(s, out);
}

/* Nothing lies there that could be printed: what was may be in history. */
static enum returned_result
judge_by_shape(struct search *s, struct returned *out)
{
	const struct returned_page *page = s->page;
	struct history_text inside;

	switch (frame_remove(page->errand->desk->capsule, NULL, NULL, 0, page->text, page->len,
	    &inside.bytes, &inside.len)) {
	case FRAME_NONE:
		return RETURNED_NOT;
	case FRAME_FAILED:
		return RETURNED_FAILED;
	case FRAME_REMOVED:
	case FRAME_ALTERED:
		break;
	}
	if (!look_back(s))
		return RETURNED_FAILED;
	if (s->base_count == 0)
		return RETURNED_ALTERED;
	if (page->is_replacement)
		return replace(oldest_base(s), &oldest_base(s)->inside, &out->body);
	enum returned_result result = keep_apart(s, out);
	return result == RETURNED_CONFLICT && page->stored == NULL ? RETURNED_GONE : result;
}

uint64_t
returned_printing(struct errand *errand, const char *path, const struct buffer *source)
{
	const struct returned_page page = {.errand = errand, .path = path};
	struct buffer bytes = BUFFER_EMPTY;
	struct version version;
	uint64_t printing = 0;

	buffer_append(&bytes, buffer_text(source), source->len);
	if (bytes.failed) {
		buffer_free(&bytes);
	} else if (version_open(&version, &page, &bytes)) {
		printing = version.day.failed ? 0 : version.printing;
		version_close(&version);
	}
	return printing;
}

enum returned_result
returned_read(const struct returned_page *page, struct returned *out)
{
	const struct desk *desk = page->errand->desk;
	const struct person *person = page->errand->person;
	struct search search = {.page = page};
	struct buffer bytes = BUFFER_EMPTY;
	enum returned_result result = RETURNED_FAILED;

	*out = (struct returned){.body = BUFFER_EMPTY};
	snprintf(search.own_mail, sizeof(search.own_mail), "%s@%s",
	    person == NULL ? "admin" : person->id, desk->capsule->host);
	if (person != NULL)
		search.given = printings_find(desk->printings, person->id, page->path);
	if (page->stored != NULL)
		buffer_append(&bytes, buffer_text(page->stored), page->stored->len);
	if (bytes.failed) {
		buffer_free(&bytes);
		return RETURNED_FAILED;
	}
	search.count =
	    page->stored != NULL && version_open(&search.versions[0], page, &bytes) ? 1 : 0;
	result = search.count == 1 ? judge(&search, out) : judge_by_shape(&search, out);
	for (size_t i = 0; i < search.count; i++)
		version_close(&search.versions[i]);
	return result;
}

void
returned_done(struct returned *returned)
{
	buffer_free(&returned->body);
}
