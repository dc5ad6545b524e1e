#include "article/fences.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "article/frontmatter.h"
#include "article/keys.h"
#include "base/text.h"
#include "base/time.h"

#define FENCE       "---"
#define DASHES_MIN  3
#define CODE_BLANKS 4 /* before a line of Markdown: a preformatted block */

/* A stretch of the source. */
struct span {
	const char *text;
	size_t len;
};

/* What the entries say for being front matter. */
struct evidence {
	size_t entries;
	size_t equals;   /* `key = value` with a key of ours */
	size_t colons;   /* `key: value` with one, unless it may be somebody who speaks */
	size_t speakers; /* `author: value` */
	bool has_hidden; /* `status = draft`, `date = 2027-03-01` */
	bool may_hide;   /* the same with a colon */
	bool has_status; /* it is a status */
	bool has_revision;
};

/* A line of hyphens, or what was meant to be one. */
struct fence {
	bool is_there;
	bool is_exact;    /* it is one to the reader of front matter, too */
	struct span rest; /* words behind it, and the line end */
};

/* Lines that might be front matter: entries, with what stands right above and below. */
struct run {
	struct fence open, close;
	struct span lines; /* of the entries, with the line ends */
	struct span after; /* all that follows, the closing fence first */
	struct evidence evidence;
	size_t close_line; /* counted from the first line of the run as 0 */
};

/* Where a run was found. */
struct finding {
	struct run run;
	size_t line;   /* of the file, where the run begins */
	bool is_below; /* front matter */
	bool is_top;   /* no words stand above */
};

/* Takes one line, with its line end, off *rest. False at the end. */
static bool
take_line(struct span *rest, struct span *out)
{
	if (rest->len == 0)
		return false;
	const char *end = memchr(rest->text, '\n', rest->len);
	*out = (struct span){rest->text, end == NULL ? rest->len : (size_t)(end - rest->text) + 1};
	assert(out->len > 0 && out->len <= rest->len);
	rest->text += out->len;
	rest->len -= out->len;
	return true;
}

static struct span
skip(struct span s, size_t n)
{
	assert(n <= s.len);
	return (struct span){s.text + n, s.len - n};
}

/* Without what does not show: blanks, control characters, byte order marks and their like. */
static struct span
skip_unseen(struct span s)
{
	uint32_t code_point;
	size_t n;

	while ((n = text_decode(s.text, s.len, &code_point)) > 0 && text_is_unseen(code_point))
		s = skip(s, n);
	return s;
}

/* Without what a list, a quotation or another program puts before a line. */
static struct span
skip_marks(struct span s)
{
	static const char *const marks[] = {"*", ">", "\u2022", "\u00b7", "- ", "\u2013 "};
	size_t before;

	do {
		before = s.len;
		s = skip_unseen(s);
		for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
			if (s.len >= strlen(marks[i]) &&
			    memcmp(s.text, marks[i], strlen(marks[i])) == 0)
				s = skip(s, strlen(marks[i]));
	} while (s.len < before);
	return s;
}

static bool
is_blank(struct span line)
{
	return skip_unseen(line).len == 0;
}

/* How many hyphens a character is worth; a program may have made one dash of two hyphens. Another
 * one has its front matter between `+++`. */
static size_t
dashes_of(uint32_t code_point)
{
	if (code_point == 0x2014 || code_point == 0x2015)
		return 2;
	return code_point == '-' || code_point == '+' || code_point == 0x2212 ||
	       (code_point >= 0x2010 && code_point <= 0x2013);
}

static struct fence
read_fence(struct span line)
{
	struct fence fence = {.rest = skip_marks(line)};
	size_t dashes = 0, len = strlen(FENCE), n;
	uint32_t code_point;

	while ((n = text_decode(fence.rest.text, fence.rest.len, &code_point)) > 0 &&
	       dashes_of(code_point) > 0) {
		dashes += dashes_of(code_point);
		fence.rest = skip(fence.rest, n);
	}
	fence.is_there = dashes >= DASHES_MIN || (dashes == DASHES_MIN - 1 && is_blank(fence.rest));
	fence.is_exact = line.len >= len && memcmp(line.text, FENCE, len) == 0;
	for (size_t i = len; fence.is_exact && i < line.len; i++)
		fence.is_exact = line.text[i] != '\0' && strchr(" \t\r\n", line.text[i]) != NULL;
	return fence;
}

/* A key is one word, or it may be a sentence with a colon in it. A line that is too long for front
 * matter was meant for it all the same. */
static bool
read_entry(struct span line, struct frontmatter_entry *out)
{
	line = skip_marks(line);
	size_t len = line.len < FRONTMATTER_LINE_MAX ? line.len : FRONTMATTER_LINE_MAX;
	struct frontmatter alone = {.rest = line.text, .rest_len = len};
	struct error ignored;

	return frontmatter_next(&alone, out, &ignored) == FRONTMATTER_ENTRY &&
	       memchr(out->key, ' ', out->key_len) == NULL;
}

