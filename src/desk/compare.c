/* /desk/compare/PATH: a text that was kept as a draft beside what is where it was sent. */
#include "article/head.h"
#include "article/page.h"
#include "article/source.h"
#include "base/text.h"
#include "desk/lines.h"
#include "desk/pages.h"
#include "desk/piece.h"
#include "desk/proof.h"
#include "gemini/gemtext.h"

/* Appends what publishing would put there. False if it would be refused: then nothing. */
static bool
put_new(const struct errand *errand, const struct piece *piece, struct buffer *out)
{
	struct response refusal;
	struct errand trial = *errand;
	struct proof proof = {.source = NULL};

	trial.out = &refusal;
	response_init(&refusal);
	bool is_proof =
	    piece->may_replace && piece->source != NULL && proof_make(&trial, piece, &proof);
	if (is_proof)
		buffer_append(out, buffer_text(&proof.bytes), proof.bytes.len);
	proof_done(&proof);
	response_free(&refusal);
	return is_proof;
}

/* Leaves the text below its front matter. */
static void
drop_head(struct buffer *source)
{
	struct buffer lines = BUFFER_EMPTY, text = BUFFER_EMPTY;
	size_t len;
	const char *body = head_take(&lines, buffer_text(source), source->len, &len);

	buffer_append(&text, body, len);
	text.failed |= source->failed || lines.failed;
	buffer_free(&lines);
	buffer_free(source);
	*source = text;
}

/* Makes of an article's source the page that is printed of it, without news of others: a page that
 * came back is refused for its frame. Of other files their text is left. */
static void
print(const struct errand *errand, const char *path, struct buffer *source)
{
	struct buffer page = BUFFER_EMPTY, day = BUFFER_EMPTY;
	struct file_row file = {.published = errand->now};
	struct source *parsed = NULL;

	if (text_starts(path, "/articles/") && source->len > 0)
		parsed = source_parse(path, buffer_text(source), source->len, NULL);
	if (parsed == NULL) {
		drop_head(source);
		return;
	}
	press_file(errand->desk->press, path, &file);
	lines_put_date(errand, &day, parsed, file.published);
	struct article article = parsed->article;
	article.card.date = buffer_text(&day);
	page_article(&page, errand->desk->capsule, &article, NULL, 0, false);
	page.failed |= source->failed || day.failed;
	buffer_free(&day);
	source_free(parsed);
	buffer_free(source);
	*source = page;
}

static void
put_top(struct errand *errand, const struct piece *piece, bool is_publishable)
{
	lines_begin(errand, "Compare: %s", piece->title);
	lines_put_text(errand,
	    "Lines with - are at %s now, lines with + come from the draft %s. %s", piece->sent_to,
	    piece->target.path,
	    is_publishable
		? "If it is published, those with - go, and those with + take their place."
		: "It cannot be published as it is, so the printed page is compared, without its "
		  "links to other news.");
	lines_put_place(errand, piece->sent_to);
	if (piece->may_write)
		lines_put_edit(errand, piece->target.path, "Edit the draft");
	lines_put_link(errand, "/desk/preview", piece->target.path, "Preview the draft");
	if (is_publishable)
		lines_put_link(errand, "/desk/publish", piece->target.path, "Publish the draft");
	gemtext_put_link(&errand->out->body, "/desk/", "The desk");
	buffer_putc(&errand->out->body, '\n');
}

static void
put_comparison(struct errand *errand, const struct piece *piece)
{
	struct buffer old = BUFFER_EMPTY, new = BUFFER_EMPTY;
	struct error err;

	enum office_found found = office_read(errand->desk, piece->sent_to, &old, &err);
	bool is_publishable = put_new(errand, piece, &new);
	if (!is_publishable) {
		buffer_append(&new, buffer_text(&piece->bytes), piece->bytes.len);
		drop_head(&new);
		print(errand, piece->sent_to, &old);
	}
	if (found == OFFICE_FAILED) {
		response_set(errand->out, GEMINI_TEMPORARY_FAILURE, "Try again soon: %s", err.text);
	} else {
		put_top(errand, piece, is_publishable);
		lines_put_diff(errand, "there", &old, "draft", &new);
	}
	errand->out->body.failed |= old.failed || new.failed;
	buffer_free(&old);
	buffer_free(&new);
}

void
pages_compare(struct errand *errand, const char *path)
{
	struct piece piece;

	if (piece_open(errand, path, &piece)) {
		if (*piece.sent_to == '\0')
			response_set(errand->out, GEMINI_NOT_FOUND,
			    "See /desk/history%s: only a text that was kept has another to be "
			    "compared with",
			    piece.target.path);
		else
			put_comparison(errand, &piece);
	}
	piece_close(&piece);
}
