#include "press/dates_text.h"

#include <string.h>

#include "base/text.h"

#define DATE_BYTES_MAX 40 /* of the longest that timestamp_parse() takes */

bool
dates_is_list(const char *path)
{
	const char *name = strrchr(path, '/');

	return name != NULL && strcmp(name + 1, DATES_NAME) == 0 &&
	       text_starts(path, "/articles/") && strstr(path, "/.") == name;
}

static bool
read_line(const char *line, size_t len, struct dates_line *out)
{
	char date[DATE_BYTES_MAX + 1];
	const char *blank = memchr(line, ' ', len);
	size_t date_len = blank == NULL ? len : (size_t)(blank - line);

	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (date_len + 1 >= len || date_len > DATE_BYTES_MAX || memchr(line, '\0', len) != NULL ||
	    memchr(line + date_len, '/', len - date_len) != NULL)
		return false;
	memcpy(date, line, date_len);
	date[date_len] = '\0';
	out->name = blank + 1;
	out->name_len = len - date_len - 1;
	return timestamp_parse(date, &out->date);
}

bool
dates_next(const char **text, size_t *len, struct dates_line *out)
{
	while (*len > 0) {
		const char *line = *text, *end = memchr(line, '\n', *len);
		size_t line_len = end == NULL ? *len : (size_t)(end - line);
		size_t taken = end == NULL ? line_len : line_len + 1;

		*text += taken;
		*len -= taken;
		if (read_line(line, line_len, out))
			return true;
	}
	return false;
}

bool
dates_put(struct buffer *out, int64_t seconds, const char *name)
{
	struct timestamp date = timestamp_at(seconds, "UTC");

	if (*name == '\0' || strpbrk(name, "/\n") != NULL || text_ends(name, "\r"))
		return false;
	timestamp_append(out, &date);
	buffer_printf(out, " %s\n", name);
	return true;
}
