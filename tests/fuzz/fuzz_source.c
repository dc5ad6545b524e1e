/*
 * Any file becomes an article or is refused with a reason. Of an article every value is one line,
 * the body is as it is printed, and the page built from it has one title and every block closed.
 * The first byte of the input chooses gemtext or Markdown.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = size > 0 && data[0] % 2 == 1 ? "/articles/a.md" : "/articles/a.gmi";
	struct error err = {""};
	struct source *source;

	if (size == 0)
		return 0;
	source = source_parse(path, (const char *)data + 1, size - 1, &err);
	if (source == NULL) {
		assert(text_starts(err.text, "line "));
		return 0;
	}
	check_values(&source->article);
	check_body(&source->article);
	check_page(&source->article);
	for (size_t i = 0; i < source->moved_from.count; i++)
		assert(source->moved_from.items[i][0] == '/');
	source_free(source);
	return 0;
}
