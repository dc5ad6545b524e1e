/* /desk/preview/PATH: a file as readers will get it, below what is to be known and done here. */
#include <string.h>

#include "article/page.h"
#include "article/reference.h"
#include "base/text.h"
#include "base/time.h"
#include "desk/lines.h"
#include "desk/pages.h"
#include "desk/piece.h"
#include "desk/proof.h"
#include "gemini/gemtext.h"
#include "store/media.h"
#include "upload/kinds.h"
#include "upload/naming.h"

/* --- how it stands --- */

static void
put_schedule(struct errand *errand, const struct piece *piece)
{
	struct buffer due = BUFFER_EMPTY;

	lines_put_minute(errand, &due, piece->published);
	lines_put_text(errand, "Scheduled for %s (%s): it comes out by itself then.",
	    buffer_text(&due), errand->desk->capsule->timezone);
	errand->out->body.failed |= due.failed;
	buffer_free(&due);
}

static void
put_draft_state(struct errand *errand, const struct piece *piece)
{
	enum naming_kept why;

	if (!naming_is_kept(piece->target.path, &why))
		lines_put_text(errand, "%s",
		    piece->source->status == SOURCE_READY
			? "Draft, ready: it waits for an editor to publish it."
			: "Draft: only those who work here see it.");
	else if (why == NAMING_CONFLICT)
		lines_put_text(errand, "Draft, kept after a conflict: somebody saved the text "
				       "while this was written. Compare both. Then publish this "
				       "one in its place, or take over into the other what it "
				       "lacks and delete this draft.");
	else
		lines_put_text(errand, "Draft, kept after a refusal: edit it to correct what is "
				       "wrong, then publish it, or delete it.");
}

/* Where a kept text belongs. */
static void
put_belonging(struct errand *errand, const struct piece *piece)
{
	if (*piece->sent_to == '\0')
		return;
	lines_put_text(errand, "It was sent to %s.", piece->sent_to);
	lines_put_place(errand, piece->sent_to);
	lines_put_link(errand, "/desk/compare", piece->target.path, "Compare both");
}

/* Whether that is a picture that cannot be cleaned. */
static bool
is_held(struct errand *errand, const char *path, struct file_row *out)
{
	return press_file(errand->desk->press, path, out) && out->state == FILE_BROKEN;
}

static void
put_state(struct errand *errand, const struct piece *piece)
{
	struct file_row file;

	switch (piece->state) {
	case FILE_DRAFT:
		put_draft_state(errand, piece);
		break;
	case FILE_SCHEDULED:
		put_schedule(errand, piece);
		break;
	case FILE_ARTICLE:
		lines_put_text(errand, "Live: readers see it.");
		lines_put_link(errand, "", piece->target.path, "See it as readers do");
		break;
	case FILE_RETRACTED:
		lines_put_text(
		    errand, "Retracted: readers get this note: %s", piece->source->retracted);
		break;
	case FILE_BROKEN:
		lines_put_text(errand, "Broken: %s: %s", piece->target.path, piece->problem.text);
		lines_put_text(errand, "%s",
		    piece->target.place == RULES_DRAFT
			? "It cannot be published like this: edit it, and correct that."
			: "Readers get what was printed before, if it ever could be: edit it, and "
			  "correct that.");
		break;
	case FILE_PLAIN:
	case FILE_FOLDER:
	case FILE_STATE_COUNT:
		if (is_held(errand, piece->target.path, &file)) {
			lines_put_text(errand, "Readers do not get this file: %s", file.reason);
			break;
		}
		lines_put_text(errand, "File: served as it is.");
		lines_put_link(errand, "", piece->target.path, "See it as readers do");
		break;
	}
}

/* --- what can be done --- */

static void
put_publish(struct errand *errand, const struct piece *piece)
{
	const char *path = piece->target.path;

	if (piece->state != FILE_DRAFT && piece->state != FILE_RETRACTED)
		return;
	if (piece->may_publish)
		lines_put_link(errand, "/desk/publish", path,
		    piece->state != FILE_DRAFT ? "Publish again"
		    : piece->may_replace       ? "Publish it where it was sent"
					       : "Publish");
	else if (piece->may_offer && piece->source->status != SOURCE_READY)
		lines_put_link(errand, "/desk/publish", path, "Ask an editor to publish it");
}

