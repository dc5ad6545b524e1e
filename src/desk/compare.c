/* /desk/compare/PATH: a text that was kept as a draft beside what is where it was sent. */
#include "desk/lines.h"
#include "desk/pages.h"
#include "desk/piece.h"
#include "desk/proof.h"
#include "gemini/gemtext.h"

/* Appends what publishing would put there; while that cannot be done, the draft as it is. */
static void
put_new(const struct errand *errand, const struct piece *piece, struct buffer *out)
{
	struct response refusal;
	struct errand trial = *errand;
	struct proof proof = {.source = NULL};

	trial.out = &refusal;
	response_init(&refusal);
	bool is_proof =
	    piece->may_replace && piece->source != NULL && proof_make(&trial, piece, &proof);
	const struct buffer *new = is_proof ? &proof.bytes : &piece->bytes;
	buffer_append(out, buffer_text(new), new->len);
	proof_done(&proof);
	response_free(&refusal);
}

static void
put_top(struct errand *errand, const struct piece *piece)
{
	lines_begin(errand, "Compare: %s", piece->title);
	lines_put_text(errand,
	    "Lines with - are at %s now, lines with + come from the draft %s. If it is published, "
	    "those with - go, and those with + take their place.",
	    piece->sent_to, piece->target.path);
	lines_put_place(errand, piece->sent_to);
	if (piece->may_write)
		lines_put_edit(errand, piece->target.path, "Edit the draft");
	lines_put_link(errand, "/desk/preview", piece->target.path, "Preview the draft");
	if (piece->may_replace && piece->source != NULL)
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
	put_new(errand, piece, &new);
	if (found == OFFICE_FAILED) {
		response_set(errand->out, GEMINI_TEMPORARY_FAILURE, "Try again soon: %s", err.text);
	} else {
		put_top(errand, piece);
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
