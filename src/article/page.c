#include "article/page.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "article/id.h"
#include "base/text.h"
#include "base/time.h"
#include "gemini/gemtext.h"

#define BETWEEN    " \u00b7 " /* parts of the byline */
#define FRAME_SIZE 4096       /* bytes; most of what stands around a body fits into it */

static const char *
word(const struct capsule_config *capsule, enum label label)
{
	assert(capsule->labels.text[label] != NULL);
	return capsule->labels.text[label];
}

static void
put_line(struct buffer *out, const char *text)
{
	text_append_line(out, text, strlen(text));
}

/* Ends a line of text that was put together in *line, and releases that. */
static void
end_text(struct buffer *out, struct buffer *line)
{
	gemtext_put_text(out, buffer_text(line));
	out->failed |= line->failed;
	buffer_free(line);
}

/* Takes the first line off a list; NULL at its end. */
static const char *
next_item(const char **list, size_t *out_len)
{
	const char *item = *list;

	if (*item == '\0')
		return NULL;
	*out_len = strcspn(item, "\n");
	*list = item + *out_len + (item[*out_len] == '\n');
	return item;
}

static void
append_authors(struct buffer *out, const struct capsule_config *capsule, const struct card *card)
{
	const char *rest = card->authors;
	const char *author;
	size_t len;

	if (*rest == '\0')
		buffer_puts(out, capsule->title);
	while ((author = next_item(&rest, &len)) != NULL) {
		if (author != card->authors)
			buffer_puts(out, ", ");
		buffer_append(out, author, len);
	}
}

/* Whether two language tags name one language, whatever the region: "en" and "en-GB" do. */
static bool
is_same_language(const char *a, const char *b)
{
	size_t len = strcspn(a, "-");

	return len == strcspn(b, "-") && strncasecmp(a, b, len) == 0;
}

/* In lists a title says its language when it is not the capsule's. */
static void
put_listed_title(struct buffer *out, const struct capsule_config *capsule, const struct card *card)
{
	put_line(out, card->title);
	if (*card->lang == '\0' || is_same_language(card->lang, capsule->language))
		return;
	buffer_puts(out, " [");
	put_line(out, card->lang);
	buffer_putc(out, ']');
}

static void
begin_article_link(struct buffer *out, const struct card *card)
{
	assert(card->path[0] == '/');
	buffer_puts(out, "=> ");
	text_append_path(out, card->path, strlen(card->path));
	buffer_putc(out, ' ');
}

static void
put_picture(struct buffer *out, const struct capsule_config *capsule, const struct card *card)
{
	buffer_puts(out, "=> ");
	buffer_puts(out, card->image);
	buffer_putc(out, ' ');
	put_line(out, *card->image_alt != '\0' ? card->image_alt : word(capsule, LABEL_PICTURE));
	if (*card->image_credit != '\0') {
		buffer_puts(out, " (");
		put_line(out, card->image_credit);
		buffer_putc(out, ')');
	}
	buffer_putc(out, '\n');
}

void
page_card(struct buffer *out, const struct capsule_config *capsule, const struct card *card)
{
	struct buffer byline = BUFFER_EMPTY;

	begin_article_link(out, card);
	buffer_puts(out, card->date);
	buffer_putc(out, ' ');
	put_listed_title(out, capsule, card);
	buffer_putc(out, '\n');
	if (*card->image != '\0')
		put_picture(out, capsule, card);
	buffer_puts(&byline, word(capsule, LABEL_BY));
	buffer_putc(&byline, ' ');
	append_authors(&byline, capsule, card);
	end_text(out, &byline);
	if (*card->summary != '\0')
		gemtext_put_text(out, card->summary);
	buffer_putc(out, '\n');
}

void
page_show_more(
    struct buffer *out, const struct capsule_config *capsule, const char *prefix, int64_t last_id)
{
	char id[ID_TEXT_LEN + 1];

	assert(prefix[0] == '/');
	id_write(last_id, id);
	buffer_printf(out, "=> %smore/%s ", prefix, id);
	put_line(out, word(capsule, LABEL_SHOW_MORE));
	buffer_putc(out, '\n');
}

/* The parts of an article page, in their order. Each ends with an empty line, and leaves nothing
 * behind when there is nothing to say. */

static void
put_byline(struct buffer *out, const struct capsule_config *capsule, const struct article *article)
{
	struct buffer line = BUFFER_EMPTY;

	append_authors(&line, capsule, &article->card);
	buffer_puts(&line, BETWEEN);
	buffer_puts(&line, article->card.date);
	if (*article->updated != '\0') {
		buffer_puts(&line, BETWEEN);
		buffer_puts(&line, word(capsule, LABEL_UPDATED));
		buffer_putc(&line, ' ');
		buffer_append(
		    &line, article->updated, strnlen(article->updated, TIME_ISO_DATE_LEN));
	}
	end_text(out, &line);
	buffer_putc(out, '\n');
}

