/*
 * /desk/ACTION/PATH: what an action is about to do, with a link to /desk/do/TOKEN; and that link,
 * which asks once more, and acts on "yes".
 */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "desk/course.h"
#include "desk/lines.h"
#include "desk/pages.h"
#include "desk/piece.h"
#include "desk/proof.h"
#include "desk/revision.h"
#include "desk/token.h"
#include "gemini/gemtext.h"
#include "upload/deeds.h"

/* --- the deeds --- */

static void
act_publish(struct errand *errand, const struct token *token)
{
	char path[RULES_PATH_MAX];

	if (course_publish(errand, token->path, token->argument, path))
		office_show(errand, path);
}

static void
act_offer(struct errand *errand, const struct token *token)
{
	if (course_offer(errand, token->path))
		office_show(errand, token->path);
}

static void
act_move(struct errand *errand, const struct token *token)
{
	if (course_move(errand, token->path, token->argument))
		office_show(errand, token->argument);
}

static void
act_retract(struct errand *errand, const struct token *token)
{
	if (course_retract(errand, token->path, token->argument))
		office_show(errand, token->path);
}

static void
act_delete(struct errand *errand, const struct token *token)
{
	if (deeds_delete(errand, token->path))
		office_redirect(errand, "", "/desk/");
}

static void
act_restore(struct errand *errand, const struct token *token)
{
	if (deeds_restore(errand, token->path, token->argument))
		office_show(errand, token->path);
}

static const struct deed publish = {"publish", act_publish};
static const struct deed offer = {"ask an editor to publish", act_offer};
static const struct deed move = {"move", act_move};
static const struct deed retract = {"retract", act_retract};
static const struct deed delete = {"delete", act_delete};
static const struct deed restore = {"restore", act_restore};

/* --- their pages --- */

/* Ends the page with the link that does it, and the one that does not. */
static void
put_choice(struct errand *errand, const struct piece *piece, const struct deed *deed,
    const char *argument, const char *label)
{
	struct token what = {
	    .deed = deed,
	    .subject = (char *)piece->title,
	    .path = (char *)piece->target.path,
	    .argument = (char *)argument,
	};

	strcpy(what.revision, piece->revision);
	lines_put_text(errand, "The link is good for ten minutes, once. It asks you to type yes.");
	buffer_putc(&errand->out->body, '\n');
	if (!token_put_link(errand, &what, label))
		return;
	if (piece->is_there)
		lines_put_link(errand, "/desk/preview", piece->target.path, "Leave it as it is");
	else
		gemtext_put_link(&errand->out->body, "/desk/", "Leave it as it is");
}

/* Appends what the person typed on the prompt of the page itself. False if that is nothing. */
static bool
read_typed(const struct errand *errand, struct buffer *out)
{
	char text[URL_MAX + 1];

	if (url_decode_query(errand->url->query, text))
		text_append_line(out, text, strlen(text));
	return out->len > 0;
}

/* Where it goes, and what it takes the place of. */
static void
put_course(struct errand *errand, const struct piece *piece, const struct proof *proof)
{
	if (strcmp(proof->path, piece->target.path) == 0)
		lines_put_text(errand, "Readers will find it at %s.", proof->path);
	else if (text_starts(proof->path, "/drafts/"))
		lines_put_text(errand, "It becomes the draft %s, and %s will be no more.",
		    proof->path, piece->target.path);
	else
		lines_put_text(errand, "Readers will find it at %s, and %s will be no more.",
		    proof->path, piece->target.path);
	if (*proof->replaced != '\0') {
		lines_put_text(errand, "It takes the place of what is there now%s. Compare first:",
		    errand->desk->capsule->history
			? ", which stays in history"
			: ", which cannot be brought back: this capsule keeps no history");
		lines_put_link(
		    errand, "/desk/compare", piece->target.path, "Compare it with what is there");
	}
	if (proof->source != NULL)
		lines_put_text(
		    errand, "If its date is still to come, it comes out by itself then.");
}

static void
put_publish(struct errand *errand, const struct piece *piece)
{
	struct proof proof;

	if (proof_make(errand, piece, &proof)) {
		lines_begin(errand, "Publish: %s", piece->title);
		put_course(errand, piece, &proof);
		put_choice(errand, piece, &publish, proof.replaced, "Publish it");
	}
	proof_done(&proof);
}

