#include "upload/deeds.h"

#include <string.h>

#include "base/text.h"
#include "upload/cleaning.h"

/* Whether a file is at path that the person may write. Otherwise the answer says why. */
static bool
is_there(struct errand *errand, const char *path)
{
	struct buffer source = BUFFER_EMPTY;
	struct error err;

	enum office_found found = office_read(errand->desk, path, &source, &err);
	buffer_free(&source);
	switch (found) {
	case OFFICE_FOUND:
		return true;
	case OFFICE_ABSENT:
		response_set(errand->out, GEMINI_NOT_FOUND, "Nothing is at %s: see /desk/", path);
		break;
	case OFFICE_FOLDER:
		response_set(errand->out, GEMINI_FAILURE, "Name a file: %s is a folder", path);
		break;
	case OFFICE_LARGE:
		response_set(errand->out, GEMINI_FAILURE, OFFICE_LARGE_INSTEAD);
		break;
	case OFFICE_FAILED:
		response_set(errand->out, GEMINI_TEMPORARY_FAILURE, "Try again soon: %s", err.text);
		break;
	}
	return false;
}

bool
deeds_delete(struct errand *errand, const char *path)
{
	struct press_change change = {.path = path};

	return office_may(errand, path) && is_there(errand, path) &&
	       office_put(errand, &change, 1, "delete", path);
}

/* Reads the file as it was. Who brings it back must be allowed to write what is there now, and
 * what was then. */
static bool
read_revision(struct errand *errand, const char *path, const char *revision, struct buffer *out)
{
	struct history *history = press_history(errand->desk->press);
	struct error err = {""};
	enum history_result result = HISTORY_FAILED;
	enum gemini_status status;
	struct rules_target target;
	const char *refusal;

	if (!office_may(errand, path))
		return false;
	rules_read_path(path, &target);
	if (history == NULL)
		error_set(&err, "this capsule keeps no history");
	else
		result = history_read(history, revision, path, out, &err);
	switch (result) {
	case HISTORY_TAKEN:
		refusal = rules_refusal(errand->role, &target,
		    office_holder(errand, buffer_text(out), out->len), &status);
		if (refusal == NULL)
			return true;
		response_set(errand->out, status, "Ask an editor: that version is somebody else's");
		break;
	case HISTORY_ABSENT:
	case HISTORY_REFUSED:
		response_set(errand->out, GEMINI_NOT_FOUND,
		    "Choose a version from /desk/history%s: this one has no such file", path);
		break;
	case HISTORY_FAILED:
		response_set(errand->out, GEMINI_TEMPORARY_FAILURE, "Not restored: %s", err.text);
		break;
	}
	return false;
}

bool
deeds_may_restore(struct errand *errand, const char *path, const char *revision)
{
	struct buffer source = BUFFER_EMPTY;

	bool may = read_revision(errand, path, revision, &source);
	buffer_free(&source);
	return may;
}

bool
deeds_restore(struct errand *errand, const char *path, const char *revision)
{
	struct buffer source = BUFFER_EMPTY;

	struct cleaning file = {.made = BUFFER_EMPTY};

	/* History may be older than the cleaning of pictures. */
	bool ok = read_revision(errand, path, revision, &source) &&
		  cleaning_do(errand, path, buffer_text(&source), source.len, &file);
	if (ok) {
		struct press_change change = {path, file.bytes, file.len};

		ok = office_put(errand, &change, 1, "restore", path);
	}
	if (ok)
		cleaning_note(errand->desk, path, file.found);
	cleaning_done(&file);
	buffer_free(&source);
	return ok;
}
