#include "press/editions.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "press/revisions.h"
#include "store/edition_file.h"

/* How long readers may take to change over to a new edition. */
#define CHANGE_OVER_MS ((int64_t)3600 * 1000)

/* The number after the greatest there is, finished or not, damaged or not. */
static bool
next_number(const struct press *press, unsigned *out, struct error *err)
{
	unsigned *numbers = NULL;
	size_t count = 0;

	if (!edition_file_numbers(press->folder, &numbers, &count, err))
		return false;
	*out = count == 0 ? 1 : numbers[0] + 1;
	free(numbers);
	return true;
}

/* What an edition says of the pictures it stands beside; "" if they are as they came. */
static const char *
pictures_are(const struct press *press)
{
	return press->capsule->keep_metadata ? "" : "cleaned";
}

bool
editions_begin(struct press *press, struct error *err)
{
	unsigned number = 0;

	assert(!press->batch.is_open);
	if (press->next != NULL)
		return true;
	if (!next_number(press, &number, err))
		return false;
	switch (writer_open(press->folder, number, &press->next, err)) {
	case WRITER_FINISHED:
	case WRITER_UNFINISHED:
		break;
	case WRITER_UNUSABLE:
	case WRITER_FAILED:
		return false;
	}
	writer_begin(press->next);
	writer_remember(press->next, WRITER_TIMEZONE, press->capsule->timezone);
	writer_remember(press->next, WRITER_PICTURES, pictures_are(press));
	writer_put_editors(press->next, &press->editors);
	revisions_begin(press, press->next);
	if (!writer_commit(press->next, err)) {
		writer_close(press->next);
		press->next = NULL;
		return false;
	}
	log_notice("%s: printing edition %u", press->capsule->host, number);
	works_rescan(press);
	return true;
}

/* A transaction failed. A damaged file is left alone and another edition begun; for anything else
 * the press waits until the next tick. */
static void
suffer(struct press *press, struct edition_writer *edition, struct error *trouble)
{
	struct error err = *trouble;

	assert(err.text[0] != '\0');
	*trouble = (struct error){0};
	works_set_need(press, NEED_SCAN, true);
	if (writer_trouble(edition) != DATABASE_DAMAGED) {
		works_set_need(press, NEED_TICK, true);
		log_error("%s: %s; tried again soon", press->capsule->host, err.text);
		return;
	}
	log_error("%s: %s; another edition is printed", press->capsule->host, err.text);
	if (edition == press->served)
		press->served = NULL;
	else
		press->next = NULL;
	writer_close(edition);
	if (editions_begin(press, &err)) {
		works_rescan(press);
	} else {
		works_set_need(press, NEED_TICK, true);
		log_error("%s: %s; tried again soon", press->capsule->host, err.text);
	}
}

/* Damage shows when something is read, too. */
static void
tend(struct press *press, struct edition_writer *edition)
{
	struct error *trouble = works_trouble(press, edition);

	if (trouble->text[0] == '\0' && writer_trouble(edition) == DATABASE_DAMAGED)
		error_set(trouble, "edition-%u.db is damaged", writer_number(edition));
	if (trouble->text[0] != '\0')
		suffer(press, edition, trouble);
}

void
editions_tend(struct press *press)
{
	assert(!press->batch.is_open);
	if (press->served != NULL)
		tend(press, press->served);
	if (press->next != NULL)
		tend(press, press->next);
}

/* Why an edition does not fit the configuration, or NULL if it does. */
static const char *
find_misfit(struct press *press, struct edition_writer *edition)
{
	struct edition_counts counts;

	if (strcmp(writer_recall(edition, WRITER_TIMEZONE), press->capsule->timezone) != 0)
		return "the timezone was changed";
	if (strcmp(writer_recall(edition, WRITER_PICTURES), pictures_are(press)) != 0)
		return press->capsule->keep_metadata ? "metadata of pictures is kept"
						     : "metadata of pictures is taken out";
	if (press->history == NULL)
		return NULL;
	const char *commit = writer_recall(edition, WRITER_COMMIT);
	if (commit[0] != '\0')
		return history_knows(press->history, commit) ? NULL : "history was replaced";
	writer_counts(edition, &counts);
	if (counts.articles + counts.files > 0 && writer_count_uncommitted(edition) == 0)
		return "history was switched on";
	return NULL;
}

