#include "base/buffer.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 64 /* bytes */

/* What always holds. A failed buffer may keep what it had. */
static void
buffer_check(const struct buffer *b)
{
	assert((b->data == NULL) == (b->cap == 0));
	assert(b->data == NULL ? b->len == 0 : b->len < b->cap);
	assert(b->data == NULL || b->data[b->len] == '\0');
}

/* Makes room for len more bytes and the final NUL. */
static bool
make_room(struct buffer *b, size_t len)
{
	assert((b->data == NULL) == (b->cap == 0));
	assert(b->data == NULL ? b->len == 0 : b->len < b->cap);
	if (b->failed)
		return false;
	if (b->cap > b->len && len < b->cap - b->len)
		return true;
	if (len > SIZE_MAX / 2 - b->len - 1) {
		b->failed = true;
		return false;
	}

	size_t wanted = b->len + len + 1;
	size_t cap = b->cap < FIRST_CAPACITY ? FIRST_CAPACITY : b->cap;
	while (cap < wanted)
		cap *= 2;
	char *grown = realloc(b->data, cap);
	if (grown == NULL) {
		b->failed = true;
		return false;
	}
	b->data = grown;
	b->cap = cap;
	b->data[b->len] = '\0';
	assert(b->cap - b->len > len); /* with the NUL */
	return true;
}

void
buffer_append(struct buffer *b, const void *bytes, size_t len)
{
	assert(len == 0 || bytes != NULL);
	if (len == 0 || !make_room(b, len))
		return;
	memcpy(b->data + b->len, bytes, len);
	buffer_grow(b, len);
}

void
buffer_puts(struct buffer *b, const char *text)
{
	buffer_append(b, text, strlen(text));
}

void
buffer_putc(struct buffer *b, char c)
{
	buffer_append(b, &c, 1);
}

void
buffer_printf(struct buffer *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buffer_vprintf(b, format, args);
	va_end(args);
}

void
buffer_vprintf(struct buffer *b, const char *format, va_list args)
{
	va_list measured;
	va_copy(measured, args);
	int len = vsnprintf(NULL, 0, format, measured);
	va_end(measured);

	if (len < 0) {
		b->failed = true;
		return;
	}
	char *end = buffer_reserve(b, (size_t)len);
	if (end == NULL)
		return;
	vsnprintf(end, (size_t)len + 1, format, args);
	buffer_grow(b, (size_t)len);
}

char *
buffer_reserve(struct buffer *b, size_t len)
{
	return make_room(b, len) ? b->data + b->len : NULL;
}

void
buffer_grow(struct buffer *b, size_t len)
{
	assert(!b->failed); /* there was room */
	assert(len < b->cap - b->len);
	b->len += len;
	b->data[b->len] = '\0';
	buffer_check(b);
}

void
buffer_truncate(struct buffer *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->data[len] = '\0';
	buffer_check(b);
}

const char *
buffer_text(const struct buffer *b)
{
	buffer_check(b);
	return b->data == NULL ? "" : b->data;
}

char *
buffer_take(struct buffer *b)
{
	char *text = make_room(b, 0) ? b->data : NULL;

	assert((text == NULL) == b->failed);
	assert(text == NULL || text[b->len] == '\0');
	if (text != NULL)
		*b = BUFFER_EMPTY;
	else
		buffer_free(b);
	return text;
}

void
buffer_free(struct buffer *b)
{
	assert((b->data == NULL) == (b->cap == 0));
	free(b->data);
	*b = BUFFER_EMPTY;
}
