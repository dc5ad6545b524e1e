#include "desk/piece.h"

#include <string.h>

#include "article/head.h"
#include "article/reference.h"
#include "base/text.h"
#include "base/time.h"

bool
piece_is_text(const struct piece *piece)
{
	return piece->target.place == RULES_ARTICLE || piece->target.place == RULES_DRAFT;
}

static bool
is_allowed(const struct errand *errand, const struct rules_target *target, enum rules_holder holder)
{
	enum gemini_status status;

	return rules_refusal(errand->role, target, holder, &status) == NULL;
}

bool
piece_may_write(const struct errand *errand, const struct file_row *file)
{
	const struct person *person = errand->person;
	bool is_own = person != NULL && strcmp(file->editor, person->id) == 0;
	struct rules_target target;

	rules_read_path(file->path, &target);
	return is_allowed(errand, &target, is_own ? RULES_OWN : RULES_OTHER);
}

/* Once live an article stays live, even if the clock is put back: the press knows. */
static enum file_state
state_by_date(struct errand *errand, struct piece *piece)
{
	const struct source *source = piece->source;
	struct file_row known;
	bool is_known = press_file(errand->desk->press, piece->target.path, &known);

	piece->published = is_known && known.published != 0 ? known.published : errand->now;
	if (source->has_date)
		piece->published =
		    timestamp_seconds(&source->date, errand->desk->capsule->timezone);
	bool is_live =
	    is_known && known.state == FILE_ARTICLE && known.published == piece->published;
	return is_live || piece->published <= errand->now ? FILE_ARTICLE : FILE_SCHEDULED;
}

static enum file_state
state_of_text(struct errand *errand, struct piece *piece)
{
	const struct source *source = piece->source;

	if (source == NULL)
		return FILE_BROKEN;
	if (piece->target.place == RULES_DRAFT)
		return FILE_DRAFT;
	if (source->retracted[0] != '\0')
		return FILE_RETRACTED;
	if (source->status != SOURCE_PUBLISHED)
		return FILE_DRAFT;
	return state_by_date(errand, piece);
}

bool
piece_read_sent_to(const char *bytes, size_t len, char out[static RULES_PATH_MAX])
{
	struct buffer lines = BUFFER_EMPTY, value = BUFFER_EMPTY, scratch = BUFFER_EMPTY;
	struct rules_target target = {.place = RULES_FORBIDDEN};
	struct frontmatter_entry entry;
	struct url url;
	size_t body_len;

	head_take(&lines, bytes, len, &body_len);
	if (head_find(&lines, "sent-to", &entry)) {
		buffer_append(&value, entry.value, entry.value_len);
		if (reference_read_path(buffer_text(&value), &scratch, &url))
			rules_read_path(url.path, &target);
	}
	bool is_file = target.place == RULES_ARTICLE || target.place == RULES_DRAFT ||
		       target.place == RULES_STATIC;
	strcpy(out, is_file ? target.path : "");
	buffer_free(&lines);
	buffer_free(&value);
	buffer_free(&scratch);
	return is_file;
}

/* A kept text may go where it was sent, if what lies there now may be written. */
static void
judge_return(struct errand *errand, struct piece *piece)
{
	enum gemini_status status;

	if (piece->target.place != RULES_DRAFT ||
	    !piece_read_sent_to(buffer_text(&piece->bytes), piece->bytes.len, piece->sent_to))
		return;
	piece->may_replace = piece->may_write && strcmp(piece->sent_to, piece->target.path) != 0 &&
			     office_refusal(errand, piece->sent_to, &status) == NULL;
	piece->may_publish |= piece->may_replace;
}

/* What the person may do, by who they are and whose it is. */
static void
judge(struct errand *errand, struct piece *piece)
{
	struct rules_target as_article = piece->target;

	as_article.place = RULES_ARTICLE;
	piece->holder = office_holder(
	    errand, piece->is_there ? buffer_text(&piece->bytes) : NULL, piece->bytes.len);
	piece->may_write = is_allowed(errand, &piece->target, piece->holder);
	piece->may_publish = piece_is_text(piece) && is_allowed(errand, &as_article, piece->holder);
	judge_return(errand, piece);
	piece->may_offer =
	    piece->target.place == RULES_DRAFT && !piece->may_publish && piece->holder == RULES_OWN;
}

/* Reads a source as readers will get it. */
static void
read_text(struct errand *errand, struct piece *piece)
{
	piece->source = source_parse(
	    piece->target.path, buffer_text(&piece->bytes), piece->bytes.len, &piece->problem);
	piece->state = state_of_text(errand, piece);
	if (piece->source != NULL)
		piece->title = piece->source->article.card.title;
}

static bool
refuse_folder(struct errand *errand)
{
	response_set(errand->out, GEMINI_NOT_FOUND,
	    "Go to /desk/ and choose a file: a folder has no such page");
	return false;
}

/* Reads what lies there. Whether it could be told. */
static bool
load(struct errand *errand, struct piece *piece)
{
	struct error err;

	switch (office_read(errand->desk, piece->target.path, &piece->bytes, &err)) {
	case OFFICE_FOUND:
		piece->is_there = true;
		office_revision(buffer_text(&piece->bytes), piece->bytes.len, piece->revision);
		return true;
	case OFFICE_ABSENT:
		return true;
	case OFFICE_FOLDER:
		return refuse_folder(errand);
	case OFFICE_LARGE:
		response_set(errand->out, GEMINI_FAILURE, OFFICE_LARGE_INSTEAD);
		return false;
	case OFFICE_FAILED:
		response_set(errand->out, GEMINI_TEMPORARY_FAILURE, "Try again soon: %s", err.text);
		return false;
	}
	return false;
}

/* Whether a file can be at that place at all. */
static bool
is_file_place(struct errand *errand, const struct rules_target *target)
{
	switch (target->place) {
	case RULES_ARTICLE:
	case RULES_DRAFT:
	case RULES_IMAGE:
	case RULES_STATIC:
		return true;
	case RULES_ARTICLE_FOLDER:
	case RULES_DRAFT_FOLDER:
	case RULES_IMAGE_FOLDER:
		return refuse_folder(errand);
	case RULES_FORBIDDEN:
	case RULES_PLACE_COUNT:
		break;
	}
	response_set(errand->out, GEMINI_NOT_FOUND,
	    "Go to /desk/ and choose a file: there can be none at %s", target->path);
	return false;
}

bool
piece_open_past(struct errand *errand, const char *path, struct piece *out)
{
	*out = (struct piece){.state = FILE_PLAIN};
	rules_read_path(path, &out->target);
	out->title = out->target.path;
	if (!is_file_place(errand, &out->target) || !load(errand, out))
		return false;
	judge(errand, out);
	if (out->is_there && piece_is_text(out))
		read_text(errand, out);
	return true;
}

bool
piece_open(struct errand *errand, const char *path, struct piece *out)
{
	if (!piece_open_past(errand, path, out))
		return false;
	if (!out->is_there)
		response_set(errand->out, GEMINI_NOT_FOUND,
		    "Look at /desk/history%s: nothing lies there now", out->target.path);
	return out->is_there;
}

void
piece_close(struct piece *piece)
{
	source_free(piece->source);
	buffer_free(&piece->bytes);
}
