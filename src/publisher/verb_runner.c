#include "publisher/verb_runner.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#include "base/time.h"
#include "gemini/url.h"

#define CODE_LIKE 20 /* characters: a word of so many may be taken for a code */
#define DAY_S     86400

/* --- the desk of a capsule --- */

/* The capsule that a verb is for; "" is the only one there is. */
static const struct capsule_config *
find_capsule(const struct verb_runner *verb_runner, const char *host, struct error *err)
{
	const struct config *config = verb_runner->desks->config;

	if (*host == '\0' && config->capsule_count == 1)
		return &config->capsules[0];
	const struct capsule_config *capsule = config_capsule(config, host);
	if (capsule == NULL && *host == '\0')
		error_set(err, "there are several capsules: name one with --capsule HOST");
	else if (capsule == NULL)
		error_set(err, "no capsule %s: see [capsule …] in the ini file", host);
	return capsule;
}

static bool
run_at_desk(const struct verb_runner *verb_runner, const struct verb *verb, const void *bytes,
    size_t len, struct buffer *out, struct error *err)
{
	const struct capsule_config *capsule = find_capsule(verb_runner, verb->host, err);

	if (capsule == NULL)
		return false;
	struct desk *desk =
	    verb_runner->desks->desks[capsule - verb_runner->desks->config->capsules];
	const struct desk_order order = {
	    .as = verb->as,
	    .port = config_port(capsule, verb_runner->listen_port),
	    .now = (int64_t)time(NULL),
	};
	switch (verb->kind) {
	case VERB_PUBLISH:
		return desk_publish(desk, &order, verb->path, verb->mime, bytes, len, out, err);
	case VERB_DELETE:
		return desk_delete(desk, &order, verb->path, out, err);
	case VERB_HISTORY:
		return desk_history(desk, &order, verb->path, out, err);
	case VERB_RESTORE:
		return desk_restore(desk, &order, verb->path, verb->revision, out, err);
	case VERB_INVITE:
	case VERB_EDITORS:
	case VERB_REMOVE:
	case VERB_KIND_COUNT:
		break;
	}
	return error_set(err, "the desk knows no such verb");
}

/* --- people --- */

/* Whether a text has a word that its reader, or a program, might take for the code. */
static bool
has_code_like_word(const char *text)
{
	size_t len = 0;

	for (; *text != '\0' && len < CODE_LIKE; text++) {
		unsigned char c = (unsigned char)*text;

		len = isalnum(c) || c == '-' || c == '_' || c >= 0x80 ? len + 1 : 0;
	}
	return len == CODE_LIKE;
}

/* The text to send to whom it invites. The code is its only long word. */
static void
put_invitation(struct buffer *out, const struct verb_runner *verb_runner, const struct verb *verb,
    const struct capsule_config *capsule, const char *code, int64_t now)
{
	struct timestamp end =
	    timestamp_at(now + PEOPLE_INVITATION_DAYS * DAY_S, capsule->timezone);
	struct buffer site = BUFFER_EMPTY;

	url_put_origin(
	    &site, "gemini", capsule->host, config_port(capsule, verb_runner->listen_port));
	if (!has_code_like_word(verb->name))
		buffer_printf(out, "Dear %s,\n\n", verb->name);
	buffer_printf(out, "you are invited to %s as %s %s. With the browser Lagrange:\n\n",
	    has_code_like_word(capsule->title) ? "our newsroom" : capsule->title,
	    verb->role[0] == 'c' ? "a" : "an", verb->role);
	buffer_printf(out,
	    "1. Open %s/desk/join\n"
	    "2. Choose \"New Identity for Domain\", or an identity of yours and use it on the\n"
	    "   whole site: it is your key, so keep it.\n"
	    "3. When asked for the invitation code, enter:\n\n"
	    "   %s\n\n",
	    buffer_text(&site), code);
	buffer_printf(out,
	    "The code is good once, until %04d-%02d-%02d %02d:%02d (%s).\n"
	    "From then on your desk is at %s/desk/\n",
	    end.year, end.month, end.day, end.hour, end.minute, capsule->timezone,
	    buffer_text(&site));
	out->failed |= site.failed;
	buffer_free(&site);
}

static bool
invite(const struct verb_runner *verb_runner, const struct verb *verb, struct buffer *out,
    struct error *err)
{
	bool is_for_all = *verb->host == '\0';
	const struct capsule_config *capsule = is_for_all
						   ? &verb_runner->desks->config->capsules[0]
						   : find_capsule(verb_runner, verb->host, err);
	int64_t now = (int64_t)time(NULL);
	char code[PEOPLE_CODE_LEN + 1];
	enum editor_role role;

	if (capsule == NULL)
		return false;
	if (!people_read_role(verb->role, &role))
		return error_set(
		    err, "role is `%s`, expected contributor, author or editor", verb->role);
	if (!people_invite(verb_runner->desks->people, verb->id, verb->name, role,
		is_for_all ? NULL : capsule->host, now, code, err))
		return false;
	put_invitation(out, verb_runner, verb, capsule, code, now);
	return true;
}

static bool
remove_editor(const struct verb_runner *verb_runner, const struct verb *verb, struct buffer *out,
    struct error *err)
{
	if (!people_remove(verb_runner->desks->people, verb->id, err))
		return false;
	buffer_printf(out, "removed %s\n", verb->id);
	return true;
}

/* --- any --- */

bool
verb_runner_run(const struct verb_runner *verb_runner, const struct verb *verb, const void *bytes,
    size_t len, struct buffer *out, struct error *err)
{
	bool ok = false;

	people_refresh(verb_runner->desks->people); /* an admin may have edited them just now */
	switch (verb->kind) {
	case VERB_PUBLISH:
	case VERB_DELETE:
	case VERB_HISTORY:
	case VERB_RESTORE:
		ok = run_at_desk(verb_runner, verb, bytes, len, out, err);
		break;
	case VERB_INVITE:
		ok = invite(verb_runner, verb, out, err);
		break;
	case VERB_EDITORS:
		people_report(verb_runner->desks->people, (int64_t)time(NULL), out);
		ok = true;
		break;
	case VERB_REMOVE:
		ok = remove_editor(verb_runner, verb, out, err);
		break;
	case VERB_KIND_COUNT:
		error_set(err, "no such verb");
		break;
	}
	return ok && (!out->failed || error_set(err, "done, but out of memory for the answer"));
}
