#include "upload/keeping.h"

#include <string.h>

#include "article/fences.h"
#include "article/head.h"
#include "base/text.h"

#define REASON_MAX 300 /* bytes: what follows has to be seen, too */

static void
set_sent_to(struct buffer *lines, const char *path)
{
	struct buffer value = BUFFER_EMPTY;

	text_append_path(&value, path, strlen(path));
	head_set(lines, "sent-to", buffer_text(&value), value.len);
	lines->failed |= value.failed;
	buffer_free(&value);
}

/* The draft: what arrived, owned by who sent it, knowing where it was sent, and without a revision
 * that is no longer true. */
static void
put_draft(struct buffer *out, const struct errand *errand, const struct keeping *text)
{
	struct buffer lines = BUFFER_EMPTY;
	size_t body_len;
	const char *body = head_take(&lines, text->bytes, text->len, &body_len);

	head_drop(&lines, "revision");
	head_drop(&lines, "editor");
	if (errand->person != NULL)
		head_set(&lines, "editor", errand->person->id, strlen(errand->person->id));
	head_drop(&lines, "sent-to");
	if (text->sent_to != NULL)
		set_sent_to(&lines, text->sent_to);
	head_put(out, &lines, body, body_len);
	buffer_free(&lines);
}

bool
keeping_mend(struct buffer *text, const char *path, struct error *reason)
{
	const struct fences_source source = {buffer_text(text), text->len, text_ends(path, ".md")};
	struct buffer mended = BUFFER_EMPTY;
	struct error err;

	if (fences_check(&source, &err) || !fences_mend(&source, &mended))
		return false;
	buffer_free(text);
	*text = mended;
	error_set(reason, "%s, or publish the draft, where that is done", err.text);
	return true;
}

void
keeping_keep(struct errand *errand, const struct keeping *text, enum naming_kept why,
    enum gemini_status status, const char *reason)
{
	char path[RULES_PATH_MAX];
	struct buffer draft = BUFFER_EMPTY;

	put_draft(&draft, errand, text);
	struct press_change change = {path, buffer_text(&draft), draft.len};
	if (draft.failed) {
		response_set(
		    errand->out, GEMINI_TEMPORARY_FAILURE, "Not saved, try again: out of memory");
	} else if (naming_keep(errand, text->path, why, change.bytes, change.len, path) &&
		   office_put(errand, &change, 1, "publish", path)) {
		const char *name = strrchr(path, '/') + 1;

		response_set(errand->out, status, "Kept as draft %.*s: %.*s, see /desk/",
		    (int)(strrchr(name, '.') - name), name,
		    (int)text_cut(reason, strlen(reason), REASON_MAX), reason);
	}
	buffer_free(&draft);
}