/* Whether the value is one that keeps a text from its readers. */
static bool
does_hide(enum key key, const struct frontmatter_entry *entry)
{
	char value[64];
	struct timestamp time;

	if (entry->value_len >= sizeof(value))
		return false;
	memcpy(value, entry->value, entry->value_len);
	value[entry->value_len] = '\0';
	if (key == KEY_STATUS)
		return strcasecmp(value, "draft") == 0 || strcasecmp(value, "ready") == 0;
	return key == KEY_DATE && timestamp_parse(value, &time);
}

static void
weigh(struct evidence *e, const struct frontmatter_entry *entry)
{
	enum key key = keys_find(entry->key, entry->key_len);
	const char *sign = entry->key + entry->key_len;

	assert(entry->key_len > 0); /* and a sign behind it, or it were none */
	e->entries++;
	if (key == KEY_COUNT) { /* misspelt, or the option --date=x of a program */
		key =
		    keys_nearest_hiding(entry->key, entry->key_len, entry->value, entry->value_len);
		key = does_hide(key, entry) ? key : KEY_COUNT;
	}
	/* It is told to whom edits, and never stored. */
	bool is_revision = key == KEY_REVISION;
	if (key == KEY_COUNT)
		return;
	e->has_revision |= is_revision;
	while (*sign != '=' && *sign != ':')
		sign++;
	if (*sign == '=') {
		e->equals++;
		e->has_hidden |= does_hide(key, entry);
	} else if (key == KEY_AUTHOR || key == KEY_EDITOR) {
		e->speakers++;
	} else {
		e->colons++;
		e->may_hide |= does_hide(key, entry);
		e->has_status |= key == KEY_STATUS && does_hide(key, entry);
	}
}

/* Without the blank lines and comments at the beginning: they mean nothing in front matter. */
static struct span
pass_comments(struct span rest, size_t *lines)
{
	struct span left = rest, line;

	while (take_line(&rest, &line) && (is_blank(line) || line.text[0] == '#')) {
		left = rest;
		++*lines;
	}
	return left;
}

/* Reads the lines that rest begins with. Without a line of hyphens below them, only those without
 * a gap belong together. */
static void
read_run(struct span rest, struct run *run)
{
	struct span line, ahead = rest;
	struct frontmatter_entry entry;
	struct evidence near = {0}, all = {0};
	bool has_gap = false;

	*run = (struct run){.close_line = 0};
	if (take_line(&ahead, &line))
		run->open = read_fence(line);
	if (run->open.is_there) {
		run->close_line = 1;
		rest = ahead;
		if (read_entry(run->open.rest, &entry))
			weigh(&near, &entry);
		all = near;
	}
	const char *start = rest.text;
	if (run->open.is_there)
		rest = pass_comments(rest, &run->close_line);
	struct span near_end = rest;
	for (ahead = rest; take_line(&ahead, &line); rest = ahead, run->close_line++) {
		run->close = read_fence(line);
		if (run->close.is_there)
			break;
		bool is_gap = is_blank(line) || (run->open.is_there && line.text[0] == '#');
		has_gap |= is_gap;
		if (is_gap)
			continue;
		if (!read_entry(line, &entry))
			break;
		weigh(&all, &entry);
		if (!has_gap) {
			near = all;
			near_end = ahead;
		}
	}
	run->after = run->close.is_there ? rest : near_end;
	run->evidence = run->close.is_there ? all : near;
	assert(run->after.text >= start);
	assert(run->evidence.equals + run->evidence.colons + run->evidence.speakers <=
	       run->evidence.entries);
	run->lines = (struct span){start, (size_t)(run->after.text - start)};
}

static bool
is_header(const struct finding *f)
{
	const struct evidence *e = &f->run.evidence;
	const struct fence *open = &f->run.open;
	bool has_close = f->run.close.is_there, has_both = open->is_there && has_close;

	if (e->has_hidden)
		return true;
	if (e->equals > 0 || e->has_status)
		return open->is_there || has_close || f->is_top;
	if (e->may_hide && (has_both || (f->is_top && has_close)))
		return true;
	if (e->may_hide && e->colons > 1 && f->is_top && !f->is_below)
		return true;
	if (f->is_top && !f->is_below && open->is_there && is_blank(open->rest))
		return e->colons + e->speakers > 0;
	if (has_both)
		return e->colons >= (f->is_top ? 1 : 2);
	return f->is_top && has_close && e->entries > 1 && e->colons > 0;
}

static bool
is_toggle(const struct fences_source *source, struct span line)
{
	static const char *const marks[] = {"```", "~~~"};

	for (size_t i = 0; i < (source->is_markdown ? 2 : 1); i++)
		if (line.len >= 3 && memcmp(line.text, marks[i], 3) == 0)
			return true;
	return false;
}

/* For a line with words in it. At the top there is nothing that indented lines could be an example
 * for. */
static bool
is_code(const struct fences_source *source, struct span line, bool is_top)
{
	size_t blanks = 0;

	while (line.text[blanks] == ' ')
		blanks++;
	return source->is_markdown && !is_top &&
	       (blanks >= CODE_BLANKS || line.text[blanks] == '\t');
}