static void
put_actions(struct errand *errand, const struct piece *piece, bool is_refused)
{
	const char *path = piece->target.path, *type = media_by_name(path);
	bool is_readable = piece_is_text(piece) && piece->source != NULL;

	if (piece->may_write &&
	    (piece_is_text(piece) || (type != NULL && text_starts(type, "text/"))))
		lines_put_edit(
		    errand, path, is_refused ? "Edit the draft, as it was sent" : "Edit");
	put_publish(errand, piece);
	if (piece->may_write && is_readable)
		lines_put_link(errand, "/desk/move", path, "Move");
	if (piece->may_write && is_readable && piece->target.place == RULES_ARTICLE &&
	    piece->state != FILE_DRAFT)
		lines_put_link(errand, "/desk/retract", path,
		    piece->state == FILE_RETRACTED ? "Change the note" : "Retract");
	if (piece->may_write)
		lines_put_link(errand, "/desk/delete", path, "Delete");
	lines_put_link(errand, "/desk/history", path, "History");
	gemtext_put_link(&errand->out->body, "/desk/", "The desk");
}

/* What `broadsheet check` says of it. */
static void
put_findings(struct errand *errand, const struct source *source)
{
	struct buffer *body = &errand->out->body;

	if (source->warnings.count == 0)
		return;
	buffer_putc(body, '\n');
	lines_put_text(errand, "To look at:");
	for (size_t i = 0; i < source->warnings.count; i++) {
		buffer_puts(body, "* ");
		text_append_line(
		    body, source->warnings.items[i], strlen(source->warnings.items[i]));
		buffer_putc(body, '\n');
	}
}

/* --- how it will look --- */

/* Appends the line of a link, made right wherever it stands. */
static void
put_resolved(struct buffer *out, const char *base, const struct gemtext_line *line)
{
	struct buffer url = BUFFER_EMPTY, label = BUFFER_EMPTY;

	buffer_append(&url, line->url, line->url_len);
	buffer_append(&label, line->text, line->text_len);
	buffer_puts(out, "=> ");
	reference_resolve(out, base, buffer_text(&url));
	if (label.len > 0)
		buffer_printf(out, " %s", buffer_text(&label));
	buffer_putc(out, '\n');
	out->failed |= url.failed || label.failed;
	buffer_free(&url);
	buffer_free(&label);
}

/* Appends gemtext with the relative links it has at the path base. */
static void
put_rebased(struct buffer *out, const char *base, const char *text, size_t len)
{
	struct gemtext_reader reader = {.rest = text, .rest_len = len};
	struct gemtext_line line;

	while (gemtext_next(&reader, &line)) {
		if (line.type == GEMTEXT_LINK && line.url_len > 0) {
			put_resolved(out, base, &line);
			continue;
		}
		buffer_append(out, line.raw, line.raw_len);
		buffer_putc(out, '\n');
	}
}

/* Prints an article that lies, or will lie, at path. */
static void
print_article(
    struct errand *errand, const char *path, const struct source *source, int64_t published)
{
	struct article article = source->article;
	struct buffer date = BUFFER_EMPTY, body = BUFFER_EMPTY;

	lines_put_date(errand, &date, source, published);
	put_rebased(&body, path, article.body, article.body_len);
	article.card.date = buffer_text(&date);
	article.body = buffer_text(&body);
	article.body_len = body.len;
	page_article(&errand->out->body, errand->desk->capsule, &article, NULL, 0, false);
	errand->out->body.failed |= date.failed || body.failed;
	buffer_free(&date);
	buffer_free(&body);
}

static void
print_file(struct errand *errand, const char *path, const struct buffer *bytes)
{
	const char *type = media_by_name(path);
	struct buffer text = BUFFER_EMPTY;

	if (type == NULL || !text_starts(type, "text/"))
		return;
	if (strcmp(type, "text/gemini") != 0) {
		lines_put_preformatted(
		    &errand->out->body, "The file", buffer_text(bytes), bytes->len);
		return;
	}
	gemtext_put_document(&text, buffer_text(bytes), bytes->len);
	put_rebased(&errand->out->body, path, buffer_text(&text), text.len);
	errand->out->body.failed |= text.failed;
	buffer_free(&text);
}

