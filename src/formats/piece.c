#include "formats/piece.h"

#include <stdlib.h>
#include <string.h>

#include "article/frontmatter.h"
#include "base/array.h"
#include "base/text.h"

#define VALUE_MAX                                                                                  \
	(FRONTMATTER_LINE_MAX - 64) /* bytes: the key and its sign stand in the line too */

#define LEFT_SHOWN_MAX 8 /* pieces of template code that a note tells */

struct piece *
pieces_add(struct pieces *pieces)
{
	struct piece *items =
	    array_room(pieces->items, pieces->count, &pieces->capacity, sizeof(*items));

	if (items == NULL)
		return NULL;
	pieces->items = items;
	struct piece *piece = &items[pieces->count++];
	*piece = (struct piece){0};
	return piece;
}

static void
piece_done(struct piece *piece)
{
	buffer_free(&piece->title);
	buffer_free(&piece->summary);
	buffer_free(&piece->lang);
	buffer_free(&piece->image);
	buffer_free(&piece->image_alt);
	buffer_free(&piece->body);
	buffer_free(&piece->refusal);
	strings_free(&piece->authors);
	strings_free(&piece->tags);
	strings_free(&piece->head);
	strings_free(&piece->addresses);
	strings_free(&piece->notes);
}

void
pieces_free(struct pieces *pieces)
{
	for (size_t i = 0; i < pieces->count; i++)
		piece_done(&pieces->items[i]);
	free(pieces->items);
	*pieces = (struct pieces){0};
}

/* Where the first name of text[0..len) ends, and how long what parts it from the next is. */
static size_t
name_len(const char *text, size_t len, size_t *out_gap)
{
	static const char *const gaps[] = {", and ", ", ", " and ", " & "};

	for (size_t at = 0; at < len; at++)
		for (size_t i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++) {
			*out_gap = strlen(gaps[i]);
			if (*out_gap < len - at && memcmp(text + at, gaps[i], *out_gap) == 0)
				return at;
		}
	*out_gap = 0;
	return len;
}

bool
piece_add_authors(struct piece *piece, const char *text, size_t len)
{
	bool ok = true;

	while (ok && len > 0) {
		struct buffer name = BUFFER_EMPTY;
		size_t gap, taken = name_len(text, len, &gap);

		text_append_line(&name, text, taken);
		if (name.failed || (name.len > 0 && !strings_contain(&piece->authors, name.data)))
			ok = !name.failed && strings_add(&piece->authors, name.data);
		buffer_free(&name);
		text += taken + gap;
		len -= taken + gap;
	}
	return ok;
}

bool
piece_hold_back(struct piece *piece, const struct strings *left)
{
	struct buffer note = BUFFER_EMPTY;

	buffer_puts(&note, "a draft, as template code is left in it: ");
	for (size_t i = 0; i < left->count && i < LEFT_SHOWN_MAX; i++)
		buffer_printf(&note, "%s%s", i > 0 ? ", " : "", left->items[i]);
	if (left->count > LEFT_SHOWN_MAX)
		buffer_printf(&note, " and %zu more", left->count - LEFT_SHOWN_MAX);
	piece->is_draft = true;
	bool ok = !note.failed && strings_add(&piece->notes, buffer_text(&note));
	buffer_free(&note);
	return ok;
}

/* `key = value`, the value made one line that front matter can hold. */
static void
put_value(struct buffer *out, const char *key, const char *value, size_t len)
{
	struct buffer line = BUFFER_EMPTY;

	text_append_line(&line, value, len);
	out->failed |= line.failed;
	if (line.len > 0)
		buffer_printf(out, "%s = %.*s\n", key,
		    (int)text_cut(line.data, line.len, VALUE_MAX), line.data);
	buffer_free(&line);
}

static void
put_buffer(struct buffer *out, const char *key, const struct buffer *value)
{
	out->failed |= value->failed;
	put_value(out, key, buffer_text(value), value->len);
}

static void
put_date(struct buffer *out, const char *key, const struct timestamp *date)
{
	buffer_printf(out, "%s = ", key);
	timestamp_append(out, date);
	buffer_putc(out, '\n');
}

static void
put_tags(struct buffer *out, const struct strings *tags)
{
	struct buffer list = BUFFER_EMPTY;

	for (size_t i = 0; i < tags->count; i++)
		buffer_printf(&list, "%s%s", i > 0 ? ", " : "", tags->items[i]);
	put_buffer(out, "tags", &list);
	buffer_free(&list);
}

static void
put_summary(struct buffer *out, const struct buffer *summary)
{
	const char *text = buffer_text(summary);
	size_t len = text_cut_word(text, summary->len, PIECE_SUMMARY_MAX);
	struct buffer dek = BUFFER_EMPTY;

	buffer_append(&dek, text, len);
	if (len < summary->len)
		buffer_puts(&dek, " …");
	dek.failed |= summary->failed;
	put_buffer(out, "summary", &dek);
	buffer_free(&dek);
}

bool
piece_write(const struct piece *piece, struct buffer *out)
{
	buffer_puts(out, "---\n");
	put_buffer(out, "title", &piece->title);
	for (size_t i = 0; i < piece->authors.count; i++)
		put_value(out, "author", piece->authors.items[i], strlen(piece->authors.items[i]));
	if (piece->has_date)
		put_date(out, "date", &piece->date);
	if (piece->has_updated)
		put_date(out, "updated", &piece->updated);
	put_tags(out, &piece->tags);
	put_summary(out, &piece->summary);
	put_buffer(out, "lang", &piece->lang);
	put_buffer(out, "image", &piece->image);
	put_buffer(out, "image-alt", &piece->image_alt);
	for (size_t i = 0; i < piece->head.count; i++)
		buffer_printf(out, "%s\n", piece->head.items[i]);
	buffer_puts(out, "---\n");
	out->failed |= piece->body.failed;
	buffer_append(out, buffer_text(&piece->body), piece->body.len);
	return !out->failed;
}
