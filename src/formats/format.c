#include "formats/format.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "formats/atom.h"
#include "formats/clipping.h"
#include "formats/html.h"
#include "formats/marked.h"

static const struct {
	const char *ending;
	enum format format;
} endings[] = {
    {".md", FORMAT_MARKDOWN},
    {".markdown", FORMAT_MARKDOWN},
    {".gmi", FORMAT_GEMTEXT},
    {".gemini", FORMAT_GEMTEXT},
    {".txt", FORMAT_TEXT},
    {".text", FORMAT_TEXT},
    {".html", FORMAT_HTML},
    {".htm", FORMAT_HTML},
    {".xhtml", FORMAT_HTML},
    {".atom", FORMAT_ATOM},
    {".xml", FORMAT_ATOM},
};

enum format
format_by_name(const char *name)
{
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot != NULL && i < sizeof(endings) / sizeof(endings[0]); i++)
		if (strcasecmp(dot, endings[i].ending) == 0)
			return endings[i].format;
	return FORMAT_OTHER;
}

enum format
format_by_content(const char *bytes, size_t len)
{
	static const struct {
		const char *start;
		enum format format;
	} starts[] = {
	    {"<!doctype html", FORMAT_HTML},
	    {"<html", FORMAT_HTML},
	    {"<?xml", FORMAT_ATOM},
	    {"<feed", FORMAT_ATOM},
	};

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (len >= strlen(starts[i].start) &&
		    strncasecmp(bytes, starts[i].start, strlen(starts[i].start)) == 0)
			return starts[i].format;
	return text_is_utf8(bytes, len) && memchr(bytes, '\0', len) == NULL ? FORMAT_TEXT
									    : FORMAT_OTHER;
}

static bool
check_encoding(const char *bytes, size_t len, struct error *err)
{
	size_t bad_line = text_bad_line(bytes, len);

	return bad_line == 0 || error_set(err, "line %zu: not valid UTF-8", bad_line);
}

bool
format_read(enum format format, const char *path, const char *bytes, size_t len, struct pieces *out,
    struct error *err)
{
	switch (format) {
	case FORMAT_MARKDOWN:
	case FORMAT_GEMTEXT:
		return check_encoding(bytes, len, err) &&
		       marked_read(path, bytes, len, format == FORMAT_MARKDOWN, out, err);
	case FORMAT_TEXT:
		return check_encoding(bytes, len, err) && clipping_read(bytes, len, out, err);
	case FORMAT_HTML:
		return html_read(bytes, len, out, err);
	case FORMAT_ATOM:
		return atom_read(bytes, len, out, err);
	case FORMAT_OTHER:
		break;
	}
	return error_set(err, "expected Markdown, gemtext, plain text, HTML or Atom");
}
