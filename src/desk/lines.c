#include "desk/lines.h"

#include <stdarg.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "gemini/gemtext.h"
#include "store/media.h"

/* What is put together of anybody's words must not turn round what stands beside them. */
static void
keep_direction(struct buffer *line)
{
	if (line->len > 0)
		buffer_truncate(line, text_drop_directions(line->data, line->len));
}

/* Ends a link line whose target was put together in *url, and releases that. */
static void
end_link(struct errand *errand, struct buffer *url, const char *label)
{
	struct buffer words = BUFFER_EMPTY;

	buffer_puts(&words, label);
	keep_direction(&words);
	gemtext_put_link(&errand->out->body, buffer_text(url), buffer_text(&words));
	errand->out->body.failed |= url->failed || words.failed;
	buffer_free(&words);
	buffer_free(url);
}

__attribute__((format(printf, 3, 0))) static void
put_heading(struct errand *errand, int level, const char *format, va_list args)
{
	struct buffer heading = BUFFER_EMPTY;

	buffer_vprintf(&heading, format, args);
	keep_direction(&heading);
	gemtext_put_heading(&errand->out->body, level, buffer_text(&heading));
	errand->out->body.failed |= heading.failed;
	buffer_free(&heading);
}

void
lines_begin(struct errand *errand, const char *format, ...)
{
	va_list args;

	office_gemtext(errand);
	va_start(args, format);
	put_heading(errand, 1, format, args);
	va_end(args);
	buffer_putc(&errand->out->body, '\n');
}

void
lines_put_heading(struct errand *errand, int level, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_heading(errand, level, format, args);
	va_end(args);
}

/* Whether the address of a page about that path could be taken for the file itself: Lagrange shows
 * a link that ends like a picture or a sound in its place, and waits for ever if a page comes. */
static bool
ends_like_media(const char *path)
{
	const char *type = media_by_name(path);

	return type != NULL && !text_starts(type, "text/");
}

void
lines_put_link_to(struct errand *errand, const char *prefix, const char *path, const char *rest,
    const char *label)
{
	struct buffer url = BUFFER_EMPTY;

	buffer_puts(&url, prefix);
	text_append_path(&url, path, strlen(path));
	if (*prefix != '\0' && *rest != '/' && ends_like_media(path))
		buffer_putc(&url, '/'); /* desk.c takes it off */
	buffer_puts(&url, rest);
	end_link(errand, &url, label);
}

void
lines_put_link(struct errand *errand, const char *prefix, const char *path, const char *label)
{
	lines_put_link_to(errand, prefix, path, "", label);
}

void
lines_put_edit(struct errand *errand, const char *path, const char *label)
{
	struct buffer plain = BUFFER_EMPTY, url = BUFFER_EMPTY;

	office_put_url(errand, &plain, "titan", "", path);
	/* In a titan URL parameters begin at the first ";" of the last name. */
	for (const char *c = buffer_text(&plain); *c != '\0'; c++) {
		if (*c == ';')
			buffer_puts(&url, "%3B");
		else
			buffer_putc(&url, *c);
	}
	buffer_puts(&url, ";edit");
	url.failed |= plain.failed;
	buffer_free(&plain);
	end_link(errand, &url, label);
}

void
lines_put_place(struct errand *errand, const char *path)
{
	struct buffer label = BUFFER_EMPTY;
	struct file_row file;

	if (!press_file(errand->desk->press, path, &file))
		return;
	bool is_public = file.state == FILE_ARTICLE || file.state == FILE_PLAIN;
	buffer_printf(&label, "See what is at %s now", path);
	lines_put_link(errand, is_public ? "" : "/desk/preview", path, buffer_text(&label));
	errand->out->body.failed |= label.failed;
	buffer_free(&label);
}

void
lines_put_text(struct errand *errand, const char *format, ...)
{
	struct buffer line = BUFFER_EMPTY;
	va_list args;

	va_start(args, format);
	buffer_vprintf(&line, format, args);
	va_end(args);
	keep_direction(&line);
	gemtext_put_text(&errand->out->body, buffer_text(&line));
	errand->out->body.failed |= line.failed;
	buffer_free(&line);
}

void
lines_put_preformatted(struct buffer *out, const char *alt, const char *bytes, size_t len)
{
	struct buffer block = BUFFER_EMPTY;

	gemtext_put_preformatted(&block, alt, bytes, len);
	gemtext_put_document(out, buffer_text(&block), block.len); /* without controls */
	out->failed |= block.failed;
	buffer_free(&block);
}

/* Appends a text whose last line ends: whether it does in the file is nothing to tell people. */
static void
put_ended(struct buffer *out, const struct buffer *text)
{
	buffer_append(out, buffer_text(text), text->len);
	if (text->len > 0 && text->data[text->len - 1] != '\n')
		buffer_putc(out, '\n');
}

void
lines_put_diff(struct errand *errand, const char *old_name, const struct buffer *old,
    const char *new_name, const struct buffer *new)
{
	struct buffer diff = BUFFER_EMPTY, before = BUFFER_EMPTY, after = BUFFER_EMPTY;
	struct error err;

	put_ended(&before, old);
	put_ended(&after, new);
	if (!history_diff(old_name, buffer_text(&before), before.len, new_name, buffer_text(&after),
		after.len, &diff, &err))
		response_set(errand->out, GEMINI_TEMPORARY_FAILURE, "Try again soon: %s", err.text);
	else if (diff.len == 0)
		lines_put_text(errand, "Nothing: both are the same.");
	else
		lines_put_preformatted(&errand->out->body, "diff", buffer_text(&diff), diff.len);
	errand->out->body.failed |= diff.failed || before.failed || after.failed;
	buffer_free(&diff);
	buffer_free(&before);
	buffer_free(&after);
}

void
lines_put_version(const struct errand *errand, struct buffer *out, const char *commit)
{
	struct history *history = press_history(errand->desk->press);
	int64_t seconds;

	if (history != NULL && history_when(history, commit, &seconds))
		lines_put_minute(errand, out, seconds);
	else
		buffer_puts(out, commit);
}

void
lines_put_day(const struct errand *errand, struct buffer *out, int64_t seconds)
{
	struct timestamp then = timestamp_at(seconds, errand->desk->capsule->timezone);

	buffer_printf(out, "%04d-%02d-%02d", then.year, then.month, then.day);
}

void
lines_put_minute(const struct errand *errand, struct buffer *out, int64_t seconds)
{
	struct timestamp then = timestamp_at(seconds, errand->desk->capsule->timezone);

	lines_put_day(errand, out, seconds);
	buffer_printf(out, " %02d:%02d", then.hour, then.minute);
}

void
lines_put_date(
    const struct errand *errand, struct buffer *out, const struct source *source, int64_t published)
{
	struct timestamp day = source->date;

	if (!source->has_date)
		day = timestamp_at(published, errand->desk->capsule->timezone);
	day.has_time = day.has_zone = false;
	timestamp_append(out, &day);
}
