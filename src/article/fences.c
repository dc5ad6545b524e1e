#include "article/fences.h"

#include <stdbool.h>
#include <string.h>

#include "article/frontmatter.h"
#include "article/keys.h"

#define FENCE "---"

/* A stretch of the source. */
struct span {
	const char *text;
	size_t len;
};

/* What might be front matter. */
struct block {
	struct span lines; /* of entries, one below the other */
	struct span after;
	size_t key_count;
	bool is_certain; /* its first line is `key = value` */
};

/* Takes one line, with its line end, off *rest. False at the end. */
static bool
take_line(struct span *rest, struct span *out)
{
	if (rest->len == 0)
		return false;
	const char *end = memchr(rest->text, '\n', rest->len);
	*out = (struct span){rest->text, end == NULL ? rest->len : (size_t)(end - rest->text) + 1};
	rest->text += out->len;
	rest->len -= out->len;
	return true;
}

static bool
is_blank(struct span line)
{
	for (size_t i = 0; i < line.len; i++)
		if (strchr(" \t\r\n", line.text[i]) == NULL || line.text[i] == '\0')
			return false;
	return true;
}

static bool
is_fence(struct span line)
{
	size_t len = strlen(FENCE);

	return line.len >= len && memcmp(line.text, FENCE, len) == 0 &&
	       is_blank((struct span){line.text + len, line.len - len});
}

/* A key is one word, or it may be a sentence with a colon in it. */
static bool
read_entry(struct span line, struct frontmatter_entry *out)
{
	struct frontmatter alone = {.rest = line.text, .rest_len = line.len};
	struct error ignored;

	return frontmatter_next(&alone, out, &ignored) == FRONTMATTER_ENTRY &&
	       memchr(out->key, ' ', out->key_len) == NULL;
}

/* `revision` is told to whom edits, and never stored. */
static bool
is_ours(const struct frontmatter_entry *entry)
{
	return keys_find(entry->key, entry->key_len) != KEY_COUNT ||
	       (entry->key_len == strlen("revision") &&
		   memcmp(entry->key, "revision", entry->key_len) == 0);
}

/* Passes what means nothing in front matter, and in text would. */
static struct span
pass_comments(struct span rest)
{
	struct span left = rest, line;

	while (take_line(&rest, &line) && (is_blank(line) || line.text[0] == '#'))
		left = rest;
	return left;
}

/* The entries that what is left of a text begins with. */
static struct block
read_block(struct span rest, bool has_first)
{
	const char *start = rest.text;
	struct block block = {.lines = {start, 0}};
	struct frontmatter_entry entry;
	struct span line;

	if (has_first)
		rest = pass_comments(rest);
	block.after = rest;
	while (take_line(&rest, &line) && read_entry(line, &entry)) {
		const char *key_end = entry.key + entry.key_len;
		size_t to_value = (size_t)(line.text + line.len - key_end);
		const char *equals = memchr(key_end, '=', to_value);
		const char *colon = memchr(key_end, ':', to_value);

		if (block.key_count == 0) {
			if (!is_ours(&entry))
				break;
			block.is_certain = equals != NULL && (colon == NULL || equals < colon);
		}
		block.key_count += is_ours(&entry);
		block.after = rest;
	}
	block.lines.len = (size_t)(block.after.text - start);
	return block;
}

/* Where keys would stand: behind empty lines or, *out_has_first told so, behind a `---`. */
static struct span
find_start(struct span text, bool *out_has_first)
{
	struct span rest = text, line;

	*out_has_first = false;
	if (take_line(&rest, &line) && is_fence(line)) {
		*out_has_first = true;
		return rest;
	}
	rest = text;
	while (take_line(&rest, &line) && is_blank(line))
		text = rest;
	return text;
}

struct fences
fences_look(const char *bytes, size_t len)
{
	struct fences fences = {.lost = FENCES_NONE};
	struct frontmatter head;
	struct span line;
	bool has_first;

	frontmatter_open(&head, bytes, len);
	if (head.is_present)
		return fences;
	struct span start = find_start((struct span){head.body, head.body_len}, &has_first);
	struct block block = read_block(start, has_first);
	fences.key_count = block.key_count;
	if (block.key_count == 0)
		return fences;
	if (has_first)
		fences.lost = FENCES_LAST;
	else if (block.is_certain || (take_line(&block.after, &line) && is_fence(line)))
		fences.lost = FENCES_FIRST;
	return fences;
}

/* Whether `---` above the text makes front matter of it that can be read. */
static bool
is_readable(const struct buffer *text)
{
	struct frontmatter head;
	struct frontmatter_entry entry;
	struct error ignored;
	enum frontmatter_result result = FRONTMATTER_BROKEN;

	frontmatter_open(&head, buffer_text(text), text->len);
	if (head.is_present)
		while ((result = frontmatter_next(&head, &entry, &ignored)) == FRONTMATTER_ENTRY)
			continue;
	return result == FRONTMATTER_END;
}

void
fences_mend(struct buffer *out, const char *bytes, size_t len)
{
	struct frontmatter head;
	struct buffer mended = BUFFER_EMPTY;
	bool has_first;

	frontmatter_open(&head, bytes, len); /* past a byte order mark */
	struct span start = find_start((struct span){head.body, head.body_len}, &has_first);
	buffer_puts(&mended, FENCE "\n");
	buffer_append(&mended, start.text, start.len);
	if (!is_readable(&mended)) { /* the closing one is not there, or stands further below */
		struct block block = read_block(start, has_first);

		buffer_truncate(&mended, strlen(FENCE "\n"));
		buffer_append(&mended, block.lines.text, block.lines.len);
		if (block.lines.len > 0 && block.lines.text[block.lines.len - 1] != '\n')
			buffer_putc(&mended, '\n');
		buffer_puts(&mended, FENCE "\n");
		buffer_append(&mended, block.after.text, block.after.len);
	}
	buffer_append(out, buffer_text(&mended), mended.len);
	out->failed |= mended.failed;
	buffer_free(&mended);
}
