/*
 * newsroom - a workshop with people in it: what the tests of desk/ set up. heidi is an editor, ada
 * an author, carl a contributor; each has one certificate.
 */
#ifndef UNIT_NEWSROOM_H
#define UNIT_NEWSROOM_H

#include "workshop.h"

#include "base/buffer.h"
#include "desk/desk.h"
#include "people/people.h"

#define NEWSROOM_NOW 1749807000 /* 2025-06-13T09:30:00Z */

/* Fingerprints are one digit, repeated: the first of the name, x for a stranger's. */
#define NEWSROOM_PEOPLE 3

struct newsroom {
	struct workshop shop;
	struct editor_config editors[NEWSROOM_PEOPLE];
	char *fingerprints[NEWSROOM_PEOPLE];
	struct people *people;
	struct desk *desk;
	struct response answer; /* to the last request */
	char said[2048];        /* "30 gemini://example.org/articles/x.gmi" */
};

static inline void
newsroom_open(struct newsroom *n)
{
	static const struct {
		const char *id, *name;
		enum editor_role role;
		const char *fingerprint;
	} people[NEWSROOM_PEOPLE] = {
	    {"heidi", "Heidi", ROLE_EDITOR,
		"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"},
	    {"ada", "Ada L\u00f6w", ROLE_AUTHOR,
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
	    {"carl", "Carl", ROLE_CONTRIBUTOR,
		"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"},
	};
	struct error err;

	*n = (struct newsroom){0};
	workshop_open(&n->shop);
	for (size_t i = 0; i < LABEL_COUNT; i++)
		n->shop.capsule.labels.text[i] = label_defaults[i];
	for (size_t i = 0; i < NEWSROOM_PEOPLE; i++) {
		n->fingerprints[i] = (char *)people[i].fingerprint;
		n->editors[i] = (struct editor_config){.id = (char *)people[i].id,
		    .name = (char *)people[i].name,
		    .role = people[i].role,
		    .fingerprints = {&n->fingerprints[i], 1}};
	}
	n->shop.config.editors = n->editors;
	n->shop.config.editor_count = NEWSROOM_PEOPLE;
	workshop_print(&n->shop);
	n->people = people_open(&n->shop.config, &err);
	if (n->people == NULL)
		fail_msg("%s", err.text);
	n->desk = desk_open(&n->shop.config, &n->shop.capsule, n->shop.press, n->people, &err);
	if (n->desk == NULL)
		fail_msg("%s", err.text);
	response_init(&n->answer);
}

static inline void
newsroom_close(struct newsroom *n)
{
	response_free(&n->answer);
	desk_close(n->desk);
	people_close(n->people);
	workshop_close(&n->shop);
}

/* The certificate of heidi, ada or carl; "" for none, anything else for a stranger's. */
static inline struct visitor
newsroom_visitor(const struct newsroom *n, const char *who)
{
	struct visitor visitor = {
	    .has_certificate = *who != '\0',
	    .not_before = NEWSROOM_NOW - 86400,
	    .not_after = NEWSROOM_NOW + 86400,
	};

	memset(visitor.certificate, 'f', 64);
	memset(visitor.public_key, '0', 64);
	for (size_t i = 0; i < NEWSROOM_PEOPLE; i++)
		if (strcmp(n->editors[i].id, who) == 0)
			memcpy(visitor.certificate, n->fingerprints[i], 64);
	return visitor;
}

static inline void
newsroom_begin(struct newsroom *n)
{
	response_free(&n->answer);
	response_init(&n->answer);
}

static inline const char *
newsroom_said(struct newsroom *n)
{
	snprintf(n->said, sizeof(n->said), "%d %s", (int)n->answer.status, n->answer.meta);
	return n->said;
}

/* Parses "titan://example.org" with rest, or a gemini one, into a request. */
static inline struct desk_request
newsroom_request(
    const char *line, const struct visitor *visitor, struct url *url, struct titan *titan)
{
	char reason[256] = "";

	if (url_parse(line, strlen(line), url, reason, sizeof(reason)) != URL_OK)
		fail_msg("%s: %s", line, reason);
	bool is_titan = url->scheme == URL_TITAN;
	if (is_titan && !titan_parse(url, titan, reason, sizeof(reason)))
		fail_msg("%s: %s", line, reason);
	return (struct desk_request){.url = url,
	    .titan = is_titan ? titan : NULL,
	    .visitor = visitor,
	    .port = URL_DEFAULT_PORT,
	    .now = NEWSROOM_NOW};
}

/* Sends bytes to a path as a Titan client does: asks first, sends then. */
static inline const char *
newsroom_send_bytes(struct newsroom *n, const char *who, const char *path, const char *mime,
    const void *bytes, size_t len)
{
	struct visitor visitor = newsroom_visitor(n, who);
	struct titan titan;
	struct url url;
	char line[4096];

	snprintf(line, sizeof(line), "titan://example.org%s;size=%zu%s%s", path, len,
	    *mime == '\0' ? "" : ";mime=", mime);
	struct desk_request request = newsroom_request(line, &visitor, &url, &titan);
	newsroom_begin(n);
	if (desk_may(n->desk, &request, &n->answer))
		desk_put(n->desk, &request, bytes, len, &n->answer);
	return newsroom_said(n);
}

static inline const char *
newsroom_send(struct newsroom *n, const char *who, const char *path, const char *text)
{
	return newsroom_send_bytes(n, who, path, "text/plain", text, strlen(text));
}

/* The same, asked of a publisher that begins where another one died of it. */
static inline const char *
newsroom_send_again(struct newsroom *n, const char *who, const char *path, const char *text)
{
	struct visitor visitor = newsroom_visitor(n, who);
	struct titan titan;
	struct url url;
	char line[4096];

	snprintf(line, sizeof(line), "titan://example.org%s;size=%zu", path, strlen(text));
	struct desk_request request = newsroom_request(line, &visitor, &url, &titan);
	request.is_repeated = true;
	request.now += 5;
	newsroom_begin(n);
	desk_put(n->desk, &request, text, strlen(text), &n->answer);
	return newsroom_said(n);
}

/* Asks for a page of the desk, or with ";edit" for a source; the answer's body is in n->answer. */
static inline const char *
newsroom_ask(struct newsroom *n, const char *who, const char *url_text)
{
	struct visitor visitor = newsroom_visitor(n, who);
	struct titan titan;
	struct url url;
	struct desk_request request = newsroom_request(url_text, &visitor, &url, &titan);

	newsroom_begin(n);
	desk_answer(n->desk, &request, &n->answer);
	return newsroom_said(n);
}

/* What lies at a path, "" without a file; one at a time. */
static inline const char *
newsroom_file(const struct newsroom *n, const char *path)
{
	return workshop_source(&n->shop, path);
}

/* The newest commit: "AUTHOR <MAIL> MESSAGE". */
static inline const char *
newsroom_commit(const struct newsroom *n)
{
	static char line[512];
	char command[256];

	snprintf(command, sizeof(command),
	    "git --git-dir=%s/history.git log -1 --format='%%an <%%ae> %%s'", n->shop.printed);
	FILE *git = popen(command, "r");
	assert_non_null(git);
	if (fgets(line, sizeof(line), git) == NULL)
		line[0] = '\0';
	pclose(git);
	line[strcspn(line, "\n")] = '\0';
	return line;
}

/* What each test of a group begins and ends with; its state is the newsroom. */
static inline int
newsroom_set_up(void **state)
{
	static struct newsroom n;

	newsroom_open(&n);
	*state = &n;
	return 0;
}

static inline int
newsroom_tear_down(void **state)
{
	newsroom_close(*state);
	return 0;
}

#define NEWSROOM_TEST(name)                                                                        \
	cmocka_unit_test_setup_teardown(name, newsroom_set_up, newsroom_tear_down)

static inline void
begins(const char *label, const char *said, const char *expected)
{
	if (strncmp(said, expected, strlen(expected)) != 0)
		fail_msg("%s: \"%s\", expected \"%s…\"", label, said, expected);
}

#endif
