/*
 * buffer - bytes that grow. Running out of memory is remembered instead of returned: append as
 * often as needed, then look at `failed` once. A failed buffer ignores further appends.
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buffer {
	char *data; /* owned; NUL-terminated once anything was appended, else NULL */
	size_t len; /* bytes, the NUL not counted */
	size_t cap; /* bytes allocated */
	bool failed;
};

#define BUFFER_EMPTY ((struct buffer){0})

void buffer_append(struct buffer *b, const void *bytes, size_t len);
void buffer_puts(struct buffer *b, const char *text);
void buffer_putc(struct buffer *b, char c);
void buffer_printf(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buffer_vprintf(struct buffer *b, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Makes room for len more bytes and returns where they go, or NULL if out of memory; the caller
 * then says with buffer_grow() how many it wrote there. */
char *buffer_reserve(struct buffer *b, size_t len);
void buffer_grow(struct buffer *b, size_t len);

/* Drops all but the first len bytes; keeps the memory. */
void buffer_truncate(struct buffer *b, size_t len);

/* The contents as a string ("" when empty), borrowed until the next append. */
const char *buffer_text(const struct buffer *b);

/* Hands the contents over as a string that the caller frees and leaves b empty.
 * NULL if b had failed. */
char *buffer_take(struct buffer *b);

/* Releases the memory; b is empty and usable again. */
void buffer_free(struct buffer *b);

#endif
