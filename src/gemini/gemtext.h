/*
 * gemtext - the line grammar of text/gemini (specification 0.24.1; protocol notes B.1). Pure.
 */
#ifndef GEMINI_GEMTEXT_H
#define GEMINI_GEMTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

enum gemtext_type {
	GEMTEXT_TEXT,
	GEMTEXT_LINK,         /* text = label ("" without one), url = target */
	GEMTEXT_TOGGLE,       /* a preformatting toggle; text = alt text of an opening one */
	GEMTEXT_PREFORMATTED, /* a line between toggles */
	GEMTEXT_HEADING,      /* level 1 to 3 */
	GEMTEXT_LIST,
	GEMTEXT_QUOTE,
};

struct gemtext_line {
	enum gemtext_type type;
	int level;        /* of a heading */
	const char *text; /* borrowed from the source: the content without its mark */
	size_t text_len;
	const char *url; /* of a link, borrowed; NULL otherwise */
	size_t url_len;
	const char *raw; /* the whole line without its line end */
	size_t raw_len;
};

/* Reads a document line by line. Start: { .rest = bytes, .rest_len = len }. A byte order mark at
 * the start is skipped; LF and CRLF end a line; an unclosed block runs to the end. */
struct gemtext_reader {
	const char *rest;
	size_t rest_len;
	bool is_preformatted;
	bool has_started;
};

/* Takes the next line. False at the end. */
bool gemtext_next(struct gemtext_reader *reader, struct gemtext_line *out);

/* Appends a value at the start of a line so that it stays text whatever it begins with (a
 * leading =>, ```, #, > or "* " is kept from being one by a zero-width space U+200B), as one line
 * (text_append_line) with its line end. */
void gemtext_put_text(struct buffer *out, const char *text);
/* `=> url label`; the label made one line. url must be a URL already. */
void gemtext_put_link(struct buffer *out, const char *url, const char *label);
/* `# text`, `## text`, `### text`. */
void gemtext_put_heading(struct buffer *out, int level, const char *text);
/* `> text`. */
void gemtext_put_quote(struct buffer *out, const char *text);

/* A preformatted block of these lines, the last with its line end; alt (made one line) describes
 * it. A line that would end the block is kept from it by a zero-width space. */
void gemtext_put_preformatted(struct buffer *out, const char *alt, const char *bytes, size_t len);

/* Appends a whole document as we serve it: line ends LF, no byte order mark; controls but tab, bare
 * CR, NEL, U+2028 and U+2029 are spaces, invalid bytes U+FFFD. It ends with a line end, and an open
 * preformatted block is closed. An empty document stays empty. */
void gemtext_put_document(struct buffer *out, const char *bytes, size_t len);

#endif
