#include "upload/upload.h"

#include <string.h>

#include "article/fences.h"
#include "article/head.h"
#include "base/text.h"
#include "store/media.h"
#include "upload/arrival.h"
#include "upload/cleaning.h"
#include "upload/deeds.h"
#include "upload/keeping.h"
#include "upload/kinds.h"
#include "upload/manuscript.h"
#include "upload/naming.h"

bool
upload_may(struct errand *errand, const struct upload *upload)
{
	struct arrival arrival;

	bool ok = arrival_judge(errand, upload, &arrival);
	arrival_done(&arrival);
	return ok;
}

/* Whether these very bytes lie there already: sent twice. */
static bool
is_stored(const struct arrival *a, const void *bytes, size_t len)
{
	return a->has_stored && a->stored.len == len &&
	       memcmp(buffer_text(&a->stored), bytes, len) == 0;
}

/* Stores bytes as they are. If they lie there already they may still be unprinted. */
static bool
store(struct arrival *a, const char *path, const void *bytes, size_t len)
{
	struct press_change change = {path, bytes, len};

	if (is_stored(a, bytes, len)) {
		press_look(a->errand->desk->press, path);
		return true;
	}
	return office_put(a->errand, &change, 1, a->has_stored ? "update" : "publish", path);
}

/* libmagic has to find in the bytes what name and type say. */
static bool
check_bytes(struct arrival *a, const char *told)
{
	const char *mime = a->upload->mime;
	const char *wanted = a->target.place == RULES_IMAGE ? kinds_picture(a->target.path) : told;
	bool is_taken = kinds_ending(told) != NULL && strcmp(told, wanted) == 0;

	if (is_taken && (*mime == '\0' || kinds_is_unsaid(mime) || kinds_is(mime, told)))
		return true;
	response_set(a->errand->out, GEMINI_FAILURE,
	    "Send another file: these bytes are %s, name or type say %s", told,
	    is_taken                     ? mime
	    : kinds_ending(told) == NULL ? "a picture"
					 : wanted);
	return false;
}

/* A made path is that of what is stored: cleaned, the same picture has the same name. */
static void
store_picture(struct arrival *a, const struct cleaning *picture, const char *ending)
{
	const char *path = a->target.path;
	char made[RULES_PATH_MAX];

	if (a->target.place == RULES_IMAGE_FOLDER) {
		if (!naming_image(a->errand, path, ending, picture->bytes, picture->len, made))
			return;
		path = made;
	}
	if (!store(a, path, picture->bytes, picture->len))
		return;
	cleaning_note(a->errand->desk, path, picture->found);
	office_redirect(a->errand, "/desk/image", path);
}

static void
put_picture(struct arrival *a, const char *bytes, size_t len)
{
	const char *told = media_by_bytes(a->errand->desk->media, bytes, len);
	struct cleaning picture;

	if (!check_bytes(a, told))
		return;
	if (cleaning_do(a->errand, a->target.path, bytes, len, &picture))
		store_picture(a, &picture, kinds_ending(told));
	cleaning_done(&picture);
}

/* A text that was sent to be edited carries its revision in a head made for it. */
static void
put_without_revision(
    struct buffer *out, const struct buffer *text, bool *out_is_current, const struct arrival *a)
{
	struct buffer lines = BUFFER_EMPTY;
	struct frontmatter_entry given;
	char revision[OFFICE_REVISION_LEN + 1];
	size_t body_len;
	const char *body = head_take(&lines, buffer_text(text), text->len, &body_len);

	*out_is_current = true;
	if (head_find(&lines, "revision", &given)) {
		office_revision(buffer_text(&a->stored), a->stored.len, revision);
		*out_is_current = a->has_stored && given.value_len == OFFICE_REVISION_LEN &&
				  memcmp(given.value, revision, OFFICE_REVISION_LEN) == 0;
		head_drop(&lines, "revision");
		head_put(out, &lines, body, body_len);
	} else {
		buffer_append(out, buffer_text(text), text->len);
	}
	out->failed |= lines.failed;
	buffer_free(&lines);
}

