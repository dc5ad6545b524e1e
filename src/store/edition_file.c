#include "store/edition_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

#define DIGITS_MAX 9 /* of an edition's number */

void
edition_file_path(char out[static EDITION_PATH_MAX], const char *folder, unsigned number)
{
	snprintf(out, EDITION_PATH_MAX, "%s/edition-%u.db", folder, number);
}

/* The N of "edition-N.db", or 0. */
static unsigned
number_of(const char *name)
{
	static const char start[] = "edition-";
	const char *digits = name + sizeof(start) - 1;

	if (!text_starts(name, start))
		return 0;
	size_t len = strspn(digits, "0123456789");
	if (len == 0 || len > DIGITS_MAX || strcmp(digits + len, ".db") != 0)
		return 0;
	return (unsigned)strtoul(digits, NULL, 10);
}

static int
newest_first(const void *a, const void *b)
{
	unsigned left = *(const unsigned *)a, right = *(const unsigned *)b;

	return (left < right) - (left > right);
}

static bool
add_number(unsigned number, unsigned **numbers, size_t *count)
{
	unsigned *grown = realloc(*numbers, (*count + 1) * sizeof(**numbers));

	if (grown == NULL)
		return false;
	grown[(*count)++] = number;
	*numbers = grown;
	return true;
}

bool
edition_file_numbers(const char *folder, unsigned **out, size_t *out_count, struct error *err)
{
	unsigned *numbers = NULL;
	size_t count = 0;
	DIR *dir = opendir(folder);
	struct dirent *entry;

	if (dir == NULL && errno != ENOENT)
		return error_set(err, "%s: %s", folder, strerror(errno));
	/* cppcheck-suppress readdirCalled ; nobody else reads this stream */
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		unsigned number = number_of(entry->d_name);
		if (number == 0 || add_number(number, &numbers, &count))
			continue;
		closedir(dir);
		free(numbers);
		return error_set(err, "out of memory");
	}
	if (dir != NULL)
		closedir(dir);
	if (count > 0)
		qsort(numbers, count, sizeof(*numbers), newest_first);
	*out = numbers;
	*out_count = count;
	return true;
}

void
edition_file_remove(const char *folder, unsigned number)
{
	static const char *const endings[] = {"", "-wal", "-shm"};
	char path[EDITION_PATH_MAX], name[EDITION_PATH_MAX + 8];

	edition_file_path(path, folder, number);
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		snprintf(name, sizeof(name), "%s%s", path, endings[i]);
		unlink(name);
	}
}

int
edition_file_pragma(struct database *database, const char *pragma)
{
	sqlite3_stmt *statement = NULL;
	int value = -1;

	int code = sqlite3_prepare_v2(database->db, pragma, -1, &statement, NULL);
	if (code == SQLITE_OK && database_step(database, statement))
		value = sqlite3_column_int(statement, 0);
	else
		database_note(database, code);
	sqlite3_finalize(statement);
	return value;
}

void
edition_file_counts(struct database *database, size_t which, struct edition_counts *out)
{
	int64_t files[FILE_STATE_COUNT] = {0};
	sqlite3_stmt *row = database_statement(database, which);

	while (database_step(database, row)) {
		int64_t state = sqlite3_column_int64(row, 0);
		if (state >= 0 && state < FILE_STATE_COUNT)
			files[state] = sqlite3_column_int64(row, 1);
	}
	sqlite3_reset(row);
	*out = (struct edition_counts){
	    .articles = files[FILE_ARTICLE],
	    .scheduled = files[FILE_SCHEDULED],
	    .drafts = files[FILE_DRAFT],
	    .broken = files[FILE_BROKEN],
	    .files = files[FILE_PLAIN],
	};
}
