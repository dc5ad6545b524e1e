#include "desk/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/form.h"
#include "desk/membership.h"
#include "desk/pages.h"
#include "desk/token.h"
#include "upload/admission.h"
#include "upload/office.h"
#include "upload/printings.h"
#include "upload/upload.h"

struct desk *
desk_open(const struct config *config, const struct capsule_config *capsule, struct press *press,
    struct people *people, struct error *err)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	if (desk == NULL) {
		error_set(err, "out of memory");
		return NULL;
	}
	*desk =
	    (struct desk){.config = config, .capsule = capsule, .press = press, .people = people};
	desk->media = media_open(err);
	desk->tokens = tokens_new();
	desk->printings = printings_new(PRINTINGS_MAX);
	desk->revisions = printings_new(PRINTINGS_MAX);
	if (desk->media == NULL || desk->tokens == NULL || desk->printings == NULL ||
	    desk->revisions == NULL) {
		if (desk->media != NULL)
			error_set(err, "out of memory");
		desk_close(desk);
		return NULL;
	}
	return desk;
}

void
desk_close(struct desk *desk)
{
	if (desk == NULL)
		return;
	media_close(desk->media);
	tokens_free(desk->tokens);
	printings_free(desk->printings);
	printings_free(desk->revisions);
	free(desk);
}

static struct errand
errand_of(struct desk *desk, const struct desk_request *request, struct response *out)
{
	return (struct errand){
	    .desk = desk,
	    .url = request->url,
	    .visitor = request->visitor,
	    .role = ROLE_CONTRIBUTOR,
	    .port = request->port,
	    .now = request->now,
	    .is_repeated = request->is_repeated,
	    .out = out,
	};
}

/* Prompts and refusals are our words with titles and paths in them, which are anybody's: see
 * lines.h. */
static void
tidy_meta(struct response *out)
{
	out->meta[text_drop_directions(out->meta, strlen(out->meta))] = '\0';
}

/* Finds out who it is; strangers stay nobody. */
static void
recognise(struct errand *errand)
{
	struct desk *desk = errand->desk;

	errand->person = people_find(desk->people, errand->visitor, desk->capsule->host);
	if (errand->person == NULL)
		return;
	errand->role = errand->person->role;
	people_note_use(desk->people, errand->visitor, errand->now);
}

/* Lets only people of this desk in. */
static bool
admit(struct errand *errand)
{
	if (!admission_check_certificate(errand->visitor, errand->now, errand->out))
		return false;
	recognise(errand);
	if (errand->person == NULL)
		admission_refuse_stranger(errand->out);
	return errand->person != NULL;
}

static struct upload
upload_of(const struct desk_request *request)
{
	return (struct upload){
	    .path = request->url->path,
	    .mime = request->titan->mime,
	    .size = request->titan->size,
	};
}

/* Workers are not trusted: what they call an upload has to be one. */
static bool
is_upload(const struct desk_request *request, struct response *out)
{
	if (request->titan != NULL && !request->titan->is_edit)
		return true;
	response_set(out, GEMINI_BAD_REQUEST, "Not an upload");
	return false;
}

bool
desk_may(struct desk *desk, const struct desk_request *request, struct response *out)
{
	struct errand errand = errand_of(desk, request, out);

	if (!is_upload(request, out) || !admit(&errand))
		return false;
	struct upload upload = upload_of(request);
	bool may = upload_may(&errand, &upload);
	tidy_meta(out);
	return may;
}

void
desk_put(struct desk *desk, const struct desk_request *request, const void *bytes, size_t len,
    struct response *out)
{
	struct errand errand = errand_of(desk, request, out);

	if (!is_upload(request, out) || !admit(&errand))
		return;
	struct upload upload = upload_of(request);
	upload_put(&errand, &upload, bytes, len);
	tidy_meta(out);
}

void
desk_note_printing(
    struct desk *desk, const struct visitor *visitor, const char *path, uint64_t printing)
{
	const struct person *person = people_find(desk->people, visitor, desk->capsule->host);
	struct rules_target target;

	rules_read_path(path, &target);
	if (person != NULL && target.place == RULES_ARTICLE)
		printings_note(desk->printings, person->id, target.path, printing);
}

