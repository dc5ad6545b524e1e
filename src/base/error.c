#include "base/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Formats by way of a copy: an argument may be the very text that is replaced. */
__attribute__((format(printf, 2, 0))) static void
write_text(char *out, const char *format, va_list args)
{
	char whole[ERROR_TEXT_MAX + 4]; /* long enough to see whether a character gets cut */

	vsnprintf(whole, sizeof(whole), format, args);
	size_t len = text_cut(whole, strlen(whole), ERROR_TEXT_MAX - 1);
	assert(len < ERROR_TEXT_MAX);
	memcpy(out, whole, len);
	out[len] = '\0';
}

bool
error_set(struct error *err, const char *format, ...)
{
	va_list args;

	if (err == NULL)
		return false;
	va_start(args, format);
	write_text(err->text, format, args);
	va_end(args);
	return false;
}

bool
error_prefix(struct error *err, const char *format, ...)
{
	char prefix[ERROR_TEXT_MAX];
	va_list args;

	if (err == NULL)
		return false;
	va_start(args, format);
	write_text(prefix, format, args);
	va_end(args);
	return error_set(err, "%s: %s", prefix, err->text);
}