/* Refuses a text that would show its readers the revision, as its head is no longer one. */
static bool
refuse_slip(struct arrival *a, struct buffer *sent)
{
	const char *path = a->target.path;
	const struct fences_source source = {buffer_text(sent), sent->len, text_ends(path, ".md")};
	struct error reason;

	if (!fences_show_revision(&source))
		return false;
	fences_check(&source, &reason);
	keeping_mend(sent, path, &reason);
	struct keeping kept = {path, path, buffer_text(sent), sent->len};
	if (sent->failed)
		response_set(a->errand->out, GEMINI_TEMPORARY_FAILURE,
		    "Not saved, try again: out of memory");
	else
		keeping_keep(a->errand, &kept, NAMING_REFUSED, GEMINI_FAILURE, reason.text);
	return true;
}

static void
put_static_text(struct arrival *a, const char *bytes, size_t len)
{
	struct buffer sent = BUFFER_EMPTY, text = BUFFER_EMPTY;
	bool is_current = true;

	manuscript_clean(&sent, bytes, len);
	put_without_revision(&text, &sent, &is_current, a);
	struct keeping kept = {a->target.path, a->target.path, buffer_text(&sent), sent.len};
	if (sent.failed || text.failed)
		response_set(a->errand->out, GEMINI_TEMPORARY_FAILURE,
		    "Not saved, try again: out of memory");
	else if (!text_is_utf8(buffer_text(&text), text.len))
		keeping_keep(
		    a->errand, &kept, NAMING_REFUSED, GEMINI_BAD_REQUEST, "it is not valid UTF-8");
	else if (!is_current && !is_stored(a, buffer_text(&text), text.len))
		keeping_keep(a->errand, &kept, NAMING_CONFLICT, GEMINI_FAILURE,
		    "somebody changed the file meanwhile");
	else if (!refuse_slip(a, &sent) && store(a, a->target.path, buffer_text(&text), text.len))
		office_redirect(a->errand, "", a->target.path);
	buffer_free(&sent);
	buffer_free(&text);
}

static void
put_static(struct arrival *a, const char *bytes, size_t len)
{
	struct cleaning file;

	if (kinds_is_text(a->target.path, a->upload->mime)) {
		put_static_text(a, bytes, len);
		return;
	}
	if (cleaning_do(a->errand, a->target.path, bytes, len, &file) &&
	    store(a, a->target.path, file.bytes, file.len))
		office_redirect(a->errand, "", a->target.path);
	cleaning_done(&file);
}

/* Where one looks next: the list the article was in, or the desk. */
static void
delete_stored(struct arrival *a)
{
	char folder[RULES_PATH_MAX];

	if (!deeds_delete(a->errand, a->target.path))
		return;
	memcpy(folder, a->target.path, sizeof(folder));
	strrchr(folder, '/')[1] = '\0';
	bool is_shown = a->target.place == RULES_ARTICLE || a->target.place == RULES_STATIC;
	office_redirect(a->errand, "", is_shown ? folder : "/desk/");
}

static bool
is_manuscript(enum rules_place place)
{
	return place == RULES_ARTICLE || place == RULES_ARTICLE_FOLDER || place == RULES_DRAFT ||
	       place == RULES_DRAFT_FOLDER;
}

static void
take(struct arrival *a, const char *bytes, size_t len)
{
	switch (a->target.place) {
	case RULES_ARTICLE:
	case RULES_ARTICLE_FOLDER:
	case RULES_DRAFT:
	case RULES_DRAFT_FOLDER:
		manuscript_put(a, bytes, len);
		break;
	case RULES_IMAGE:
	case RULES_IMAGE_FOLDER:
		put_picture(a, bytes, len);
		break;
	case RULES_STATIC:
		put_static(a, bytes, len);
		break;
	case RULES_FORBIDDEN: /* arrival_judge() has said so */
	case RULES_PLACE_COUNT:
		break;
	}
}

void
upload_put(struct errand *errand, const struct upload *upload, const void *bytes, size_t len)
{
	struct arrival arrival;

	bool may = arrival_judge(errand, upload, &arrival);
	if (len != upload->size)
		response_set(errand->out, GEMINI_BAD_REQUEST,
		    "Send it again: the body is not as long as `size` says");
	else if (may && len == 0)
		delete_stored(&arrival);
	else if (may)
		take(&arrival, bytes, len);
	else if (arrival.came_too_late && is_manuscript(arrival.target.place) && len > 0)
		manuscript_put(&arrival, bytes, len);
	arrival_done(&arrival);
}
