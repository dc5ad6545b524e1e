#include "process/redact.h"

#include <string.h>

#include "base/text.h"
#include "gemini/url.h"

#define TOKEN ";token="

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

/* What a line is to say in place of all that follows its host; NULL: it holds no secret there. The
 * path is looked at decoded, as the desk does. */
static const char *
secret_page(const struct url *url)
{
	if (text_starts(url->path, "/desk/do/"))
		return url->has_query ? "/desk/do/-?-" : "/desk/do/-";
	if (text_starts(url->path, "/desk/join") && url->has_query)
		return "/desk/join?-";
	return NULL;
}

static void
append_to_host(struct buffer *out, const char *line)
{
	const char *host = strstr(line, "://") + 3; /* a line that parses has one */

	buffer_append(out, line, (size_t)(host - line) + strcspn(host, "/?;"));
}

void
redact_line(const char *line, struct buffer *out)
{
	struct url url;
	char reason[128];

	if (url_parse(line, strlen(line), &url, reason, sizeof(reason)) == URL_OK) {
		const char *page = secret_page(&url);
		if (page == NULL) {
			append_without_tokens(out, line);
			return;
		}
		append_to_host(out, line);
		buffer_puts(out, page);
		return;
	}
	const char *desk = strstr(line, "/desk/");
	if (desk == NULL) {
		append_without_tokens(out, line);
		return;
	}
	buffer_append(out, line, (size_t)(desk - line));
	buffer_puts(out, "/desk/-");
}
