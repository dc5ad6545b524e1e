#include "article/atom.h"

#include <stdbool.h>
#include <string.h>

#include "article/id.h"
#include "base/text.h"
#include "base/time.h"
#include "gemini/language.h"

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/* --- XML ----------------------------------------------------------------------------------- */

/* The production Char of XML 1.0: what is not in it can stand in no document, escaped or not. */
static bool
is_xml_character(uint32_t code_point)
{
	return code_point == '\t' || code_point == '\n' || code_point == '\r' ||
	       (code_point >= 0x20 && code_point != 0xFFFE && code_point != 0xFFFF);
}

/* Appends a character that may stand in a document, so that it is none of the markup. */
static void
put_character(struct buffer *out, const char *character, size_t len)
{
	switch (character[0]) {
	case '&':
		buffer_puts(out, "&amp;");
		break;
	case '<':
		buffer_puts(out, "&lt;");
		break;
	case '>':
		buffer_puts(out, "&gt;");
		break;
	case '"':
		buffer_puts(out, "&quot;");
		break;
	case '\t':
	case '\n':
	case '\r': /* an attribute would lose them */
		buffer_putc(out, ' ');
		break;
	default:
		buffer_append(out, character, len);
	}
}

/* Appends text as the inside of an element or of an attribute in double quotes. What XML forbids
 * is dropped, invalid bytes become U+FFFD. */
static void
put_text(struct buffer *out, const char *text, size_t len)
{
	uint32_t code_point;

	for (size_t at = 0, n; at < len; at += n) {
		n = text_decode(text + at, len - at, &code_point);
		if (n == 0) {
			buffer_puts(out, REPLACEMENT);
			n = 1;
		} else if (is_xml_character(code_point)) {
			put_character(out, text + at, n);
		}
	}
}

static void
put_element(struct buffer *out, const char *name, const char *text, size_t len)
{
	buffer_printf(out, "<%s>", name);
	put_text(out, text, len);
	buffer_printf(out, "</%s>\n", name);
}

static void
put_time(struct buffer *out, const char *name, int64_t seconds)
{
	struct timestamp time = timestamp_at(seconds, "UTC");

	buffer_printf(out, "<%s>", name);
	timestamp_append(out, &time);
	buffer_printf(out, "</%s>\n", name);
}

/* --- languages and addresses --------------------------------------------------------------- */

/* Appends ` xml:lang="…"`, or nothing for what is no language tag. */
static void
put_language(struct buffer *out, const char *lang)
{
	if (language_is_tag(lang))
		buffer_printf(out, " xml:lang=\"%s\"", lang);
}

static void
put_address(struct buffer *out, const struct atom_feed *feed, const char *path)
{
	struct buffer address = BUFFER_EMPTY;

	buffer_puts(&address, feed->site);
	text_append_path(&address, path, strlen(path));
	put_text(out, buffer_text(&address), address.len);
	out->failed = out->failed || address.failed;
	buffer_free(&address);
}

static void
put_link(struct buffer *out, const struct atom_feed *feed, const char *relation, const char *type,
    const char *path)
{
	buffer_printf(out, "<link rel=\"%s\" type=\"%s\" href=\"", relation, type);
	put_address(out, feed, path);
	buffer_puts(out, "\"/>\n");
}

static void
put_id(struct buffer *out, const struct atom_feed *feed, const char *path)
{
	buffer_puts(out, "<id>");
	put_address(out, feed, path);
	buffer_puts(out, "</id>\n");
}

/* --- entries ------------------------------------------------------------------------------- */

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
put_author(struct buffer *out, const char *name, size_t len)
{
	buffer_puts(out, "<author>");
	buffer_puts(out, "<name>");
	put_text(out, name, len);
	buffer_puts(out, "</name></author>\n");
}

static void
put_authors(struct buffer *out, const struct atom_feed *feed, const char *authors)
{
	const char *author;
	size_t len;

	if (*authors == '\0')
		put_author(out, feed->author, strlen(feed->author));
	while ((author = next_item(&authors, &len)) != NULL)
		put_author(out, author, len);
}

static void
put_categories(struct buffer *out, const char *tags)
{
	const char *tag;
	size_t len;

	while ((tag = next_item(&tags, &len)) != NULL) {
		buffer_puts(out, "<category term=\"");
		put_text(out, tag, len);
		buffer_puts(out, "\"/>\n");
	}
}

/* Seconds of the day that a correction begins with; INT64_MIN without one. */
static int64_t
correction_day(const char *correction, size_t len)
{
	char start[TIME_ISO_DATE_LEN + 1] = "";
	struct timestamp day;

	if (len >= TIME_ISO_DATE_LEN)
		memcpy(start, correction, TIME_ISO_DATE_LEN);
	return timestamp_parse(start, &day) ? timestamp_seconds(&day, "UTC") : INT64_MIN;
}

/* When the article last changed, in Unix seconds: its publication, or later if it says `updated`,
 * or the day of a correction. Each correction counts for a second more, so that a second one on
 * the same day is news too. */
static int64_t
last_change_of(const struct article *article)
{
	int64_t latest = id_published(article->card.id), corrections = 0, second;
	const char *rest = article->corrections, *correction;
	struct timestamp updated;
	size_t len;

	if (timestamp_parse(article->updated, &updated)) {
		second = timestamp_seconds(&updated, "UTC");
		latest = second > latest ? second : latest;
	}
	while ((correction = next_item(&rest, &len)) != NULL) {
		second = correction_day(correction, len);
		latest = second > latest ? second : latest;
		corrections++;
	}
	return latest + corrections;
}

void
atom_init(struct atom *atom, const struct atom_feed *feed)
{
	*atom = (struct atom){.feed = feed};
}

void
atom_add(struct atom *atom, const struct article *article, const char *origin)
{
	const struct atom_feed *feed = atom->feed;
	const struct card *card = &article->card;
	struct buffer *out = &atom->entries;
	int64_t updated = last_change_of(article);

	if (out->len == 0 || updated > atom->updated)
		atom->updated = updated;
	buffer_puts(out, "<entry");
	put_language(out, card->lang);
	buffer_puts(out, ">\n");
	put_element(out, "title", card->title, strlen(card->title));
	put_link(out, feed, "alternate", "text/gemini", card->path);
	put_id(out, feed, *origin != '\0' ? origin : card->path);
	put_time(out, "published", id_published(card->id));
	put_time(out, "updated", updated);
	put_authors(out, feed, card->authors);
	put_categories(out, article->tags);
	if (*card->summary != '\0')
		put_element(out, "summary", card->summary, strlen(card->summary));
	buffer_puts(out, "</entry>\n");
}

void
atom_finish(struct atom *atom, struct buffer *out)
{
	const struct atom_feed *feed = atom->feed;

	buffer_puts(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
			 "<feed xmlns=\"http://www.w3.org/2005/Atom\"");
	put_language(out, feed->lang);
	buffer_puts(out, ">\n");
	put_element(out, "title", feed->title, strlen(feed->title));
	if (*feed->subtitle != '\0')
		put_element(out, "subtitle", feed->subtitle, strlen(feed->subtitle));
	put_link(out, feed, "alternate", "text/gemini", feed->page);
	put_link(out, feed, "self", ATOM_TYPE, feed->self);
	put_id(out, feed, feed->self); /* the page may move when the front page does */
	put_time(out, "updated", atom->updated);
	put_author(out, feed->author, strlen(feed->author));
	buffer_append(out, buffer_text(&atom->entries), atom->entries.len);
	buffer_puts(out, "</feed>\n");
	out->failed = out->failed || atom->entries.failed;
	buffer_free(&atom->entries);
}
