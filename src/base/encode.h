/*
 * encode - bytes as percent escapes and as hex digits, and back. Pure.
 */
#ifndef BASE_ENCODE_H
#define BASE_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/* Appends bytes[0..len): as it is where stands() says so, else as "%", and two digits in upper case
 * (RFC 3986 section 2.1). */
void encode_percent(
    struct buffer *out, const char *bytes, size_t len, bool (*stands)(unsigned char byte));
/* Appends the escape of one byte. */
void encode_percent_byte(struct buffer *out, char byte);
/* Whether text[0..len) begins with an escape; *out_byte (or NULL) is what it stands for. */
bool encode_read_percent(const char *text, size_t len, char *out_byte);

/* Two digits a byte in lower case and a NUL: out has room for 2 * len + 1. */
void encode_hex(const uint8_t *bytes, size_t len, char *out);
/* The value of a hex digit in either case, or -1. */
int encode_hex_digit(char c);
/* Whether text[0..len) is hex digits in lower case, as we write them. */
bool encode_is_hex(const char *text, size_t len);
/* Reads count bytes from the first 2 * count digits, in lower case, of a text that may be shorter.
 * False, with some of them written, if there are not so many. */
bool encode_read_hex(const char *text, size_t count, uint8_t *out);

#endif