static void
put_offer(struct errand *errand, const struct piece *piece)
{
	lines_begin(errand, "Ask an editor to publish: %s", piece->title);
	lines_put_text(errand, "Editors see it first on their desk then. You can still change it.");
	put_choice(errand, piece, &offer, "", "Ask an editor to publish it");
}

void
pages_publish(struct errand *errand, const char *path)
{
	struct piece piece;

	if (piece_open(errand, path, &piece)) {
		if (piece.may_offer && piece.source != NULL)
			put_offer(errand, &piece);
		else if (course_may_publish(errand, &piece))
			put_publish(errand, &piece);
	}
	piece_close(&piece);
}

static void
put_move(struct errand *errand, const struct piece *piece, const char *to)
{
	lines_begin(errand, "Move: %s", piece->title);
	lines_put_text(errand, "It moves from %s to %s.", piece->target.path, to);
	if (piece->target.place == RULES_ARTICLE)
		lines_put_text(errand, "Readers who follow a link to the old address are led on.");
	put_choice(errand, piece, &move, to, "Move it");
}

static void
ask_for_path(struct errand *errand, const struct piece *piece)
{
	response_set(errand->out, GEMINI_INPUT, "New path of \"%s\", now %s", piece->title,
	    piece->target.path);
}

void
pages_move(struct errand *errand, const char *path)
{
	struct piece piece;
	struct buffer to = BUFFER_EMPTY;
	char target[RULES_PATH_MAX];

	if (piece_open(errand, path, &piece) && office_may(errand, piece.target.path)) {
		if (!read_typed(errand, &to))
			ask_for_path(errand, &piece);
		else if (course_may_move(errand, &piece, buffer_text(&to), target))
			put_move(errand, &piece, target);
	}
	buffer_free(&to);
	piece_close(&piece);
}

static void
put_retract(struct errand *errand, const struct piece *piece, const char *note)
{
	lines_begin(errand, "Retract: %s", piece->title);
	lines_put_text(errand, "Readers who ask for it get this note instead, and it goes from "
			       "every list. Its text is kept, and can be published again.");
	gemtext_put_quote(&errand->out->body, note);
	put_choice(errand, piece, &retract, note, "Retract it");
}

void
pages_retract(struct errand *errand, const char *path)
{
	struct piece piece;
	struct buffer note = BUFFER_EMPTY;

	if (piece_open(errand, path, &piece) && course_may_retract(errand, &piece)) {
		if (read_typed(errand, &note))
			put_retract(errand, &piece, buffer_text(&note));
		else
			response_set(errand->out, GEMINI_INPUT,
			    "Note for readers: why is \"%s\" retracted?", piece.title);
	}
	buffer_free(&note);
	piece_close(&piece);
}

static void
put_delete(struct errand *errand, const struct piece *piece)
{
	lines_begin(errand, "Delete: %s", piece->title);
	if (piece->state == FILE_ARTICLE || piece->state == FILE_RETRACTED)
		lines_put_text(
		    errand, "Readers who ask for %s are told that it is gone.", piece->target.path);
	else
		lines_put_text(errand, "%s will be no more.", piece->target.path);
	if (piece->target.place == RULES_IMAGE)
		lines_put_text(errand, "Articles that show it will lead to nothing there. Which do "
				       "is not known to the desk: make sure that none does.");
	if (errand->desk->capsule->history)
		lines_put_text(errand, "History keeps it: it can be brought back from there.");
	else
		lines_put_text(errand, "It cannot be brought back: this capsule keeps no history.");
	put_choice(errand, piece, &delete, "", "Delete it");
}

void
pages_delete(struct errand *errand, const char *path)
{
	struct piece piece;

	if (piece_open(errand, path, &piece) && office_may(errand, piece.target.path))
		put_delete(errand, &piece);
	piece_close(&piece);
}

