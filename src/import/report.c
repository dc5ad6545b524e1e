#include "import/report.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/text.h"
#include "command/progress.h"

static void
print_text(const struct buffer *text)
{
	struct buffer line = BUFFER_EMPTY;

	text_append_escaped(&line, buffer_text(text), text->len);
	progress_clear();
	printf("%s\n", line.failed || text->failed ? "out of memory" : buffer_text(&line));
	buffer_free(&line);
}

static void __attribute__((format(printf, 3, 0)))
print_line(const char *file, const char *kind, const char *format, va_list args)
{
	struct buffer text = BUFFER_EMPTY;

	buffer_printf(&text, "%s: %s", file, kind);
	buffer_vprintf(&text, format, args);
	print_text(&text);
	buffer_free(&text);
}

static void
print_move(const struct report *report, const char *file, const char *path)
{
	struct buffer text = BUFFER_EMPTY;

	buffer_printf(&text, "%s %s %s", file, report->is_dry ? "would become" : "->", path);
	print_text(&text);
	buffer_free(&text);
}

void
report_taken(struct report *report, const char *file, const char *path, bool is_draft)
{
	if (is_draft)
		report->drafts++;
	else
		report->articles++;
	print_move(report, file, path);
}

void
report_picture(struct report *report, const char *file, const char *path)
{
	report->pictures++;
	print_move(report, file, path);
}

void
report_there(struct report *report, const char *file, const char *path, bool is_changed)
{
	struct buffer text = BUFFER_EMPTY;

	report->there++;
	buffer_printf(&text, "%s: already there: %s%s", file, path,
	    is_changed ? ", changed since; left as it is" : "");
	print_text(&text);
	buffer_free(&text);
}

void
report_refused(struct report *report, const char *file, const char *format, ...)
{
	va_list args;

	report->refused++;
	va_start(args, format);
	print_line(file, "not taken: ", format, args);
	va_end(args);
}

void
report_passed_over(struct report *report, const char *file, const char *why)
{
	struct buffer text = BUFFER_EMPTY;

	report->passed_over++;
	buffer_printf(&text, "%s: passed over: %s", file, why);
	print_text(&text);
	buffer_free(&text);
}

void
report_note(struct report *report, const char *file, const char *format, ...)
{
	va_list args;

	report->notes++;
	va_start(args, format);
	print_line(file, "note: ", format, args);
	va_end(args);
}

static const char *
plural(size_t count)
{
	return count == 1 ? "" : "s";
}

void
report_summary(const struct report *r)
{
	progress_clear();
	printf("%s%zu article%s, %zu draft%s and %zu picture%s taken; %zu already there, %zu not "
	       "taken, %zu passed over, %zu note%s\n",
	    r->is_dry ? "dry run: " : "", r->articles, plural(r->articles), r->drafts,
	    plural(r->drafts), r->pictures, plural(r->pictures), r->there, r->refused,
	    r->passed_over, r->notes, plural(r->notes));
}
