/*
 * deskside - somebody at the desk: pages asked for, looked through, and acted on. What the tests of
 * the desk's pages share.
 */
#ifndef UNIT_DESKSIDE_H
#define UNIT_DESKSIDE_H

#include "newsroom.h"

#include "desk/token.h"

#define DESK "gemini://example.org/desk/"

/* Asks for /desk/PATH; the answer's head. */
static inline const char *
visit(struct newsroom *n, const char *who, const char *path)
{
	char url[2048];

	snprintf(url, sizeof(url), DESK "%s", path);
	return newsroom_ask(n, who, url);
}

static inline const char *
body(const struct newsroom *n)
{
	return buffer_text(&n->answer.body);
}

/* Where a text begins in the page, or SIZE_MAX. */
static inline size_t
place(const struct newsroom *n, const char *text)
{
	const char *found = strstr(body(n), text);

	return found == NULL ? SIZE_MAX : (size_t)(found - body(n));
}

static inline void
check_shown(const struct newsroom *n, const char *text)
{
	if (place(n, text) == SIZE_MAX)
		fail_msg("\"%s\" is not in:\n%s", text, body(n));
}

static inline void
check_not_shown(const struct newsroom *n, const char *text)
{
	if (place(n, text) != SIZE_MAX)
		fail_msg("\"%s\" is in:\n%s", text, body(n));
}

static inline void
check_said(const char *said, const char *beginning)
{
	if (strncmp(said, beginning, strlen(beginning)) != 0)
		fail_msg("\"%s\" does not begin \"%s\"", said, beginning);
}

/* The path of the one-time link on the page, behind /desk/. */
static inline const char *
token_link(const struct newsroom *n)
{
	static char link[64];
	const char *found = strstr(body(n), "=> /desk/do/");

	if (found == NULL)
		fail_msg("no link to do it in %s:\n%s", n->said, body(n));
	else
		snprintf(link, sizeof(link), "%.*s", (int)(strlen("do/") + TOKEN_LEN),
		    found + strlen("=> /desk/"));
	return link;
}

/* Opens the page of an action and says yes. */
static inline const char *
carry_out(struct newsroom *n, const char *who, const char *path)
{
	char yes[96];

	visit(n, who, path);
	snprintf(yes, sizeof(yes), "%s?yes", token_link(n));
	return visit(n, who, yes);
}

static inline void
send(struct newsroom *n, const char *who, const char *path, const char *text)
{
	check_said(newsroom_send(n, who, path, text), "30 ");
}

/* The address of a page of that kind which a page links to, the last one; behind /desk/. */
static inline const char *
last_link(const struct newsroom *n, const char *kind)
{
	static char link[256];
	const char *found = NULL, *next = body(n);

	while ((next = strstr(next, kind)) != NULL)
		found = next++;
	if (found == NULL)
		fail_msg("no link to %s in:\n%s", kind, body(n));
	else
		snprintf(link, sizeof(link), "%.*s", (int)strcspn(found, " \n"), found);
	return link;
}

#endif