/* Why it cannot be published, and where what was meant can be done. */
static void
put_refusal(struct errand *errand, const struct piece *piece, const char *reason)
{
	struct buffer label = BUFFER_EMPTY;
	struct file_row file;

	lines_put_text(errand, "It cannot be published like this. %s", reason);
	if (piece->may_replace && press_file(errand->desk->press, piece->sent_to, &file)) {
		lines_put_text(errand, "What was sent stands below: take over what you changed.");
		buffer_printf(&label, "Edit %s itself", piece->sent_to);
		lines_put_edit(errand, piece->sent_to, buffer_text(&label));
	}
	errand->out->body.failed |= label.failed;
	buffer_free(&label);
}

/* What stands above: ours, whatever the article says below. refusal: why it would not be taken if
 * it were published now, or NULL. */
static void
put_top(struct errand *errand, const struct piece *piece, const struct source *source,
    const char *refusal)
{
	struct buffer *body = &errand->out->body;

	lines_begin(errand, "Preview: %s", piece->title);
	put_state(errand, piece);
	if (refusal != NULL)
		put_refusal(errand, piece, refusal);
	put_belonging(errand, piece);
	buffer_putc(body, '\n');
	put_actions(errand, piece, refusal != NULL);
	if (source != NULL)
		put_findings(errand, source);
	buffer_putc(body, '\n');
}

static void
put_border(struct errand *errand, const struct piece *piece, const char *path)
{
	const char *get = piece->state == FILE_ARTICLE ? "get it"
			  : piece->state == FILE_RETRACTED
			      ? "would get it if it were published again"
			      : "will get it";

	lines_put_text(errand, "Below is %s as readers %s.", path, get);
	buffer_puts(&errand->out->body, "\n");
}

/* What would be refused once more is shown as it is, below the reason, and not offered. */
static void
preview_refused(struct errand *errand, const struct piece *piece)
{
	char reason[RESPONSE_META_MAX + 1];
	struct piece refused = *piece;

	strcpy(reason, errand->out->meta);
	refused.may_publish = refused.may_offer = false;
	put_top(errand, &refused, piece->source, reason);
	lines_put_preformatted(&errand->out->body, "The text as it was sent",
	    buffer_text(&piece->bytes), piece->bytes.len);
}

/* A draft looks as it would if it were published now. */
static void
preview_draft(struct errand *errand, const struct piece *piece)
{
	struct proof proof;

	if (proof_make(errand, piece, &proof)) {
		put_top(errand, piece, piece->source, NULL);
		put_border(errand, piece, proof.path);
		if (proof.is_file)
			print_file(errand, proof.path, &proof.bytes);
		else
			print_article(errand, proof.path, proof.source, errand->now);
	} else {
		preview_refused(errand, piece);
	}
	proof_done(&proof);
}

static void
preview_article(struct errand *errand, const struct piece *piece)
{
	put_top(errand, piece, piece->source, NULL);
	put_border(errand, piece, piece->target.path);
	print_article(errand, piece->target.path, piece->source, piece->published);
}

static void
preview_broken(struct errand *errand, const struct piece *piece)
{
	put_top(errand, piece, NULL, NULL);
	lines_put_preformatted(&errand->out->body, "The text as it was sent",
	    buffer_text(&piece->bytes), piece->bytes.len);
}

void
pages_preview(struct errand *errand, const char *path)
{
	struct piece piece;

	if (!piece_open(errand, path, &piece)) {
		piece_close(&piece);
		return;
	}
	if (piece.target.place == RULES_IMAGE) {
		office_redirect(errand, "/desk/image", piece.target.path);
	} else if (!piece_is_text(&piece)) {
		put_top(errand, &piece, NULL, NULL);
		print_file(errand, piece.target.path, &piece.bytes);
	} else if (piece.source == NULL) {
		preview_broken(errand, &piece);
	} else if (piece.state == FILE_DRAFT) {
		preview_draft(errand, &piece);
	} else {
		preview_article(errand, &piece);
	}
	piece_close(&piece);
}
