#include "desk/course.h"

#include <stdio.h>
#include <string.h>

#include "article/head.h"
#include "article/reference.h"
#include "base/text.h"
#include "desk/proof.h"

static bool
refuse(struct errand *errand, enum gemini_status status, const char *instead)
{
	response_set(errand->out, status, "%s", instead);
	return false;
}

static bool
is_readable(struct errand *errand, const struct piece *piece)
{
	if (piece->source == NULL)
		response_set(
		    errand->out, GEMINI_FAILURE, "Correct it first: %s", piece->problem.text);
	return piece->source != NULL;
}

/* Changes the lines of the front matter. */
typedef void course_edit(struct buffer *lines, const void *context);

/* Appends the source of a piece with its front matter changed. It must still be one that can be
 * read: a head can outgrow its limit. */
static bool
put_edited(struct errand *errand, const struct piece *piece, course_edit *edit, const void *context,
    struct buffer *out)
{
	struct buffer lines = BUFFER_EMPTY;
	struct error err = {"out of memory"};
	struct source *source = NULL;
	size_t len;
	const char *body = head_take(&lines, buffer_text(&piece->bytes), piece->bytes.len, &len);

	head_drop(&lines, "revision");
	edit(&lines, context);
	head_put(out, &lines, body, len);
	buffer_free(&lines);
	if (!out->failed)
		source = source_parse(piece->target.path, buffer_text(out), out->len, &err);
	bool ok = source != NULL;
	source_free(source);
	if (!ok)
		response_set(errand->out, GEMINI_FAILURE, "Correct it first: %s", err.text);
	return ok;
}

/* Changes a file where it lies. */
static bool
edit_in_place(
    struct errand *errand, const struct piece *piece, course_edit *edit, const void *context)
{
	struct buffer bytes = BUFFER_EMPTY;
	bool ok = put_edited(errand, piece, edit, context, &bytes);

	if (ok) {
		struct press_change change = {piece->target.path, buffer_text(&bytes), bytes.len};

		ok = office_put(errand, &change, 1, "update", piece->target.path);
	}
	buffer_free(&bytes);
	return ok;
}

/* Puts bytes at `to` and takes the file away from where it was. */
static bool
put_elsewhere(struct errand *errand, const struct piece *piece, const char *to,
    const struct buffer *bytes, const char *verb)
{
	struct press_change changes[] = {
	    {to, buffer_text(bytes), bytes->len},
	    {.path = piece->target.path},
	};
	size_t count = strcmp(to, piece->target.path) == 0 ? 1 : 2;

	return office_put(errand, changes, count, verb, to);
}

/* --- publish, offer --- */

bool
course_may_publish(struct errand *errand, const struct piece *piece)
{
	if (!piece_is_text(piece))
		return refuse(errand, GEMINI_FAILURE,
		    "Nothing to do: a file is public as soon as it is there");
	if (!is_readable(errand, piece))
		return false;
	if (!piece->may_publish)
		return refuse(errand, GEMINI_NOT_AUTHORISED,
		    "Ask an editor to publish it: you publish only what is your own");
	if (piece->state == FILE_ARTICLE)
		return refuse(errand, GEMINI_FAILURE, "Nothing to do: it is public already");
	if (piece->state == FILE_SCHEDULED)
		return refuse(errand, GEMINI_FAILURE,
		    "Change its date to publish it sooner: it comes out by itself then");
	return true;
}

/* What nobody has seen is not written over. */
static bool
is_replaced_known(struct errand *errand, const struct proof *proof, const char *replaced)
{
	if (strcmp(proof->replaced, replaced) == 0)
		return true;
	response_set(errand->out, GEMINI_FAILURE,
	    "Look at it again: %s was changed since you opened the page. Nothing was done",
	    proof->path);
	return false;
}

bool
course_publish(
    struct errand *errand, const char *path, const char *replaced, char out[static RULES_PATH_MAX])
{
	struct piece piece;
	struct proof proof = {.source = NULL};

	bool ok = piece_open(errand, path, &piece) && course_may_publish(errand, &piece) &&
		  proof_make(errand, &piece, &proof) && office_may(errand, proof.path) &&
		  is_replaced_known(errand, &proof, replaced) &&
		  put_elsewhere(errand, &piece, proof.path, &proof.bytes,
		      *proof.replaced == '\0' ? "publish" : "update");
	if (ok)
		strcpy(out, proof.path);
	proof_done(&proof);
	piece_close(&piece);
	return ok;
}

static void
edit_into_ready(struct buffer *lines, const void *context)
{
	(void)context;
	head_set(lines, "status", "ready", strlen("ready"));
}

bool
course_offer(struct errand *errand, const char *path)
{
	struct piece piece;

	bool ok = piece_open(errand, path, &piece);
	if (ok && !piece.may_offer)
		ok = refuse(errand, GEMINI_NOT_AUTHORISED,
		    "Ask whose draft it is: you offer only your own");
	ok = ok && edit_in_place(errand, &piece, edit_into_ready, NULL);
	piece_close(&piece);
	return ok;
}

