#include "upload/kinds.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "store/media.h"

/* SVG is not among them: it is a program, and libmagic cannot vouch for it. */
static const struct {
	const char *type, *ending;
} pictures[] = {
    {"image/png", "png"},
    {"image/jpeg", "jpg"},
    {"image/gif", "gif"},
    {"image/webp", "webp"},
    {"image/avif", "avif"},
    {"application/pdf", "pdf"},
};

static const char *const article_types[] = {"text/gemini", "text/plain", "text/markdown"};

const char *
kinds_ending(const char *type)
{
	for (size_t i = 0; i < sizeof(pictures) / sizeof(pictures[0]); i++)
		if (strcmp(pictures[i].type, type) == 0)
			return pictures[i].ending;
	return NULL;
}

const char *
kinds_picture(const char *name)
{
	const char *type = media_by_name(name);

	return type != NULL && kinds_ending(type) != NULL ? type : NULL;
}

bool
kinds_is(const char *type, const char *wanted)
{
	size_t len = strcspn(type, "; ");

	if (len == strlen("image/jpg") && strncasecmp(type, "image/jpg", len) == 0)
		return strcmp(wanted, "image/jpeg") == 0;
	return len == strlen(wanted) && strncasecmp(type, wanted, len) == 0;
}

bool
kinds_is_unsaid(const char *type)
{
	return kinds_is(type, "application/octet-stream");
}

bool
kinds_names_picture(const char *type)
{
	for (size_t i = 0; i < sizeof(pictures) / sizeof(pictures[0]); i++)
		if (kinds_is(type, pictures[i].type))
			return true;
	return false;
}

/* Whether the charset is not given, or one that UTF-8 holds. */
static bool
is_utf8(const char *type)
{
	const char *charset = strcasestr(type, "charset=");

	if (charset == NULL)
		return true;
	charset += strlen("charset=");
	charset += *charset == '"';
	return strncasecmp(charset, "utf-8", 5) == 0 || strncasecmp(charset, "us-ascii", 8) == 0;
}

bool
kinds_is_article(const char *type)
{
	for (size_t i = 0; i < sizeof(article_types) / sizeof(article_types[0]); i++)
		if (kinds_is(type, article_types[i]))
			return is_utf8(type);
	return false;
}

bool
kinds_is_markdown(const char *type)
{
	return kinds_is(type, "text/markdown");
}

bool
kinds_is_text(const char *name, const char *type)
{
	const char *by_name = media_by_name(name);

	return text_starts(by_name == NULL ? type : by_name, "text/");
}
