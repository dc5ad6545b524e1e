/*
 * text - UTF-8, escaping, slugs. Pure.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

#define TEXT_SLUG_MAX 60 /* bytes, as design fixes it */

/* Whether the bytes are valid UTF-8 (RFC 3629: nothing overlong, no surrogate, <= U+10FFFF). */
bool text_is_utf8(const char *bytes, size_t len);
/* The line, from 1, of the first byte that is not; 0 if all are. */
size_t text_bad_line(const char *bytes, size_t len);

/* C0, DEL, C1, U+2028 and U+2029: what ends a line or moves a terminal's cursor. */
bool text_is_control(uint32_t code_point);

/* Blanks of any width, controls, byte order marks and their like, marks of direction: what does not
 * show when it stands alone. */
bool text_is_unseen(uint32_t code_point);

/* Reads one code point at text[0..len) into *out and returns its length in bytes, 0 when the
 * bytes there are not valid UTF-8 or len is 0. */
size_t text_decode(const char *text, size_t len, uint32_t *out);
/* Writes a code point as UTF-8 and returns how many bytes that took. */
size_t text_encode(char out[static 4], uint32_t code_point);

/* The longest prefix of text[0..len), at most max bytes, that does not cut a character. */
size_t text_cut(const char *text, size_t len, size_t max);
/* The same, and not in the middle of a word where there is a blank to cut at; max in characters. */
size_t text_cut_word(const char *text, size_t len, size_t max_characters);

/* Appends text as one line: C0 and C1 controls, DEL, U+2028 and U+2029 become spaces, invalid
 * bytes U+FFFD; leading and trailing blanks are dropped. */
void text_append_line(struct buffer *out, const char *text, size_t len);

/* Takes out of text[0..len) the marks that make what follows be read in another direction (U+061C,
 * U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), and returns how long it is then. */
size_t text_drop_directions(char *text, size_t len);

/* Appends text for a log or a terminal: control characters, invisible ones (those of direction,
 * of no width, tags), backslash and invalid bytes as \xHH. */
void text_append_escaped(struct buffer *out, const char *text, size_t len);

/* Appends text as the inside of a JSON string (RFC 8259); the same characters as \uHHHH. */
void text_append_json(struct buffer *out, const char *text, size_t len);

/* Appends a path with every byte percent-encoded that RFC 3986 does not let stand in a path
 * ("/" stays). */
void text_append_path(struct buffer *out, const char *path, size_t len);

/* The slug of a name: lower case, marks folded away, letters and digits of any script kept, each
 * run of anything else one "-", none at the ends; at most TEXT_SLUG_MAX bytes, cut at a character.
 * "" when nothing is left. */
void text_slug(const char *name, char out[static TEXT_SLUG_MAX + 1]);

/* Appends a name as names are compared: lower case (marks stay), each run of blanks one blank, none
 * at the ends. Two names with the same folded form have the same slug. */
void text_fold(struct buffer *out, const char *name);

bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);

#endif
