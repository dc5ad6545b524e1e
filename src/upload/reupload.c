#include "upload/reupload.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "article/head.h"
#include "article/reference.h"
#include "base/text.h"
#include "base/time.h"
#include "gemini/url.h"

#define MOVED_FROM "moved-from"

/* What is asked of each entry of moved-from. */
struct claims {
	const struct reupload *reupload;
	const struct buffer *stored; /* lines of the version replaced */
	bool out_of_memory;
};

static bool
may_stay(void *context, const struct frontmatter_entry *entry)
{
	struct claims *claims = context;
	struct buffer text = BUFFER_EMPTY, scratch = BUFFER_EMPTY;
	struct url url;

	if (!frontmatter_is(entry, MOVED_FROM) ||
	    head_has(claims->stored, MOVED_FROM, entry->value, entry->value_len))
		return true;
	buffer_append(&text, entry->value, entry->value_len);
	bool ok = reference_read_path(buffer_text(&text), &scratch, &url) &&
		  claims->reupload->may_claim(claims->reupload->context, url.path);
	claims->out_of_memory |= text.failed || scratch.failed;
	buffer_free(&text);
	buffer_free(&scratch);
	return ok;
}

static void
filter_claims(const struct reupload *reupload, const struct buffer *stored, struct buffer *lines)
{
	struct claims claims = {.reupload = reupload, .stored = stored};

	head_filter(lines, may_stay, &claims);
	lines->failed |= claims.out_of_memory;
}

static void
set(struct buffer *lines, const char *key, const char *value)
{
	head_set(lines, key, value, strlen(value));
}

/* Sets a key that is missing, unless there is nothing to say. */
static void
derive(struct buffer *lines, const char *key, const char *value)
{
	struct frontmatter_entry entry;

	if (*value != '\0' && !head_find(lines, key, &entry))
		set(lines, key, value);
}

/* Whoever uploaded first stays the editor, whatever the upload says. */
static void
set_editor(const struct reupload *reupload, const struct buffer *stored, struct buffer *lines)
{
	struct frontmatter_entry entry;
	struct buffer first = BUFFER_EMPTY;

	if (head_find(stored, "editor", &entry))
		text_append_line(&first, entry.value, entry.value_len);
	lines->failed |= first.failed;
	if (first.len > 0) /* a value of control characters alone names nobody */
		head_set(lines, "editor", first.data, first.len);
	else if (*reupload->editor != '\0')
		set(lines, "editor", reupload->editor);
	else
		head_drop(lines, "editor");
	buffer_free(&first);
}

static bool
is_public(const struct buffer *lines)
{
	struct frontmatter_entry status;

	return !head_find(lines, "status", &status) ||
	       (status.value_len == strlen("published") &&
		   strncasecmp(status.value, "published", status.value_len) == 0);
}

static size_t
trimmed(const char *body, size_t len)
{
	while (len > 0 && strchr("\n\r\t ", body[len - 1]) != NULL && body[len - 1] != '\0')
		len--;
	return len;
}

static bool
is_same_text(const char *a, size_t a_len, const char *b, size_t b_len)
{
	a_len = trimmed(a, a_len);
	b_len = trimmed(b, b_len);
	return a_len == b_len && memcmp(a, b, a_len) == 0;
}

/* When the entry says; INT64_MIN if it does not say it. */
static int64_t
read_time(const struct frontmatter_entry *entry)
{
	char value[64];
	struct timestamp time;

	snprintf(value, sizeof(value), "%.*s", (int)entry->value_len, entry->value);
	return timestamp_parse(value, &time) ? timestamp_seconds(&time, "UTC") : INT64_MIN;
}

/* Whether the upload says itself when it was updated. What is no later than the stored version says
 * was taken over from it, or from one before it. */
static bool
says_when(const struct buffer *stored, const struct buffer *lines)
{
	struct frontmatter_entry given, before;

	if (!head_find(lines, "updated", &given))
		return false;
	return !head_find(stored, "updated", &before) || read_time(&given) > read_time(&before);
}

/* Whether `updated` is to be set: the text changed after publication, and the upload does not say
 * itself when. */
static bool
is_update(const struct reupload *reupload, const struct buffer *stored, const struct buffer *lines,
    bool has_changed)
{
	return reupload->updated != NULL && has_changed && is_public(lines) &&
	       !says_when(stored, lines);
}

void
reupload_complete(const struct reupload *reupload, struct buffer *lines, const char *body,
    size_t len, struct buffer *out)
{
	struct buffer stored = BUFFER_EMPTY;
	const char *stored_body = "";
	size_t stored_body_len = 0;

	if (reupload->stored != NULL)
		stored_body =
		    head_take(&stored, reupload->stored, reupload->stored_len, &stored_body_len);
	head_drop_empty(lines);
	head_drop(lines, "revision");
	head_drop(lines, "sent-to");
	filter_claims(reupload, &stored, lines);
	head_drop(&stored, "revision");
	if (!reupload->is_draft)
		head_drop(&stored, "sent-to");
	bool has_update = is_update(
	    reupload, &stored, lines, !is_same_text(body, len, stored_body, stored_body_len));
	head_add_missing(lines, &stored);
	if (has_update)
		set(lines, "updated", reupload->updated);
	if (reupload->stored == NULL)
		derive(lines, "author", reupload->author);
	if (!reupload->is_draft && is_public(lines))
		derive(lines, "date", reupload->date);
	set_editor(reupload, &stored, lines);
	head_put(out, lines, body, len);
	out->failed |= stored.failed;
	buffer_free(&stored);
}

/* Appends a source without what two versions of one text may differ in. */
static void
put_bare(struct buffer *out, const char *bytes, size_t len)
{
	struct buffer lines = BUFFER_EMPTY;
	size_t body_len;
	const char *body = head_take(&lines, bytes, len, &body_len);

	head_drop(&lines, "updated");
	head_drop(&lines, "revision");
	head_put(out, &lines, body, trimmed(body, body_len));
	buffer_free(&lines);
}

bool
reupload_is_same(const char *a, size_t a_len, const char *b, size_t b_len)
{
	struct buffer bare_a = BUFFER_EMPTY, bare_b = BUFFER_EMPTY;

	put_bare(&bare_a, a, a_len);
	put_bare(&bare_b, b, b_len);
	bool is_same = !bare_a.failed && !bare_b.failed && bare_a.len == bare_b.len &&
		       memcmp(buffer_text(&bare_a), buffer_text(&bare_b), bare_a.len) == 0;
	buffer_free(&bare_a);
	buffer_free(&bare_b);
	return is_same;
}