/* Takes what edition-N.db is: the one to serve, or one to go on with. */
static bool
take(struct press *press, unsigned number, struct error *err)
{
	struct edition_writer *writer = NULL;

	switch (writer_open(press->folder, number, &writer, err)) {
	case WRITER_FINISHED:
		press->served = writer;
		return true;
	case WRITER_UNFINISHED:
		if (press->next == NULL && find_misfit(press, writer) == NULL)
			press->next = writer;
		else
			writer_close(writer);
		return true;
	case WRITER_UNUSABLE:
		log_warning("%s: %s: left alone, another edition is printed", press->capsule->host,
		    err->text);
		return true;
	case WRITER_FAILED:
		break;
	}
	return false;
}

/* Without history the edition stands at no commit; when it is switched on again that shows. */
static void
forget_commit(struct press *press)
{
	struct error err;

	if (press->capsule->history || writer_recall(press->served, WRITER_COMMIT)[0] == '\0')
		return;
	writer_begin(press->served);
	writer_remember(press->served, WRITER_COMMIT, "");
	if (!writer_commit(press->served, &err))
		log_error("%s: %s", press->capsule->host, err.text);
}

bool
editions_open(struct press *press, struct error *err)
{
	unsigned *numbers = NULL;
	size_t count = 0;
	const char *misfit = NULL;

	bool ok = edition_file_numbers(press->folder, &numbers, &count, err);
	for (size_t i = 0; ok && press->served == NULL && i < count; i++)
		ok = take(press, numbers[i], err);
	free(numbers);
	if (!ok)
		return false;
	if (press->served != NULL) {
		forget_commit(press);
		misfit = find_misfit(press, press->served);
		editions_remove_old(press);
	}
	if (press->served != NULL && writer_trouble(press->served) == DATABASE_DAMAGED) {
		tend(press, press->served);
		return true;
	}
	if (misfit != NULL)
		log_notice("%s: %s since edition %u", press->capsule->host, misfit,
		    writer_number(press->served));
	return (press->served != NULL && misfit == NULL) || editions_begin(press, err);
}

void
editions_close(struct press *press)
{
	writer_close(press->served);
	writer_close(press->next);
	press->served = press->next = NULL;
}

void
editions_finish(struct press *press)
{
	struct edition_counts counts;

	assert(!press->batch.is_open);
	assert(press->next != NULL);
	assert(!works_needs(press, NEED_TICK | NEED_SCAN));
	writer_begin(press->next);
	writer_finish(press->next);
	if (!works_commit(press, press->next)) {
		tend(press, press->next);
		return;
	}
	writer_close(press->served);
	press->served = press->next;
	press->next = NULL;
	works_set_need(press, NEED_REVISIONS, true);
	press->remove_old_ms = clock_now_ms() + CHANGE_OVER_MS;
	writer_counts(press->served, &counts);
	log_notice("%s: edition %u is printed: %lld articles, %lld other files",
	    press->capsule->host, writer_number(press->served), (long long)counts.articles,
	    (long long)counts.files);
}

void
editions_remove_old(struct press *press)
{
	unsigned *numbers = NULL;
	size_t count = 0;

	assert(press->served != NULL);
	press->remove_old_ms = 0;
	if (!edition_file_numbers(press->folder, &numbers, &count, NULL))
		return;
	for (size_t i = 0; i < count; i++)
		if (numbers[i] < writer_number(press->served))
			edition_file_remove(press->folder, numbers[i]);
	free(numbers);
}
