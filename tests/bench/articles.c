/*
 * articles - writes the archive of a daily paper: COUNT articles of 2 KB, 20 a day, the last on
 * 31 December 2024 and the others on the days before it.
 *
 *   articles FOLDER COUNT
 *
 * They become FOLDER/YYYY/MM/article-N.gmi, N = 1 being the newest. Ten authors and ten tags take
 * turns, so that every archive of some hundred articles has full pages of each. The word
 * "harbour" stands in all of them, "zeppelin" in 5 of any archive. Prints the Unix second at which
 * the third of its days began: 40 articles, or all of an archive of less, are older.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define A_DAY     20
#define RARE      5
#define DAY       86400
#define LAST_DAY  1735603200 /* 2024-12-31 */
#define SENTENCES 24

static const char *const words[] = {"council", "bridge", "ferry", "winter", "library", "market",
    "garden", "school", "railway", "orchard", "theatre", "hospital", "river", "budget", "museum",
    "weather", "election", "festival", "kitchen", "lantern", "mountain", "island", "factory",
    "painter", "season", "village", "teacher", "concert", "engine", "letter", "paper", "window"};

static void
die(const char *what)
{
	fprintf(stderr, "articles: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The same words for the same article wherever it stands. */
static const char *
next_word(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return words[(*state >> 16) % (sizeof(words) / sizeof(words[0]))];
}

static void
make_folder(const char *path)
{
	if (mkdir(path, 0777) == -1 && errno != EEXIST)
		die(path);
}

static void
put_text(FILE *file, long number, long rare_step)
{
	uint32_t state = (uint32_t)number;

	for (int i = 0; i < SENTENCES; i++) {
		fprintf(file, "The %s and the %s ", next_word(&state), next_word(&state));
		fprintf(file, "of the %s met a %s ", next_word(&state), next_word(&state));
		fprintf(file, "at the harbour of the %s.%s", next_word(&state),
		    i % 4 == 3 ? "\n\n" : " ");
	}
	if (number % rare_step == 0)
		fprintf(file, "A zeppelin passed.\n");
}

static void
write_article(const char *folder, long number, long count)
{
	char path[1200];
	struct tm day;
	long rank = number - 1; /* from the newest */
	time_t second = LAST_DAY - rank / A_DAY * DAY + (A_DAY - rank % A_DAY) * 3600;
	uint32_t state = (uint32_t)number * 7;

	gmtime_r(&second, &day);
	int len = snprintf(path, sizeof(path), "%s/%04d", folder, day.tm_year + 1900);
	make_folder(path);
	len += snprintf(path + len, sizeof(path) - (size_t)len, "/%02d", day.tm_mon + 1);
	make_folder(path);
	snprintf(path + len, sizeof(path) - (size_t)len, "/article-%ld.gmi", number);
	FILE *file = fopen(path, "we");
	if (file == NULL)
		die(path);
	fprintf(file, "---\ntitle = The %s of the %s %ld\n", next_word(&state), next_word(&state),
	    number);
	fprintf(file, "author = Author %ld\ntags = topic %ld, topic %ld\n", number % 10,
	    number % 10, number / 10 % 10);
	fprintf(file, "date = %04d-%02d-%02dT%02d:00:00\n---\n", day.tm_year + 1900, day.tm_mon + 1,
	    day.tm_mday, day.tm_hour);
	put_text(file, number, count < RARE ? 1 : count / RARE);
	if (fclose(file) != 0)
		die(path);
}

int
main(int argc, char **argv)
{
	long count = argc == 3 ? atol(argv[2]) : 0;

	if (count < 1) {
		fprintf(stderr, "usage: articles FOLDER COUNT\n");
		return 2;
	}
	for (long number = 1; number <= count; number++)
		write_article(argv[1], number, count);
	printf("%" PRId64 "\n", (int64_t)LAST_DAY - ((count - 1) / A_DAY - 2) * (int64_t)DAY);
	return 0;
}