static size_t
count_lines(const char *from, const char *to)
{
	size_t count = 0;

	assert(from <= to);
	while ((from = memchr(from, '\n', (size_t)(to - from))) != NULL) {
		from++;
		count++;
	}
	return count;
}

/* Looks through the first lines of the text. */
static bool
find(const struct fences_source *source, struct finding *out)
{
	struct frontmatter head;
	struct span line;
	size_t words = 0;
	bool is_block = false;

	frontmatter_open(&head, source->bytes, source->len);
	struct span rest = {head.body, head.body_len}, ahead = rest;
	while (words < FENCES_LINES_ABOVE_MAX && take_line(&ahead, &line)) {
		bool is_edge = is_toggle(source, line);

		*out = (struct finding){.is_below = head.is_present, .is_top = words == 0};
		is_block ^= is_edge;
		words += !is_blank(line);
		if (!is_edge && !is_block && !is_blank(line) &&
		    !is_code(source, line, out->is_top)) {
			read_run(rest, &out->run);
			out->line = count_lines(source->bytes, rest.text) + 1;
			if (is_header(out))
				return true;
			/* None of it is read twice. */
			while (ahead.text < out->run.after.text && take_line(&ahead, &line))
				words += !is_blank(line);
		}
		assert(ahead.text >= rest.text && ahead.len <= rest.len);
		rest = ahead;
	}
	return false;
}

#define ALONE                                                                                      \
	"expected `---` alone on the line, nothing before or behind it, or what should be the "    \
	"header is text"

static bool
refuse(const struct finding *f, struct error *err)
{
	const struct run *run = &f->run;

	assert(f->line >= 1 && is_header(f));
	if (f->is_below)
		return error_set(err,
		    "line %zu: a second header below the first: put its lines into the first one",
		    f->line);
	if (!f->is_top)
		return error_set(err,
		    "line %zu: a header with text above it, so that it is text itself: move it to "
		    "the top, between two lines `---`",
		    f->line);
	if (!run->open.is_there)
		return error_set(err,
		    "line %zu: a header without `---` above it, so that it is text: put one there",
		    f->line);
	if (!run->open.is_exact)
		return error_set(err, "line %zu: " ALONE, f->line);
	if (f->line > 1)
		return error_set(err,
		    "line 1: blank, so what follows is not read as the header: remove what is "
		    "above the `---`");
	if (run->close.is_there && !run->close.is_exact)
		return error_set(err, "line %zu: " ALONE, f->line + run->close_line);
	return error_set(err,
	    "line %zu: a header that no `---` closes within %d KB, so that it is text: put one "
	    "below its last line",
	    f->line, FRONTMATTER_MAX / 1024);
}

bool
fences_check(const struct fences_source *source, struct error *err)
{
	struct finding found;

	return !find(source, &found) || refuse(&found, err);
}

bool
fences_show_revision(const struct fences_source *source)
{
	struct finding found;

	return find(source, &found) && found.run.evidence.has_revision;
}

/* Whether the source is front matter that can be read, and text. */
static bool
is_whole(const struct fences_source *source)
{
	struct frontmatter head;
	struct frontmatter_entry entry;
	struct error ignored;
	enum frontmatter_result result = FRONTMATTER_BROKEN;

	frontmatter_open(&head, source->bytes, source->len);
	if (head.is_present)
		while ((result = frontmatter_next(&head, &entry, &ignored)) == FRONTMATTER_ENTRY)
			continue;
	return result == FRONTMATTER_END && fences_check(source, NULL);
}

/* Appends the lines of a header, without marks before them. */
static void
put_lines(struct buffer *out, struct span lines)
{
	struct span line;

	while (take_line(&lines, &line)) {
		struct span bare = skip_marks(line);

		buffer_append(out, bare.text, bare.len);
		if (line.text[line.len - 1] != '\n' || bare.len == 0)
			buffer_putc(out, '\n');
	}
}

bool
fences_mend(const struct fences_source *source, struct buffer *out)
{
	struct finding found;
	struct buffer mended = BUFFER_EMPTY;
	struct span closing;

	if (!find(source, &found) || found.is_below || !found.is_top ||
	    (found.run.open.is_there && !is_blank(found.run.open.rest)))
		return false;
	struct span after = found.run.after;
	buffer_puts(&mended, FENCE "\n");
	put_lines(&mended, found.run.lines);
	buffer_puts(&mended, FENCE "\n");
	if (found.run.close.is_there && take_line(&after, &closing) &&
	    !is_blank(found.run.close.rest))
		buffer_append(&mended, found.run.close.rest.text, found.run.close.rest.len);
	buffer_append(&mended, after.text, after.len);
	struct fences_source whole = {buffer_text(&mended), mended.len, source->is_markdown};
	bool ok = is_whole(&whole);
	if (ok || mended.failed) {
		buffer_append(out, whole.bytes, whole.len);
		out->failed |= mended.failed;
	}
	buffer_free(&mended);
	return ok || out->failed;
}