/* --- move --- */

static const char *
ending_of(const char *path)
{
	return text_ends(path, ".md") ? ".md" : ".gmi";
}

static bool
is_free(struct errand *errand, const char *path)
{
	struct buffer there = BUFFER_EMPTY;
	struct error err;

	enum office_found found = office_read(errand->desk, path, &there, &err);
	buffer_free(&there);
	if (found == OFFICE_FAILED)
		response_set(errand->out, GEMINI_TEMPORARY_FAILURE, "Try again soon: %s", err.text);
	else if (found != OFFICE_ABSENT)
		response_set(
		    errand->out, GEMINI_FAILURE, "Choose another path: something is at %s", path);
	return found == OFFICE_ABSENT;
}

/* Where `to` leads. "%" and "?" are what they are: it was typed, and is no URL. */
static bool
read_destination(
    struct errand *errand, const struct piece *piece, const char *to, struct rules_target *out)
{
	const char *name = strrchr(piece->target.path, '/') + 1;
	char whole[RULES_PATH_MAX + URL_MAX + RULES_NAME_MAX];

	snprintf(whole, sizeof(whole), "%s%s", to, text_ends(to, "/") ? name : "");
	rules_read_path(whole, out);
	if (out->place == RULES_FORBIDDEN)
		return refuse(errand, GEMINI_FAILURE, out->reason);
	return true;
}

bool
course_may_move(struct errand *errand, const struct piece *piece, const char *to,
    char out[static RULES_PATH_MAX])
{
	struct rules_target target;

	if (!piece_is_text(piece))
		return refuse(errand, GEMINI_FAILURE,
		    "Send the file again under its new name: only articles and drafts can move");
	if (!is_readable(errand, piece))
		return false;
	if (!office_may(errand, piece->target.path) ||
	    !read_destination(errand, piece, to, &target))
		return false;
	if (target.place != piece->target.place)
		return refuse(errand, GEMINI_FAILURE,
		    piece->target.place == RULES_DRAFT
			? "Choose a path below /drafts/: publish it to have it in /articles/"
			: "Choose a path below /articles/: retract it to take it from readers");
	if (!text_ends(target.path, ending_of(piece->target.path)))
		return refuse(errand, GEMINI_FAILURE,
		    "Choose a path with the same ending: it tells how the text is written");
	strcpy(out, target.path);
	return office_check_folders(errand, target.path) && is_free(errand, target.path) &&
	       office_may(errand, target.path);
}

/* Whether an entry is anything but a former path that is `to` again. */
static bool
is_no_way_to(void *context, const struct frontmatter_entry *entry)
{
	struct buffer scratch = BUFFER_EMPTY, value = BUFFER_EMPTY;
	struct url url;
	bool is_way = false;

	if (frontmatter_is(entry, "moved-from")) {
		text_append_line(&value, entry->value, entry->value_len);
		is_way = reference_read_path(buffer_text(&value), &scratch, &url) &&
			 strcmp(url.path, context) == 0;
	}
	buffer_free(&value);
	buffer_free(&scratch);
	return !is_way;
}

/* The two ends of a move. */
struct way {
	const char *from, *to;
};

/* Drafts were never asked for: they leave no way behind. */
static void
edit_way(struct buffer *lines, const void *context)
{
	const struct way *way = context;

	head_filter(lines, is_no_way_to, (void *)way->to);
	if (!text_starts(way->from, "/articles/"))
		return;
	buffer_puts(lines, "moved-from = ");
	text_append_path(lines, way->from, strlen(way->from));
	buffer_putc(lines, '\n');
}

bool
course_move(struct errand *errand, const char *path, const char *to)
{
	struct piece piece;
	struct buffer bytes = BUFFER_EMPTY;
	char target[RULES_PATH_MAX];
	struct way way = {.to = target};

	bool ok = piece_open(errand, path, &piece) && course_may_move(errand, &piece, to, target);
	if (ok) {
		way.from = piece.target.path;
		ok = put_edited(errand, &piece, edit_way, &way, &bytes) &&
		     put_elsewhere(errand, &piece, target, &bytes, "move");
	}
	buffer_free(&bytes);
	piece_close(&piece);
	return ok;
}

/* --- retract --- */

bool
course_may_retract(struct errand *errand, const struct piece *piece)
{
	if (piece->target.place != RULES_ARTICLE)
		return refuse(errand, GEMINI_FAILURE,
		    "Delete it instead: only what was an article can be retracted");
	if (!is_readable(errand, piece))
		return false;
	return office_may(errand, piece->target.path);
}

static void
edit_note(struct buffer *lines, const void *context)
{
	const char *note = context;

	head_set(lines, "retracted", note, strlen(note));
}

bool
course_retract(struct errand *errand, const char *path, const char *note)
{
	struct piece piece;

	bool ok = piece_open(errand, path, &piece) && course_may_retract(errand, &piece) &&
		  edit_in_place(errand, &piece, edit_note, note);
	piece_close(&piece);
	return ok;
}