static void
put_restore(struct errand *errand, const struct piece *piece, const char *commit)
{
	struct buffer version = BUFFER_EMPTY;

	lines_begin(errand, "Bring back: %s", piece->title);
	lines_put_version(errand, &version, commit);
	lines_put_text(errand, "%s %s in the version of %s.", piece->target.path,
	    piece->is_there ? "will be what it was" : "will be there again, as it was",
	    buffer_text(&version));
	errand->out->body.failed |= version.failed;
	buffer_free(&version);
	if (piece->is_there)
		lines_put_text(errand, "What is there now stays in history.");
	put_choice(errand, piece, &restore, commit, "Bring it back");
}

void
pages_restore(struct errand *errand, const char *path)
{
	struct revision revision;
	struct piece piece;

	if (!revision_read(path, &revision)) {
		response_set(errand->out, GEMINI_NOT_FOUND,
		    "Choose a version from /desk/history: this address names none");
		return;
	}
	if (piece_open_past(errand, revision.path, &piece) &&
	    deeds_may_restore(errand, piece.target.path, revision.commit))
		put_restore(errand, &piece, revision.commit);
	piece_close(&piece);
}

/* --- /desk/do/TOKEN --- */

static bool
find_token(struct errand *errand, const char *name, const struct token **out)
{
	switch (tokens_find(
	    errand->desk->tokens, name, errand->visitor->certificate, errand->now, out)) {
	case TOKEN_FOUND:
		return true;
	case TOKEN_UNKNOWN:
		response_set(errand->out, GEMINI_NOT_FOUND,
		    "Go back to the page and open it again: this link was used, or is too old. "
		    "Nothing was changed");
		break;
	case TOKEN_FOREIGN:
		response_set(errand->out, GEMINI_NOT_AUTHORISED,
		    "Open the page with this identity: the link was made for another one. "
		    "Nothing was changed");
		break;
	}
	return false;
}

/* Whether the file is what it was when the page was shown. Otherwise the answer says so. */
static bool
is_unchanged(struct errand *errand, const struct token *token)
{
	char revision[OFFICE_REVISION_LEN + 1] = "";
	struct buffer source = BUFFER_EMPTY;
	struct error err;

	if (*token->path == '\0')
		return true;
	enum office_found found = office_read(errand->desk, token->path, &source, &err);
	if (found == OFFICE_FOUND)
		office_revision(buffer_text(&source), source.len, revision);
	buffer_free(&source);
	if (found == OFFICE_FAILED)
		response_set(errand->out, GEMINI_TEMPORARY_FAILURE, "Try again soon: %s", err.text);
	else if (strcmp(revision, token->revision) != 0)
		response_set(errand->out, GEMINI_FAILURE,
		    "Look at it again: %s was changed since you opened the page. Nothing was done",
		    token->path);
	else
		return true;
	return false;
}

static bool
is_yes(const char *query)
{
	char typed[URL_MAX + 1];
	struct buffer line = BUFFER_EMPTY;

	if (!url_decode_query(query, typed))
		return false;
	text_append_line(&line, typed, strlen(typed));
	bool is = strcasecmp(buffer_text(&line), "yes") == 0;
	buffer_free(&line);
	return is;
}

static void
answer_no(struct errand *errand, const struct token *token)
{
	office_gemtext(errand);
	gemtext_put_heading(&errand->out->body, 1, "Nothing was changed");
	buffer_putc(&errand->out->body, '\n');
	lines_put_text(errand, "It is done only when you type yes.");
	lines_put_link(errand, "", errand->url->path, "Ask me again");
	if (text_starts(token->path, "/") && *token->revision != '\0')
		lines_put_link(errand, "/desk/preview", token->path, "Preview");
	gemtext_put_link(&errand->out->body, "/desk/", "The desk");
}

/* The token is used up first: whatever happens then, it happens once. */
static void
act(struct errand *errand, const char *name)
{
	struct token *token = tokens_take(errand->desk->tokens, name);

	if (is_unchanged(errand, token))
		token->deed->act(errand, token);
	token_free(token);
}

void
pages_do(struct errand *errand, const char *path)
{
	const struct token *token;
	const char *name = path + 1;

	if (!find_token(errand, name, &token))
		return;
	if (errand->url->query[0] == '\0')
		response_set(errand->out, GEMINI_INPUT, "Type yes to %s \"%s\"",
		    token->deed->question, token->subject);
	else if (is_yes(errand->url->query))
		act(errand, name);
	else
		answer_no(errand, token);
}
