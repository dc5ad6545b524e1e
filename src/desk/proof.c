#include "desk/proof.h"

#include <stdio.h>
#include <string.h>

#include "article/markdown.h"
#include "base/text.h"
#include "desk/head.h"
#include "desk/naming.h"

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
put_source(const struct errand *errand, const struct piece *piece, struct buffer *out)
{
	struct buffer lines = BUFFER_EMPTY, text = BUFFER_EMPTY;
	size_t len;
	const char *body = head_take(&lines, buffer_text(&piece->bytes), piece->bytes.len, &len);

	set_head(errand, piece, &lines);
	put_body(&text, piece, body, len);
	head_put(out, &lines, buffer_text(&text), text.len);
	out->failed |= text.failed;
	buffer_free(&lines);
	buffer_free(&text);
}

bool
proof_make(struct errand *errand, const struct piece *piece, struct proof *out)
{
	struct error err = {""};

	*out = (struct proof){.source = NULL};
	if (piece->target.place != RULES_DRAFT)
		snprintf(out->path, sizeof(out->path), "%s", piece->target.path);
	else if (!naming_article(errand, "/articles/", piece->source, NULL, NULL, out->path))
		return false;
	put_source(errand, piece, &out->bytes);
	if (!out->bytes.failed)
		out->source =
		    source_parse(out->path, buffer_text(&out->bytes), out->bytes.len, &err);
	if (out->source == NULL)
		response_set(errand->out, GEMINI_FAILURE, "Correct it first: %s",
		    out->bytes.failed ? "out of memory" : err.text);
	return out->source != NULL;
}

void
proof_done(struct proof *proof)
{
	source_free(proof->source);
	buffer_free(&proof->bytes);
}
