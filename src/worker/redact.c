#include "worker/redact.h"

#include <string.h>

#include "base/text.h"
#include "desk/desk.h"
#include "gemini/url.h"
#include "upload/admission.h"

#define TOKEN        ";token="
#define HIDDEN_QUERY "?-"

/* Up to where a value of Titan's may reach: blanks, "?" and even ";" belong to it (see
 * gemini/titan.h), so only another parameter ends it. */
static const char *
end_of_value(const char *at)
{
	for (; *at != '\0'; at++)
		if (text_starts(at, ";size=") || text_starts(at, ";mime=") ||
		    text_starts(at, TOKEN))
			return at;
	return at;
}

static void
append_without_tokens(struct buffer *out, const char *text)
{
	const char *token;

	while ((token = strstr(text, TOKEN)) != NULL) {
		buffer_append(out, text, (size_t)(token - text));
		buffer_puts(out, TOKEN "-");
		text = end_of_value(token + strlen(TOKEN));
	}
	buffer_puts(out, text);
}

static void
append_to_host(struct buffer *out, const char *line)
{
	const char *host = strstr(line, "://") + 3; /* a line that parses has one */

	buffer_append(out, line, (size_t)(host - line) + strcspn(host, "/?;"));
}

static void
append_beginning(struct buffer *out, const char *line, size_t len)
{
	struct buffer beginning = BUFFER_EMPTY;

	buffer_append(&beginning, line, len);
	append_without_tokens(out, buffer_text(&beginning));
	out->failed |= beginning.failed;
	buffer_free(&beginning);
}

/* Appends a line up to its query, of which nothing is told. */
static void
append_without_query(struct buffer *out, const char *line)
{
	size_t len = strcspn(line, "?");

	append_beginning(out, line, len);
	if (line[len] == '?')
		buffer_puts(out, HIDDEN_QUERY);
}

/* The line of a page of the desk. Its path is looked at decoded, as the desk does. */
static void
append_desk_line(struct buffer *out, const char *line, const struct url *url)
{
	size_t told = desk_told_len(url->path);

	if (told == strlen(url->path)) {
		append_without_query(out, line);
		return;
	}
	append_to_host(out, line);
	buffer_append(out, url->path, told);
	buffer_puts(out, url->has_query ? "-" HIDDEN_QUERY : "-");
}

/* A line that no parser understands may still be meant for the desk: what comes first in it, a
 * query or the name of a page of the desk, ends what is told. */
static void
append_strange_line(struct buffer *out, const char *line)
{
	static const char *const names[] = {"/desk", "/welcome"};
	size_t len = strcspn(line, "?");
	const char *name = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *found = strstr(line, names[i]);

		if (found != NULL && (size_t)(found - line) < len) {
			len = (size_t)(found - line);
			name = names[i];
		}
	}
	if (name == NULL) {
		append_without_query(out, line);
		return;
	}
	append_beginning(out, line, len);
	buffer_printf(out, "%s/-", name);
}

void
redact_line(const char *line, struct buffer *out)
{
	struct url url;
	char reason[128];

	if (url_parse(line, strlen(line), &url, reason, sizeof(reason)) != URL_OK)
		append_strange_line(out, line);
	else if (admission_of(url.path) != ADMISSION_PUBLIC)
		append_desk_line(out, line, &url);
	else
		append_without_tokens(out, line);
}