/* Pages by name; what follows the name is theirs. */
static const struct room {
	const char *name;
	desk_page *answer;
	bool is_about_file; /* what follows is a path, and no secret */
} rooms[] = {
    {"/welcome", membership_welcome, false},
    {"/desk/join", membership_join, false},
    {"/desk/devices", membership_devices, false},
    {"/desk/list", pages_list, true},
    {"/desk/deleted", pages_deleted, true},
    {"/desk/preview", pages_preview, true},
    {"/desk/image", pages_image, true},
    {"/desk/images", pages_images, true},
    {"/desk/history", pages_history, true},
    {"/desk/diff", pages_diff, true},
    {"/desk/compare", pages_compare, true},
    {"/desk/publish", pages_publish, true},
    {"/desk/restore", pages_restore, true},
    {"/desk/move", pages_move, true},
    {"/desk/retract", pages_retract, true},
    {"/desk/delete", pages_delete, true},
    {"/desk/do", pages_do, false},
};

static const struct room *
find_room(const char *path)
{
	for (size_t i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
		size_t len = strlen(rooms[i].name);

		if (text_starts(path, rooms[i].name) && (path[len] == '\0' || path[len] == '/'))
			return &rooms[i];
	}
	return NULL;
}

size_t
desk_told_len(const char *path)
{
	const struct room *room = find_room(path);

	if (room == NULL && text_starts(path, "/desk/"))
		return strlen("/desk/");
	if (room == NULL || room->is_about_file)
		return strlen(path);
	size_t len = strlen(room->name);
	return path[len] == '/' ? len + 1 : len;
}

/* /desk/: the one page that tells a stranger how to join. */
static void
answer_front(struct errand *errand)
{
	if (!admission_check_certificate(errand->visitor, errand->now, errand->out))
		return;
	recognise(errand);
	if (errand->person == NULL)
		membership_stranger(errand, "/");
	else
		pages_front(errand, "/");
}

/* What follows the name of the room; of a file's path without a "/" that was put behind it (see
 * lines_put_link). */
static void
read_rest(const char *path, const struct room *room, char out[static RULES_PATH_MAX])
{
	const char *rest = path + strlen(room->name);

	snprintf(out, RULES_PATH_MAX, "%s", *rest == '\0' ? "/" : rest);
	size_t len = strlen(out);
	if (room->is_about_file && len > 1 && out[len - 1] == '/' && out[len - 2] != '/')
		out[len - 1] = '\0';
}

static void
answer_room(struct errand *errand, const struct room *room)
{
	char rest[RULES_PATH_MAX];

	switch (admission_of(errand->url->path)) {
	case ADMISSION_PUBLIC:
	case ADMISSION_ANYBODY:
		if (!errand->visitor->has_certificate)
			break;
		if (!admission_check_certificate(errand->visitor, errand->now, errand->out))
			return;
		recognise(errand);
		break;
	case ADMISSION_CERTIFICATE:
		/* Not recognise(): coming here with a certificate is not yet a use of it. */
		if (!admission_check_certificate(errand->visitor, errand->now, errand->out))
			return;
		break;
	case ADMISSION_PERSON:
		if (!admit(errand))
			return;
		break;
	}
	read_rest(errand->url->path, room, rest);
	room->answer(errand, rest);
}

static void
answer_page(struct errand *errand)
{
	const struct room *room = find_room(errand->url->path);

	if (strcmp(errand->url->path, "/desk/") == 0)
		answer_front(errand);
	else if (strcmp(errand->url->path, "/desk") == 0)
		office_redirect(errand, "", "/desk/");
	else if (room != NULL)
		answer_room(errand, room);
	else if (admit(errand))
		response_set(errand->out, GEMINI_NOT_FOUND, "Go to /desk/: there is no such page");
}

/* An upload that a worker held to be too large: here it is known by name who sent it. */
static void
answer_upload(struct desk *desk, const struct desk_request *request, struct response *out)
{
	if (desk_may(desk, request, out)) /* the limit was another one a moment ago */
		response_set(out, GEMINI_UNAVAILABLE, "Send it again: larger files may come now");
}

void
desk_answer(struct desk *desk, const struct desk_request *request, struct response *out)
{
	struct errand errand = errand_of(desk, request, out);

	if (request->titan == NULL)
		answer_page(&errand);
	else if (!request->titan->is_edit)
		answer_upload(desk, request, out);
	else if (admit(&errand))
		form_edit(&errand);
	if (out->body.failed)
		response_set(out, GEMINI_TEMPORARY_FAILURE, "Try again soon: out of memory");
	tidy_meta(out);
}