static void
put_top(struct buffer *out, const struct capsule_config *capsule, const struct article *article)
{
	gemtext_put_heading(out, 1, article->card.title);
	buffer_putc(out, '\n');
	put_byline(out, capsule, article);
	if (*article->dek != '\0') {
		gemtext_put_quote(out, article->dek);
		buffer_putc(out, '\n');
	}
	if (*article->card.image != '\0') {
		put_picture(out, capsule, &article->card);
		buffer_putc(out, '\n');
	}
}

static void
put_body(struct buffer *out, const struct article *article)
{
	if (article->body_len == 0)
		return;
	buffer_append(out, article->body, article->body_len);
	buffer_putc(out, '\n');
}

/* `Correction 2025-06-14: text`, or `Correction: text` if it was written without its day. */
static void
put_correction(
    struct buffer *out, const struct capsule_config *capsule, const char *text, size_t len)
{
	struct buffer line = BUFFER_EMPTY;
	struct timestamp day;
	char start[TIME_ISO_DATE_LEN + 1] = "";

	if (len > TIME_ISO_DATE_LEN && text[TIME_ISO_DATE_LEN] == ' ')
		memcpy(start, text, TIME_ISO_DATE_LEN);
	buffer_puts(&line, word(capsule, LABEL_CORRECTION));
	if (timestamp_parse(start, &day)) {
		buffer_putc(&line, ' ');
		buffer_puts(&line, start);
		assert(len > TIME_ISO_DATE_LEN);
		text += TIME_ISO_DATE_LEN + 1;
		len -= TIME_ISO_DATE_LEN + 1;
	}
	buffer_puts(&line, ": ");
	text_append_line(&line, text, len);
	end_text(out, &line);
}

static void
put_corrections(
    struct buffer *out, const struct capsule_config *capsule, const struct article *article)
{
	const char *rest = article->corrections;
	const char *correction;
	size_t len;

	if (*rest == '\0')
		return;
	while ((correction = next_item(&rest, &len)) != NULL)
		put_correction(out, capsule, correction, len);
	buffer_putc(out, '\n');
}

/* `=> PREFIX/SLUG WORD NAME` for each name that has a list. */
static size_t
put_named_links(
    struct buffer *out, const char *prefix, const char *label, const char *names, const char *slugs)
{
	char name[FRAME_SIZE], guess[TEXT_SLUG_MAX + 1];
	const char *rest = names, *item, *slug;
	size_t len, slug_len, count = 0;

	while ((item = next_item(&rest, &len)) != NULL) {
		snprintf(name, sizeof(name), "%.*s", (int)len, item);
		if (slugs == NULL) {
			text_slug(name, guess);
			slug = guess;
			slug_len = strlen(guess);
		} else {
			slug = slugs;
			slug_len = strcspn(slugs, "\n");
			slugs += slug_len + (slugs[slug_len] == '\n');
			if (slug_len == 0)
				continue;
		}
		buffer_printf(out, "=> %s", prefix);
		text_append_path(out, slug, slug_len);
		buffer_printf(out, " %s ", label);
		put_line(out, name);
		buffer_putc(out, '\n');
		count++;
	}
	return count;
}

static void
put_lists(struct buffer *out, const struct capsule_config *capsule, const struct article *article)
{
	size_t count = put_named_links(
	    out, "/tags/", word(capsule, LABEL_FILED_UNDER), article->tags, article->tag_slugs);

	count += put_named_links(out, "/authors/", word(capsule, LABEL_MORE_BY),
	    article->card.authors, article->author_slugs);
	if (count > 0)
		buffer_putc(out, '\n');
}

/* Dates stand at the end here: with dates in front an article page would be a feed. */
static void
put_more_news(struct buffer *out, const struct capsule_config *capsule, const struct card *more,
    size_t count, bool has_more)
{
	if (count == 0)
		return;
	gemtext_put_heading(out, 2, word(capsule, LABEL_MORE_NEWS));
	buffer_putc(out, '\n');
	for (size_t i = 0; i < count; i++) {
		begin_article_link(out, &more[i]);
		put_listed_title(out, capsule, &more[i]);
		buffer_printf(out, " (%s)\n", more[i].date);
	}
	if (has_more)
		page_show_more(out, capsule, "/", more[count - 1].id);
	buffer_putc(out, '\n');
}

static void
put_way_back(struct buffer *out, const struct capsule_config *capsule)
{
	if (capsule->letters != NULL)
		gemtext_put_link(out, capsule->letters, word(capsule, LABEL_WRITE_TO_THE_EDITOR));
	gemtext_put_link(out, "/", capsule->title);
}

void
page_article(struct buffer *out, const struct capsule_config *capsule,
    const struct article *article, const struct card *more, size_t more_count, bool has_more)
{
	assert(more_count > 0 || !has_more);
	assert(article->body_len == 0 || article->body != NULL);
	buffer_reserve(out, article->body_len + FRAME_SIZE); /* else a big body is copied often */
	put_top(out, capsule, article);
	put_body(out, article);
	put_corrections(out, capsule, article);
	put_lists(out, capsule, article);
	put_more_news(out, capsule, more, more_count, has_more);
	put_way_back(out, capsule);
}
