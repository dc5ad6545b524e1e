#include "formats/date.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"

#define MONTHS          12
#define MONTH_SHORT_LEN 3 /* letters that tell a month */

static const char *const month_names[MONTHS] = {"January", "February", "March", "April", "May",
    "June", "July", "August", "September", "October", "November", "December"};

/* The month that text begins with, in full or short, 1 to 12, and how long its name is; else 0. */
static int
read_month(const char *text, size_t *out_len)
{
	size_t len = 0;

	while (isalpha((unsigned char)text[len]))
		len++;
	for (int month = 0; month < MONTHS; month++)
		if (len >= MONTH_SHORT_LEN && strncasecmp(text, month_names[month], len) == 0 &&
		    len <= strlen(month_names[month])) {
			*out_len = len + (text[len] == '.');
			return month + 1;
		}
	return 0;
}

/* Takes a number of at most max digits, and blanks and commas behind it. -1 if there is none. */
static int
take_number(const char **text, size_t max)
{
	size_t len = 0;
	int number = 0;

	while (len <= max && isdigit((unsigned char)(*text)[len]))
		number = number * 10 + ((*text)[len++] - '0');
	if (len == 0 || len > max)
		return -1;
	*text += len;
	*text += strspn(*text, " ,");
	return number;
}

static int
take_month(const char **text)
{
	size_t len = 0;
	int month = read_month(*text, &len);

	*text += len;
	*text += strspn(*text, " ,");
	return month;
}

/* A day of that year, if there is one. */
static bool
make_day(int year, int month, int day, struct timestamp *out)
{
	char iso[64];

	if (year < 0 || month < 1 || day < 1)
		return false;
	snprintf(iso, sizeof(iso), "%04d-%02d-%02d", year, month, day);
	return timestamp_parse(iso, out);
}

static bool
read_month_first(const char *text, struct timestamp *out)
{
	int month = take_month(&text);
	int day = take_number(&text, 2);

	return make_day(take_number(&text, 4), month, day, out);
}

static bool
read_day_first(const char *text, struct timestamp *out)
{
	int day = take_number(&text, 2);
	int month = take_month(&text);

	return make_day(take_number(&text, 4), month, day, out);
}

/* ISO 8601, with the zone as some programs write it. */
static bool
read_iso(const char *text, struct timestamp *out)
{
	struct buffer iso = BUFFER_EMPTY;
	size_t len = strlen(text);
	bool has_short_zone = len > TIME_ISO_DATE_LEN + 5 &&
			      strspn(text + len - 4, "0123456789") == 4 &&
			      (text[len - 5] == '+' || text[len - 5] == '-');
	size_t time_len = has_short_zone ? len - 5 : len;

	while (has_short_zone && time_len > 0 && text[time_len - 1] == ' ')
		time_len--;
	buffer_append(&iso, text, time_len);
	if (has_short_zone)
		buffer_printf(&iso, "%.3s:%s", text + len - 5, text + len - 2);
	bool is_read = timestamp_parse(buffer_text(&iso), out);
	buffer_free(&iso);
	return is_read;
}

/* What stands behind a weekday, or text itself. */
static const char *
skip_weekday(const char *text)
{
	size_t len = strcspn(text, ",");

	return isalpha((unsigned char)text[0]) && text[len] == ',' && strcspn(text, " ") > len
		   ? text + len + 1 + strspn(text + len + 1, " ")
		   : text;
}

bool
date_read(const char *text, struct timestamp *out)
{
	const char *day = skip_weekday(text);

	return read_iso(text, out) || read_month_first(day, out) || read_day_first(day, out);
}

bool
date_is_meant(const char *text)
{
	int month = take_month(&text);
	int day = take_number(&text, 2);

	return month > 0 && day >= 0 && take_number(&text, 4) >= 0;
}

bool
date_read_path(const char *path, struct timestamp *out)
{
	for (const char *at = path; at != NULL; at = strchr(at, '/')) {
		char day[TIME_ISO_DATE_LEN + 2] = "";

		at += *at == '/';
		strncat(day, at, TIME_ISO_DATE_LEN + 1);
		if (strlen(day) <= TIME_ISO_DATE_LEN || day[4] != '/' || day[7] != '/' ||
		    day[TIME_ISO_DATE_LEN] != '/')
			continue;
		day[4] = day[7] = '-';
		day[TIME_ISO_DATE_LEN] = '\0';
		if (timestamp_parse(day, out))
			return true;
	}
	return false;
}
