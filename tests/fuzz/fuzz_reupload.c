/*
 * A stored source and an upload, parted by a byte 0x1e: whatever both hold, the completed source
 * has no `revision`, the `editor` it has to have, and the body that was sent; completing it once
 * more changes nothing. A page printed from the stored source comes back as its body, and any page
 * that comes back is taken apart without leaving its bytes.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "article/head.h"
#include "article/page.h"
#include "article/source.h"
#include "base/buffer.h"
#include "upload/frame.h"
#include "upload/reupload.h"

static bool
may_claim(void *context, const char *path)
{
	(void)context;
	return strlen(path) % 2 == 0;
}

/* Completes text over stored into out. */
static void
complete(struct buffer *out, const char *stored, size_t stored_len, const char *text, size_t len)
{
	struct reupload how = {
	    .stored = stored,
	    .stored_len = stored_len,
	    .editor = "heidi",
	    .author = "Heidi",
	    .date = "2025-06-13T09:30:00Z",
	    .updated = NULL,
	    .may_claim = may_claim,
	};
	struct buffer lines = BUFFER_EMPTY;
	size_t body_len;
	const char *body = head_take(&lines, text, len, &body_len);

	reupload_complete(&how, &lines, body, body_len, out);
	assert(!out->failed);
	buffer_free(&lines);
}

static void
check_completed(const struct buffer *source, const char *text, size_t len)
{
	struct buffer lines = BUFFER_EMPTY, sent = BUFFER_EMPTY;
	struct frontmatter_entry entry;
	size_t body_len, sent_len;
	const char *body = head_take(&lines, source->data, source->len, &body_len);
	const char *sent_body = head_take(&sent, text, len, &sent_len);

	assert(!head_find(&lines, "revision", &entry));
	assert(head_find(&lines, "editor", &entry));
	assert(body_len == sent_len && memcmp(body, sent_body, body_len) == 0);
	buffer_free(&lines);
	buffer_free(&sent);
}

static void
check_merge(const char *stored, size_t stored_len, const char *text, size_t len)
{
	struct buffer once = BUFFER_EMPTY, twice = BUFFER_EMPTY;
	struct frontmatter head;

	complete(&once, stored, stored_len, text, len);
	frontmatter_open(&head, once.data, once.len);
	if (head.is_present) { /* else it has become too large, which the desk refuses */
		check_completed(&once, text, len);
		complete(&twice, once.data, once.len, once.data, once.len);
		assert(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
	}
	buffer_free(&once);
	buffer_free(&twice);
}

static void
check_frame(const struct capsule_config *capsule, const struct article *article, const char *text,
    size_t len)
{
	struct buffer page = BUFFER_EMPTY;
	const char *body = NULL;
	size_t body_len = 0;

	page_article(&page, capsule, article, NULL, 0, false);
	enum frame_result result = frame_remove(capsule, article, article->body, article->body_len,
	    page.data, page.len, &body, &body_len);
	if (article->body_len > 0 && result == FRAME_REMOVED)
		assert(body_len <= article->body_len);
	result = frame_remove(
	    capsule, article, article->body, article->body_len, text, len, &body, &body_len);
	assert(result != FRAME_FAILED);
	if (result == FRAME_REMOVED)
		assert(body >= text && body + body_len <= text + len);
	buffer_free(&page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char title[] = "Title", language[] = "en";
	struct capsule_config capsule = {.title = title, .language = language};
	const char *stored = (const char *)data;
	const char *mark = size == 0 ? NULL : memchr(stored, 0x1e, size);

	if (mark == NULL)
		return 0;
	for (size_t i = 0; i < LABEL_COUNT; i++)
		capsule.labels.text[i] = label_defaults[i];
	size_t stored_len = (size_t)(mark - stored), len = size - stored_len - 1;
	check_merge(stored, stored_len, mark + 1, len);
	struct source *source = source_parse("/articles/a.gmi", stored, stored_len, NULL);
	if (source != NULL) {
		source->article.card.date = "2025-06-13";
		check_frame(&capsule, &source->article, mark + 1, len);
	}
	source_free(source);
	return 0;
}
