/* The desk from the command line: the same rules, by other means. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "desk/deeds.h"
#include "desk/desk.h"
#include "desk/office.h"
#include "desk/upload.h"
#include "store/media.h"

/* The port that answers name: the public one, else that of the first listening address. */
static int
public_port(const struct desk *desk)
{
	const struct strings *listen = &desk->config->server.listen;

	if (desk->capsule->port != 0)
		return desk->capsule->port;
	if (listen->count == 0 || text_starts(listen->items[0], "unix:"))
		return URL_DEFAULT_PORT;
	const char *colon = strrchr(listen->items[0], ':');
	long port = colon == NULL ? 0 : strtol(colon + 1, NULL, 10);
	return port > 0 && port <= UINT16_MAX ? (int)port : URL_DEFAULT_PORT;
}

/* The errand of that editor, or of the admin. */
static bool
begin(struct errand *errand, struct desk *desk, const char *as, struct response *out,
    struct error *err)
{
	*errand = (struct errand){
	    .desk = desk,
	    .role = ROLE_EDITOR,
	    .port = public_port(desk),
	    .now = (int64_t)time(NULL),
	    .out = out,
	};
	response_init(out);
	if (as == NULL)
		return true;
	errand->person = people_by_id(desk->people, as);
	if (errand->person == NULL)
		return error_set(
		    err, "no editor has the ID `%s`: see `broadsheet editor list`", as);
	const struct strings *capsules = &errand->person->capsules;
	if (capsules->count > 0 && !strings_contain(capsules, desk->capsule->host))
		return error_set(err, "%s is no editor of %s", as, desk->capsule->host);
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

bool
desk_publish(struct desk *desk, const char *as, const char *path, const void *bytes, size_t len,
    struct buffer *out, struct error *err)
{
	struct response answer;
	struct errand errand;
	const char *type = media_by_name(path);
	struct upload upload = {.path = path, .mime = type == NULL ? "" : type, .size = len};

	if (!begin(&errand, desk, as, &answer, err))
		return false;
	if (len == 0)
		response_set(&answer, GEMINI_BAD_REQUEST, "the file is empty: nothing to publish");
	else if (upload_may(&errand, &upload))
		upload_put(&errand, &upload, bytes, len);
	bool ok = answer.status == GEMINI_REDIRECT;
	if (ok)
		buffer_printf(out, "%s\n", answer.meta);
	return end(&answer, ok, err);
}

bool
desk_delete(
    struct desk *desk, const char *as, const char *path, struct buffer *out, struct error *err)
{
	struct response answer;
	struct errand errand;

	if (!begin(&errand, desk, as, &answer, err))
		return false;
	bool ok = deeds_delete(&errand, path);
	if (ok)
		buffer_printf(out, "deleted %s\n", path);
	return end(&answer, ok, err);
}

bool
desk_restore(struct desk *desk, const char *as, const char *path, const char *revision,
    struct buffer *out, struct error *err)
{
	struct response answer;
	struct errand errand;

	if (!begin(&errand, desk, as, &answer, err))
		return false;
	bool ok = deeds_restore(&errand, path, revision);
	if (ok) {
		office_show(&errand, path);
		buffer_printf(out, "%s\n", answer.meta);
	}
	return end(&answer, ok, err);
}
