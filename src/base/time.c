#include "base/time.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ZONE_FOLDER        "/usr/share/zoneinfo/"
#define ZONE_NAME_MAX      64 /* bytes */
#define SECONDS_PER_MINUTE INT64_C(60)
#define SECONDS_PER_DAY    INT64_C(86400)
#define FIRST_SECOND       INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define LAST_SECOND        INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

/* Days from 1970-01-01 to a date of the proleptic Gregorian calendar. Years are counted from
 * March, so that the leap day is the last of its year. */
static int64_t
days_from_date(int year, int month, int day)
{
	int64_t y = year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

static int
days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	assert(month >= 1 && month <= 12);
	bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && is_leap ? 29 : days[month - 1];
}

static void
date_from_days(int64_t days, struct timestamp *out)
{
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t day_of_era = shifted - era * 146097;
	int64_t year_of_era =
	    (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
	    day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month_from_march = (5 * day_of_year + 2) / 153;

	out->day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
	out->month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
	out->year = (int)(year_of_era + era * 400 + (out->month <= 2));
	assert(out->month >= 1 && out->month <= 12);
	assert(out->day >= 1 && out->day <= days_in_month(out->year, out->month));
}

/* Reads exactly count digits at *at into *out and moves on. */
static bool
take_number(const char **at, int count, int *out)
{
	int number = 0;

	assert(count >= 1 && count <= 4); /* an int holds them */
	for (int i = 0; i < count; i++) {
		char c = (*at)[i];
		if (c < '0' || c > '9')
			return false;
		number = number * 10 + (c - '0');
	}
	*at += count;
	*out = number;
	return true;
}

static bool
take_char(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static bool
take_date(const char **at, struct timestamp *t)
{
	return take_number(at, 4, &t->year) && take_char(at, '-') &&
	       take_number(at, 2, &t->month) && take_char(at, '-') && take_number(at, 2, &t->day) &&
	       t->year >= 1 && t->month >= 1 && t->month <= 12 && t->day >= 1 &&
	       t->day <= days_in_month(t->year, t->month);
}

static bool
take_time_of_day(const char **at, struct timestamp *t)
{
	int fraction_digit;

	if (!take_number(at, 2, &t->hour) || !take_char(at, ':') || !take_number(at, 2, &t->minute))
		return false;
	if (take_char(at, ':')) {
		if (!take_number(at, 2, &t->second))
			return false;
		if (take_char(at, '.')) {
			if (!take_number(at, 1, &fraction_digit))
				return false;
			while (take_number(at, 1, &fraction_digit))
				continue;
		}
	}
	if (t->hour > 23 || t->minute > 59 || t->second > 60)
		return false;
	if (t->second == 60)
		t->second = 59;
	t->has_time = true;
	return true;
}

static bool
take_offset(const char **at, struct timestamp *t)
{
	int hours, minutes;

	t->has_zone = true;
	if (take_char(at, 'Z'))
		return true;
	int sign = **at == '-' ? -1 : 1;
	if (!take_char(at, '+') && !take_char(at, '-'))
		return false;
	if (!take_number(at, 2, &hours) || !take_char(at, ':') || !take_number(at, 2, &minutes))
		return false;
	t->offset_minutes = sign * (hours * 60 + minutes);
	return hours <= 23 && minutes <= 59;
}

bool
timestamp_parse(const char *text, struct timestamp *out)
{
	struct timestamp t = {0};

	if (!take_date(&text, &t))
		return false;
	if (take_char(&text, 'T') || take_char(&text, ' ')) {
		if (!take_time_of_day(&text, &t))
			return false;
		if (*text != '\0' && !take_offset(&text, &t))
			return false;
	}
	if (*text != '\0')
		return false;
	*out = t;
	return true;
}

static bool
is_utc(const char *zone)
{
	return zone == NULL || strcmp(zone, "UTC") == 0;
}

/* The C library keeps one zone at a time. */
static void
enter_zone(const char *zone)
{
	assert(!is_utc(zone));
	const char *current = getenv("TZ");

	if (current != NULL && strcmp(current, zone) == 0)
		return;
	setenv("TZ", zone, 1);
	tzset();
}

/* What the clocks of zone showed at that second, in whole minutes. Rounded up where an old
 * offset had seconds, so that midnight never falls back into the day before. */
static int
offset_minutes_at(int64_t seconds, const char *zone)
{
	struct tm local;
	time_t at = (time_t)seconds;

	if (is_utc(zone))
		return 0;
	enter_zone(zone);
	if (localtime_r(&at, &local) == NULL)
		return 0;
	long offset = local.tm_gmtoff;
	return (int)(offset > 0 ? (offset + 59) / 60 : offset / 60);
}

static int64_t
clamp(int64_t seconds)
{
	if (seconds < FIRST_SECOND)
		return FIRST_SECOND;
	return seconds > LAST_SECOND ? LAST_SECOND : seconds;
}

/* A moment that there is, as time.h has it. */
static void
timestamp_check(const struct timestamp *t)
{
	assert(t->year >= 1 && t->year <= 9999);
	assert(t->month >= 1 && t->month <= 12);
	assert(t->day >= 1 && t->day <= days_in_month(t->year, t->month));
	assert(t->hour >= 0 && t->hour <= 23);
	assert(t->minute >= 0 && t->minute <= 59);
	assert(t->second >= 0 && t->second <= 59);
}

int64_t
timestamp_seconds(const struct timestamp *t, const char *zone)
{
	timestamp_check(t);
	int64_t as_utc = days_from_date(t->year, t->month, t->day) * SECONDS_PER_DAY +
			 (t->hour * 60 + t->minute) * SECONDS_PER_MINUTE + t->second;

	if (t->has_zone || is_utc(zone))
		return clamp(as_utc - t->offset_minutes * SECONDS_PER_MINUTE);

	struct tm local = {
	    .tm_year = t->year - 1900,
	    .tm_mon = t->month - 1,
	    .tm_mday = t->day,
	    .tm_hour = t->hour,
	    .tm_min = t->minute,
	    .tm_sec = t->second,
	    .tm_isdst = -1,
	    .tm_wday = -1, /* stays when mktime fails: -1 is a second like others */
	};
	enter_zone(zone);
	time_t seconds = mktime(&local);
	return clamp(local.tm_wday == -1 ? as_utc : (int64_t)seconds);
}

struct timestamp
timestamp_at(int64_t seconds, const char *zone)
{
	struct timestamp t = {.has_time = true, .has_zone = true};

	seconds = clamp(seconds);
	t.offset_minutes = offset_minutes_at(seconds, zone);
	int64_t shown = seconds + t.offset_minutes * SECONDS_PER_MINUTE;
	if (shown != clamp(shown)) { /* the year 0 or 10000 there: show it as UTC */
		t.offset_minutes = 0;
		shown = seconds;
	}
	int64_t since_first = shown - FIRST_SECOND;
	int second_of_day = (int)(since_first % SECONDS_PER_DAY);
	date_from_days((shown - second_of_day) / SECONDS_PER_DAY, &t);
	t.hour = second_of_day / 3600;
	t.minute = second_of_day / 60 % 60;
	t.second = second_of_day % 60;
	timestamp_check(&t);
	return t;
}

void
timestamp_append(struct buffer *out, const struct timestamp *t)
{
	timestamp_check(t);
	buffer_printf(out, "%04d-%02d-%02d", t->year, t->month, t->day);
	if (!t->has_time)
		return;
	buffer_printf(out, "T%02d:%02d:%02d", t->hour, t->minute, t->second);
	if (!t->has_zone)
		return;
	if (t->offset_minutes == 0) {
		buffer_putc(out, 'Z');
		return;
	}
	int minutes = abs(t->offset_minutes);
	buffer_printf(
	    out, "%c%02d:%02d", t->offset_minutes < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

/* The folder holds lists and tables too; a zone starts with its format's name (RFC 8536). */
static bool
is_zone_file(const char *path)
{
	char magic[4] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd == -1)
		return false;
	bool is_zone = read(fd, magic, sizeof(magic)) == (ssize_t)sizeof(magic) &&
		       memcmp(magic, "TZif", sizeof(magic)) == 0;
	close(fd);
	return is_zone;
}

bool
zone_exists(const char *zone)
{
	if (is_utc(zone))
		return zone != NULL;
	size_t len = strlen(zone);
	if (len == 0 || len > ZONE_NAME_MAX || zone[0] == '/' || zone[0] == '.')
		return false;
	if (strstr(zone, "..") != NULL)
		return false;

	char path[sizeof(ZONE_FOLDER) + ZONE_NAME_MAX] = ZONE_FOLDER;
	memcpy(path + sizeof(ZONE_FOLDER) - 1, zone, len + 1);
	return is_zone_file(path);
}
