#include "upload/arrival.h"

#include <inttypes.h>
#include <string.h>

#include "article/paths.h"
#include "store/folder.h"
#include "upload/admission.h"
#include "upload/kinds.h"

static bool
refuse(struct arrival *a, enum gemini_status status, const char *reason)
{
	response_set(a->errand->out, status, "%s", reason);
	return false;
}

static bool
is_folder(enum rules_place place)
{
	return place == RULES_ARTICLE_FOLDER || place == RULES_DRAFT_FOLDER ||
	       place == RULES_IMAGE_FOLDER;
}

/* Finds what lies at the path, and whose it is. */
static bool
find_stored(struct arrival *a)
{
	struct error err;

	if (a->target.place == RULES_FORBIDDEN)
		return true;
	switch (office_read(a->errand->desk, a->target.path, &a->stored, &err)) {
	case OFFICE_FOUND:
		a->has_stored = true;
		a->holder = office_holder(a->errand, buffer_text(&a->stored), a->stored.len);
		return true;
	case OFFICE_ABSENT:
		return true;
	case OFFICE_FOLDER:
		if (is_folder(a->target.place))
			return true;
		response_set(a->errand->out, GEMINI_FAILURE, "Choose another name: %s is a folder",
		    a->target.path);
		return false;
	case OFFICE_LARGE:
		return refuse(a, GEMINI_FAILURE, OFFICE_LARGE_INSTEAD);
	case OFFICE_FAILED:
		break;
	}
	response_set(a->errand->out, GEMINI_TEMPORARY_FAILURE, "Try again soon: %s", err.text);
	return false;
}

static bool
check_rights(struct arrival *a)
{
	enum editor_role role = a->errand->role;
	enum gemini_status status, status_of_new;
	const char *refusal = rules_refusal(role, &a->target, a->holder, &status);

	if (refusal == NULL)
		return true;
	a->came_too_late =
	    a->has_stored && rules_refusal(role, &a->target, RULES_NEW, &status_of_new) == NULL;
	return refuse(a, status, refusal);
}

static bool
check_size(struct arrival *a)
{
	const struct desk *desk = a->errand->desk;

	if (a->upload->size > desk->config->limits.upload_size) {
		admission_refuse_size(desk->config->limits.upload_size, a->errand->out);
		return false;
	}
	if (a->upload->size > 0 || desk->capsule->titan_delete)
		return true;
	response_set(a->errand->out, GEMINI_BAD_REQUEST,
	    "See /desk/%s%s to delete: an empty upload changes nothing",
	    is_folder(a->target.place) ? "" : "delete",
	    is_folder(a->target.place) ? "" : a->target.path);
	return false;
}

static bool
check_picture(struct arrival *a)
{
	const char *wanted = kinds_picture(a->target.path);
	const char *mime = a->upload->mime;

	if (*mime == '\0' || kinds_is_unsaid(mime) || kinds_is(mime, wanted))
		return true;
	response_set(a->errand->out, GEMINI_FAILURE,
	    "Choose a name that fits: this one is that of %s, sent was %s", wanted, mime);
	return false;
}

static bool
check_kind(struct arrival *a)
{
	const char *mime = a->upload->mime;

	if (a->upload->size == 0)
		return true;
	switch (a->target.place) {
	case RULES_ARTICLE:
	case RULES_ARTICLE_FOLDER:
	case RULES_DRAFT:
	case RULES_DRAFT_FOLDER:
		return *mime == '\0' || kinds_is_article(mime) ||
		       refuse(a, GEMINI_FAILURE,
			   "Send text here, in UTF-8: text/gemini, text/plain or text/markdown");
	case RULES_IMAGE:
		return check_picture(a);
	case RULES_IMAGE_FOLDER:
		return *mime == '\0' || kinds_is_unsaid(mime) || kinds_names_picture(mime) ||
		       refuse(a, GEMINI_FAILURE,
			   "Send a picture here: PNG, JPEG, GIF, WebP or AVIF, or a PDF");
	case RULES_STATIC:
	case RULES_FORBIDDEN:
	case RULES_PLACE_COUNT:
		break;
	}
	return true;
}

/* Beside a front page of one's own, the list at /news/ would hide the file. */
static bool
check_news(struct arrival *a)
{
	int root_fd = press_root_fd(a->errand->desk->press);

	return paths_kind(a->target.path) != PATH_IN_NEWS || root_fd == -1 ||
	       !folder_has_front_page(root_fd) ||
	       refuse(a, GEMINI_FAILURE,
		   "Choose another path: below /news/ lies the list that index.gmi took the place "
		   "of");
}

bool
arrival_judge(struct errand *errand, const struct upload *upload, struct arrival *out)
{
	*out = (struct arrival){.errand = errand, .upload = upload, .holder = RULES_NEW};
	rules_read_path(upload->path, &out->target);
	return check_news(out) && find_stored(out) && check_rights(out) &&
	       office_check_folders(errand, out->target.path) && check_size(out) && check_kind(out);
}

void
arrival_done(struct arrival *arrival)
{
	buffer_free(&arrival->stored);
}
