/* The desk from the command line: the same rules, by other means. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "desk/desk.h"
#include "upload/deeds.h"
#include "upload/office.h"
#include "upload/upload.h"

#define REVISIONS_AT_ONCE 100
#define COMMIT_SHOWN      12 /* hex digits: no archive is so large that two commits share them */

/* The errand of that editor, or of the admin. answer is initialised, and the caller's to free. */
static bool
begin(struct errand *errand, struct desk *desk, const struct desk_order *order,
    struct response *answer, struct error *err)
{
	*errand = (struct errand){
	    .desk = desk,
	    .role = ROLE_EDITOR,
	    .port = order->port,
	    .now = order->now,
	    .out = answer,
	};
	response_init(answer);
	if (*order->as == '\0')
		return true;
	errand->person = people_by_id(desk->people, order->as);
	if (errand->person == NULL)
		return error_set(
		    err, "no editor has the ID `%s`: see `broadsheet editor list`", order->as);
	const struct strings *capsules = &errand->person->capsules;
	if (capsules->count > 0 && !strings_contain(capsules, desk->capsule->host))
		return error_set(err, "%s is no editor of %s", order->as, desk->capsule->host);
	errand->role = errand->person->role;
	return true;
}

/* What was answered, as an exit from the command line. */
static bool
end(struct response *answer, bool ok, struct error *err)
{
	if (!ok)
		error_set(err, "%s", answer->meta);
	response_free(answer);
	return ok;
}

/* The path as it is stored. A path that leads nowhere is left for the rules to refuse. */
static const char *
stored_path(const char *path, struct rules_target *scratch)
{
	rules_read_path(path, scratch);
	return scratch->path;
}

bool
desk_publish(struct desk *desk, const struct desk_order *order, const char *path, const char *mime,
    const void *bytes, size_t len, struct buffer *out, struct error *err)
{
	struct response answer;
	struct errand errand;
	struct upload upload = {.path = path, .mime = mime, .size = len};

	if (!begin(&errand, desk, order, &answer, err))
		return false;
	if (len == 0)
		response_set(&answer, GEMINI_BAD_REQUEST, "the file is empty: nothing to publish");
	else if (upload_may(&errand, &upload)) /* else it would be kept as if it came too late */
		upload_put(&errand, &upload, bytes, len);
	bool ok = answer.status == GEMINI_REDIRECT;
	if (ok)
		buffer_printf(out, "%s\n", answer.meta);
	return end(&answer, ok, err);
}

bool
desk_delete(struct desk *desk, const struct desk_order *order, const char *path, struct buffer *out,
    struct error *err)
{
	struct response answer;
	struct errand errand;
	struct rules_target target;

	if (!begin(&errand, desk, order, &answer, err))
		return false;
	bool ok = deeds_delete(&errand, stored_path(path, &target));
	if (ok)
		buffer_printf(out, "deleted %s\n", target.path);
	return end(&answer, ok, err);
}

/* What is being listed, page by page. */
struct listing {
	struct buffer *out;
	const char *zone;
	size_t count; /* of this page */
	char last[HISTORY_COMMIT_LEN + 1];
};

static void
put_revision(void *arg, const struct path_revision *revision)
{
	struct listing *listing = arg;
	struct timestamp day = timestamp_at(revision->seconds, listing->zone);
	struct buffer *out = listing->out;

	buffer_append(out, revision->commit, COMMIT_SHOWN);
	buffer_putc(out, ' ');
	timestamp_append(out, &day);
	buffer_putc(out, ' ');
	text_append_line(out, revision->name, strlen(revision->name));
	buffer_puts(out, ": ");
	text_append_line(out, revision->message, strlen(revision->message));
	buffer_putc(out, '\n');
	snprintf(listing->last, sizeof(listing->last), "%s", revision->commit);
	listing->count++;
}

static bool
list_revisions(struct errand *errand, const char *path, struct buffer *out, struct error *err)
{
	struct desk *desk = errand->desk;
	struct listing listing = {.out = out, .zone = desk->capsule->timezone};
	size_t before = out->len;

	if (!desk->capsule->history)
		return error_set(
		    err, "%s keeps no history: see `history` in the ini file", desk->capsule->host);
	do {
		listing.count = 0;
		if (!press_revisions(desk->press, path, *listing.last == '\0' ? NULL : listing.last,
			REVISIONS_AT_ONCE, put_revision, &listing, err))
			return false;
	} while (listing.count == REVISIONS_AT_ONCE && !out->failed);
	return out->len > before || error_set(err, "history knows no %s: is the path right?", path);
}

bool
desk_history(struct desk *desk, const struct desk_order *order, const char *path,
    struct buffer *out, struct error *err)
{
	struct response answer;
	struct errand errand;
	struct rules_target target;

	if (!begin(&errand, desk, order, &answer, err))
		return false;
	if (!office_may(&errand, stored_path(path, &target)))
		return end(&answer, false, err);
	response_free(&answer);
	return list_revisions(&errand, target.path, out, err);
}

bool
desk_restore(struct desk *desk, const struct desk_order *order, const char *path,
    const char *revision, struct buffer *out, struct error *err)
{
	struct response answer;
	struct errand errand;
	struct rules_target target;

	if (!begin(&errand, desk, order, &answer, err))
		return false;
	bool ok = deeds_restore(&errand, stored_path(path, &target), revision);
	if (ok) {
		office_show(&errand, target.path);
		buffer_printf(out, "%s\n", answer.meta);
	}
	return end(&answer, ok, err);
}
