#include "desk/form.h"

#include <stdint.h>
#include <string.h>

#include "article/frontmatter.h"
#include "base/text.h"
#include "store/media.h"
#include "upload/keeping.h"
#include "upload/printings.h"

/* Keys left empty count as absent. */
static const char form[] = "---\n"
			   "title = \n"
			   "author = \n"
			   "date = \n"
			   "summary = \n"
			   "tags = \n"
			   "image = \n"
			   "image-alt = \n"
			   "status = \n"
			   "---\n"
			   "\n";

/* A dialog for texts edits nothing but text/…. NULL for what is none. */
static const char *
text_type(const char *path)
{
	const char *type = media_by_name(path);

	return type != NULL && text_starts(type, "text/") ? type : NULL;
}

static void
answer(struct errand *errand, const char *type)
{
	response_set(errand->out, GEMINI_SUCCESS, "%s; charset=utf-8", type);
}

/* A slip in a file that was laid down by hand is put right: below a head made for the revision its
 * own would be a second one. */
static void
answer_source(struct errand *errand, const struct rules_target *target, struct buffer *source)
{
	char revision[OFFICE_REVISION_LEN + 1];
	struct error ignored;

	office_revision(buffer_text(source), source->len, revision);
	uint64_t number = office_revision_number(buffer_text(source), source->len);
	answer(errand, text_type(target->path));
	if (target->place != RULES_STATIC)
		keeping_mend(source, target->path, &ignored);
	frontmatter_set(&errand->out->body, buffer_text(source), source->len, "revision", revision);
	if (errand->person != NULL && target->place != RULES_STATIC)
		printings_note(errand->desk->revisions, errand->person->id, target->path, number);
}

/* The source at path, or what begins a new one. */
static void
edit_file(struct errand *errand, const struct rules_target *target)
{
	struct buffer source = BUFFER_EMPTY;
	struct error err;

	switch (office_read(errand->desk, target->path, &source, &err)) {
	case OFFICE_FOUND:
		answer_source(errand, target, &source);
		break;
	case OFFICE_ABSENT:
		answer(errand, text_type(target->path));
		if (target->place != RULES_STATIC)
			buffer_puts(&errand->out->body, form);
		break;
	case OFFICE_FOLDER:
		response_set(errand->out, GEMINI_FAILURE, "Choose another name: %s is a folder",
		    target->path);
		break;
	case OFFICE_LARGE:
		response_set(errand->out, GEMINI_FAILURE, OFFICE_LARGE_INSTEAD);
		break;
	case OFFICE_FAILED:
		response_set(errand->out, GEMINI_TEMPORARY_FAILURE, "Try again soon: %s", err.text);
		break;
	}
	buffer_free(&source);
}

void
form_edit(struct errand *errand)
{
	struct rules_target target;

	rules_read_path(errand->url->path, &target);
	if (!office_may(errand, target.path))
		return;
	switch (target.place) {
	case RULES_ARTICLE_FOLDER:
	case RULES_DRAFT_FOLDER:
		answer(errand, "text/gemini");
		buffer_puts(&errand->out->body, form);
		break;
	case RULES_IMAGE:
		response_set(errand->out, GEMINI_FAILURE,
		    "See /desk/image%s: a picture is no text to edit", target.path);
		break;
	case RULES_IMAGE_FOLDER:
		response_set(errand->out, GEMINI_FAILURE,
		    "Send a picture as a file: there is no text to edit");
		break;
	case RULES_STATIC:
		if (text_type(target.path) == NULL) {
			response_set(errand->out, GEMINI_FAILURE,
			    "Send the whole file again: it is no text to edit");
			break;
		}
		edit_file(errand, &target);
		break;
	case RULES_ARTICLE:
	case RULES_DRAFT:
		edit_file(errand, &target);
		break;
	case RULES_FORBIDDEN: /* office_may() has said so */
	case RULES_PLACE_COUNT:
		break;
	}
}
