#include "command/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

__attribute__((format(printf, 4, 0))) static void
print_line(FILE *to, const char *where, const char *kind, const char *format, va_list args)
{
	struct buffer said = BUFFER_EMPTY, line = BUFFER_EMPTY;

	buffer_printf(&said, "%s: %s", where, kind);
	buffer_vprintf(&said, format, args);
	text_append_escaped(&line, buffer_text(&said), said.len);
	fprintf(to, "%s\n", line.failed || said.failed ? "out of memory" : buffer_text(&line));
	buffer_free(&said);
	buffer_free(&line);
}

void
findings_error(struct findings *f, const char *where, const char *format, ...)
{
	va_list args;

	f->errors++;
	va_start(args, format);
	print_line(stderr, where, "", format, args);
	va_end(args);
}

void
findings_trouble(struct findings *f, const struct error *err)
{
	struct buffer line = BUFFER_EMPTY;

	f->errors++;
	text_append_escaped(&line, err->text, strlen(err->text));
	fprintf(stderr, "%s\n", line.failed ? "out of memory" : buffer_text(&line));
	buffer_free(&line);
}

void
findings_broken(struct findings *f, const char *where, const char *format, ...)
{
	va_list args;

	f->broken++;
	va_start(args, format);
	print_line(stdout, where, "", format, args);
	va_end(args);
}

void
findings_warn(struct findings *f, const char *where, const char *format, ...)
{
	va_list args;

	f->warnings++;
	va_start(args, format);
	print_line(stdout, where, "warning: ", format, args);
	va_end(args);
}
