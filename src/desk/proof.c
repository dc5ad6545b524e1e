#include "desk/proof.h"

#include <stdio.h>
#include <string.h>

#include "article/head.h"
#include "article/markdown.h"
#include "base/text.h"
#include "upload/arrival.h"
#include "upload/manuscript.h"
#include "upload/naming.h"

/* A file that moves to a made path becomes gemtext, as made paths end in .gmi. */
static bool
is_converted(const struct piece *piece)
{
	return piece->target.place == RULES_DRAFT && text_ends(piece->target.path, ".md");
}

static void
put_body(struct buffer *out, const struct piece *piece, const char *body, size_t len)
{
	size_t html_line;

	if (!is_converted(piece))
		buffer_append(out, body, len);
	else if (!markdown_to_gemtext(body, len, out, &html_line))
		out->failed = true;
}

static void
set_head(const struct errand *errand, const struct piece *piece, struct buffer *lines)
{
	struct frontmatter_entry entry;
	struct buffer now = BUFFER_EMPTY;

	head_drop_empty(lines);
	head_drop(lines, "status");
	head_drop(lines, "retracted");
	head_drop(lines, "revision");
	head_drop(lines, "sent-to");
	if (is_converted(piece) && head_find(lines, "title", &entry))
		head_set(lines, "title", piece->title, strlen(piece->title));
	if (!head_find(lines, "date", &entry)) {
		office_put_now(errand, &now);
		head_set(lines, "date", buffer_text(&now), now.len);
	}
	lines->failed |= now.failed;
	buffer_free(&now);
}

static void
put_source(const struct errand *errand, const struct piece *piece, const struct buffer *bytes,
    struct buffer *out)
{
	struct buffer lines = BUFFER_EMPTY, text = BUFFER_EMPTY;
	size_t len;
	const char *body = head_take(&lines, buffer_text(bytes), bytes->len, &len);

	set_head(errand, piece, &lines);
	put_body(&text, piece, body, len);
	head_put(out, &lines, buffer_text(&text), text.len);
	out->failed |= text.failed;
	buffer_free(&lines);
	buffer_free(&text);
}

/* A file that is no article goes without what the desk wrote upon it. */
static void
put_file(const struct piece *piece, struct buffer *out)
{
	struct buffer lines = BUFFER_EMPTY;
	size_t len;
	const char *body = head_take(&lines, buffer_text(&piece->bytes), piece->bytes.len, &len);

	head_drop(&lines, "editor");
	head_drop(&lines, "sent-to");
	if (lines.len > 0)
		head_put(out, &lines, body, len);
	else
		buffer_append(out, body, len);
	buffer_free(&lines);
}

/* What sending the kept text again would store. An article comes to its readers with it. */
static bool
put_again(
    struct errand *errand, const struct piece *piece, struct arrival *arrival, struct proof *out)
{
	const struct person *writer = people_by_id(errand->desk->people, piece->source->editor);
	struct buffer composed = BUFFER_EMPTY;

	bool ok = manuscript_compose(
	    arrival, writer, buffer_text(&piece->bytes), piece->bytes.len, &composed);
	if (ok && arrival->target.place == RULES_ARTICLE)
		put_source(errand, piece, &composed, &out->bytes);
	else if (ok)
		buffer_append(&out->bytes, buffer_text(&composed), composed.len);
	out->bytes.failed |= composed.failed;
	buffer_free(&composed);
	return ok;
}

/* The proof of a text that was kept, and goes where it was sent. */
static bool
return_kept(struct errand *errand, const struct piece *piece, struct proof *out)
{
	struct upload upload = {
	    .path = piece->sent_to,
	    .mime = text_ends(piece->target.path, ".md") ? "text/markdown" : "text/gemini",
	    .size = piece->bytes.len,
	};
	struct arrival arrival;

	bool ok = arrival_judge(errand, &upload, &arrival);
	if (ok) {
		strcpy(out->path, arrival.target.path);
		if (arrival.has_stored)
			office_revision(
			    buffer_text(&arrival.stored), arrival.stored.len, out->replaced);
	}
	if (ok && arrival.target.place == RULES_STATIC)
		put_file(piece, &out->bytes);
	else if (ok)
		ok = put_again(errand, piece, &arrival, out);
	out->is_file = ok && arrival.target.place == RULES_STATIC;
	arrival_done(&arrival);
	return ok;
}

/* The proof of what stays where it is, or goes where a path is made for it. */
static bool
make_article(struct errand *errand, const struct piece *piece, struct proof *out)
{
	if (piece->target.place != RULES_DRAFT)
		snprintf(out->path, sizeof(out->path), "%s", piece->target.path);
	else if (!naming_article(errand, "/articles/", piece->source, NULL, NULL, out->path))
		return false;
	put_source(errand, piece, &piece->bytes, &out->bytes);
	return true;
}

bool
proof_make(struct errand *errand, const struct piece *piece, struct proof *out)
{
	struct error err = {"out of memory"};

	*out = (struct proof){.source = NULL};
	if (!(piece->may_replace ? return_kept : make_article)(errand, piece, out))
		return false;
	if (!out->bytes.failed && !out->is_file)
		out->source =
		    source_parse(out->path, buffer_text(&out->bytes), out->bytes.len, &err);
	bool ok = !out->bytes.failed && (out->is_file || out->source != NULL);
	if (!ok)
		response_set(errand->out, GEMINI_FAILURE, "Correct it first: %s", err.text);
	return ok;
}

void
proof_done(struct proof *proof)
{
	source_free(proof->source);
	buffer_free(&proof->bytes);
}
