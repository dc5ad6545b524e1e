#include "people/attempts.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MINUTE 60 /* seconds */

/* Whether now is within that many seconds of since; a clock that was put back ends the wait. */
static bool
is_within(int64_t since, int64_t now, int64_t seconds)
{
	return now >= since && now - since < seconds;
}

static size_t
find(const struct attempts *attempts, const char *certificate)
{
	size_t i = 0;

	while (i < attempts->count && strcmp(attempts->items[i].certificate, certificate) != 0)
		i++;
	return i;
}

static void
drop(struct attempts *attempts, size_t i)
{
	attempts->count--;
	memmove(&attempts->items[i], &attempts->items[i + 1],
	    (attempts->count - i) * sizeof(attempts->items[0]));
}

int
attempts_wait(const struct attempts *attempts, const char *certificate, int64_t now)
{
	size_t i = find(attempts, certificate);

	if (i == attempts->count || !is_within(attempts->items[i].since, now, ATTEMPTS_SECONDS))
		return 0;
	if (attempts->items[i].wrong >= ATTEMPTS_OF_ONE)
		return (int)(attempts->items[i].since + ATTEMPTS_SECONDS - now);
	if (attempts->wrong >= ATTEMPTS_OF_ALL && is_within(attempts->minute, now, MINUTE))
		return (int)(attempts->minute + MINUTE - now);
	return 0;
}

void
attempts_note(struct attempts *attempts, const char *certificate, int64_t now)
{
	size_t i = find(attempts, certificate);

	if (!is_within(attempts->minute, now, MINUTE)) {
		attempts->minute = now;
		attempts->wrong = 0;
	}
	if (attempts->wrong < ATTEMPTS_OF_ALL)
		attempts->wrong++;
	if (i < attempts->count && !is_within(attempts->items[i].since, now, ATTEMPTS_SECONDS)) {
		drop(attempts, i);
		i = attempts->count;
	}
	if (i < attempts->count) {
		attempts->items[i].wrong++;
		return;
	}
	if (attempts->count == ATTEMPTS_MAX)
		drop(attempts, 0);
	struct attempt *attempt = &attempts->items[attempts->count++];
	*attempt = (struct attempt){.since = now, .wrong = 1};
	snprintf(attempt->certificate, sizeof(attempt->certificate), "%s", certificate);
}

void
attempts_forget(struct attempts *attempts, const char *certificate)
{
	size_t i = find(attempts, certificate);

	if (i < attempts->count)
		drop(attempts, i);
}
