/*
 * Any file becomes an article or is refused with a reason. Of an article every value is one line,
 * the body is as it is printed, and the page built from it has one title and every block closed;
 * its text does not begin with keys between lines of hyphens. What is put right is an article's.
 * The first byte of the input chooses gemtext or Markdown.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "article/fences.h"
#include "article/frontmatter.h"
#include "article/keys.h"
#include "article/page.h"
#include "article/source.h"
#include "base/text.h"
#include "gemini/gemtext.h"

static void
check_value(const char *value)
{
	assert(value != NULL && text_is_utf8(value, strlen(value)));
	for (; *value != '\0'; value++)
		assert((unsigned char)*value >= ' ' && *value != 0x7F);
}

/* The body is such that writing it as a document again changes nothing. */
static void
check_body(const struct article *a)
{
	struct buffer body = BUFFER_EMPTY, again = BUFFER_EMPTY;

	buffer_puts(&body, "above\n"); /* as on the page, where a byte order mark is no mark */
	buffer_append(&body, a->body, a->body_len);
	gemtext_put_document(&again, body.data, body.len);
	assert(again.len == body.len && memcmp(again.data, body.data, again.len) == 0);
	buffer_free(&body);
	buffer_free(&again);
}

static void
check_values(const struct article *a)
{
	const char *const values[] = {a->card.title, a->card.summary, a->card.lang, a->card.image,
	    a->card.image_alt, a->card.image_credit, a->dek, a->updated};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		check_value(values[i]);
	assert(strcspn(a->card.image, " \t") == strlen(a->card.image));
}

static void
check_page(const struct article *article)
{
	static char title[] = "Title", language[] = "en";
	struct capsule_config capsule = {.title = title, .language = language};
	struct buffer page = BUFFER_EMPTY;
	struct gemtext_reader reader;
	struct gemtext_line line = {0};

	for (size_t i = 0; i < LABEL_COUNT; i++)
		capsule.labels.text[i] = label_defaults[i];
	page_article(&page, &capsule, article, NULL, 0, false);
	reader = (struct gemtext_reader){.rest = page.data, .rest_len = page.len};
	assert(gemtext_next(&reader, &line) && line.type == GEMTEXT_HEADING);
	while (gemtext_next(&reader, &line))
		;
	assert(line.type == GEMTEXT_LINK && line.url_len == 1); /* the way back, always last */
	buffer_free(&page);
}

/* Whether a line of key, blanks and "=" with a key of ours begins there. */
static bool
is_entry(const char *line, const char *end)
{
	for (size_t key = 0; key < KEY_COUNT; key++) {
		size_t len = strlen(keys_names[key]);
		const char *at = line + len;

		if ((size_t)(end - line) <= len || strncasecmp(line, keys_names[key], len) != 0)
			continue;
		while (at < end && *at == ' ')
			at++;
		if (at < end && *at == '=')
			return true;
	}
	return false;
}

/* Blanks, hyphens, and the next line a key of ours: that is no text. */
static void
check_text(const char *bytes, size_t len)
{
	struct frontmatter head;
	const char *at, *end;
	size_t hyphens = 0;

	frontmatter_open(&head, bytes, len);
	at = head.body;
	end = head.body + head.body_len;
	while (at < end && (*at == ' ' || *at == '\n'))
		at++;
	for (; at < end && *at == '-'; at++)
		hyphens++;
	if (hyphens >= 3 && at < end && *at == '\n')
		assert(!is_entry(at + 1, end));
}

static void
check_mended(const char *bytes, size_t len, bool is_markdown)
{
	const struct fences_source source = {bytes, len, is_markdown};
	struct buffer mended = BUFFER_EMPTY;
	struct frontmatter head;

	if (!fences_mend(&source, &mended)) {
		assert(mended.len == 0);
		return;
	}
	const struct fences_source whole = {mended.data, mended.len, is_markdown};
	frontmatter_open(&head, mended.data, mended.len);
	assert(head.is_present && !fences_check(&source, NULL) && fences_check(&whole, NULL));
	buffer_free(&mended);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = size > 0 && data[0] % 2 == 1 ? "/articles/a.md" : "/articles/a.gmi";
	struct error err = {""};
	struct source *source;

	if (size == 0)
		return 0;
	check_mended((const char *)data + 1, size - 1, data[0] % 2 == 1);
	source = source_parse(path, (const char *)data + 1, size - 1, &err);
	if (source == NULL) {
		assert(text_starts(err.text, "line "));
		return 0;
	}
	check_text((const char *)data + 1, size - 1);
	check_values(&source->article);
	check_body(&source->article);
	check_page(&source->article);
	for (size_t i = 0; i < source->moved_from.count; i++)
		assert(source->moved_from.items[i][0] == '/');
	source_free(source);
	return 0;
}
