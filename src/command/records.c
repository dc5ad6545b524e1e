#include "command/records.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "people/index.h"
#include "people/invitations.h"

struct records {
	const struct config *config;
	struct findings *findings;
	int folder_fd;
};

static const struct editor_config *
find_editor(const struct config *config, const char *id)
{
	for (size_t i = 0; i < config->editor_count; i++)
		if (strcmp(config->editors[i].id, id) == 0)
			return &config->editors[i];
	return NULL;
}

static bool
is_capsule(const struct config *config, const char *host)
{
	for (size_t i = 0; i < config->capsule_count; i++)
		if (strcmp(config->capsules[i].host, host) == 0)
			return true;
	return false;
}

static void
check_capsule(struct records *r, const char *kind, const char *name, const char *host)
{
	if (!is_capsule(r->config, host))
		findings_warn(r->findings, r->config->server.state,
		    "%s %s: capsule = %s: no [capsule %s] in the ini file", kind, name, host, host);
}

static void
check_editor(struct records *r, const char *id)
{
	struct person_file enrolment = {0};
	struct error err = {"out of memory"};
	const char *state = r->config->server.state;

	if (people_index_file(r->folder_fd, id, &enrolment, &err) != STATE_FILE_OK) {
		findings_warn(r->findings, state, "%s; that file lets nobody in", err.text);
		return;
	}
	if (!enrolment.has_role && find_editor(r->config, id) == NULL)
		findings_warn(r->findings, state,
		    "editors/%s.ini: lets nobody in: expected a role, as the ini file has no "
		    "[editor %s]",
		    id, id);
	const struct strings *capsules = &enrolment.person.capsules;
	for (size_t i = 0; i < capsules->count; i++)
		check_capsule(r, "editor", id, capsules->items[i]);
	person_file_done(&enrolment);
}

static void
check_invitation(struct records *r, const char *hash)
{
	struct invitation invitation = {0};
	struct error err = {"out of memory"};

	switch (invitations_read(r->folder_fd, hash, &invitation, &err)) {
	case INVITATIONS_FOUND:
		if (invitation.capsule != NULL)
			check_capsule(r, "invitation", hash, invitation.capsule);
		break;
	case INVITATIONS_ABSENT: /* taken just now */
		break;
	case INVITATIONS_FAILED:
		findings_warn(
		    r->findings, r->config->server.state, "%s; its code opens nothing", err.text);
		break;
	}
	invitation_done(&invitation);
}

typedef bool records_list(int folder_fd, struct strings *out, struct error *err);
typedef void records_look(struct records *r, const char *name);

/* Looks at each record of a folder; a folder that is not there yet has none. */
static void
check_folder(struct records *r, const char *name, records_list *list, records_look *look)
{
	const char *state = r->config->server.state;
	struct strings names = {0};
	struct error err;
	int state_fd = open(state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	r->folder_fd =
	    state_fd == -1 ? -1 : openat(state_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->folder_fd == -1) {
		if (errno != ENOENT)
			findings_warn(r->findings, state, "%s: %s", name, strerror(errno));
	} else if (!list(r->folder_fd, &names, &err)) {
		findings_warn(r->findings, state, "%s", err.text);
	}
	for (size_t i = 0; i < names.count; i++)
		look(r, names.items[i]);
	strings_free(&names);
	if (r->folder_fd != -1)
		close(r->folder_fd);
	if (state_fd != -1)
		close(state_fd);
}

void
records_check(const struct config *config, struct findings *findings)
{
	struct records records = {.config = config, .findings = findings};

	check_folder(&records, "editors", people_index_list, check_editor);
	check_folder(&records, "invitations", invitations_list, check_invitation);
}
