/*
 * office - what the files of this room share: the desk of a capsule from inside, and the errand
 * somebody runs there.
 */
#ifndef UPLOAD_OFFICE_H
#define UPLOAD_OFFICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "config/config.h"
#include "gemini/response.h"
#include "gemini/url.h"
#include "gemini/visitor.h"
#include "people/people.h"
#include "press/press.h"
#include "store/media.h"
#include "upload/rules.h"

#define OFFICE_REVISION_LEN 12 /* hex digits of a source's SHA-256 */

struct tokens;    /* desk/token.h */
struct printings; /* upload/printings.h */

/* What was taken out of a picture: see cleaning.h. */
#define CLEANING_NOTES 32
struct cleaning_note {
	char path[RULES_PATH_MAX]; /* "" where there is none */
	unsigned found;
};

struct desk {
	const struct config *config;
	const struct capsule_config *capsule;
	struct press *press;
	struct people *people;
	struct media *media;
	struct tokens *tokens;       /* made by desk_open() with tokens_new() */
	struct printings *printings; /* the same, with printings_new() */
	struct printings *revisions; /* the same: what was given by `;edit` */
	struct cleaning_note cleaned[CLEANING_NOTES];
	size_t next_cleaned;
};

/* One request: who asks, from where, and where the answer goes. */
struct errand {
	struct desk *desk;
	const struct url *url;         /* NULL from the command line */
	const struct visitor *visitor; /* NULL from the command line */
	const struct person *person;   /* NULL: a stranger; from the command line the admin */
	enum editor_role role;         /* of the person; an editor's for the admin */
	int port;                      /* the public one */
	int64_t now;                   /* Unix seconds */
	bool is_repeated;              /* it may be done already: see desk_request */
	struct response *out;          /* initialised */
};

/* A page of the desk. path is decoded: what follows the page's name ("/articles/x.gmi" of
 * /desk/preview/articles/x.gmi; "/" of /desk/images/), not yet looked at. The person is known,
 * except on the pages of membership.h. */
typedef void desk_page(struct errand *errand, const char *path);

/* Appends SCHEME://HOST[:PORT]PREFIX/PATH, percent-encoded: an absolute link to the decoded path,
 * prefix being "" or, say, "/desk/preview". */
void office_put_url(const struct errand *errand, struct buffer *out, const char *scheme,
    const char *prefix, const char *path);

/* Answers 30 to that gemini:// address. */
void office_redirect(struct errand *errand, const char *prefix, const char *path);

/* Answers 20 with a page of English gemtext, whose body is still to be written. */
void office_gemtext(struct errand *errand);

enum office_found {
	OFFICE_FOUND,
	OFFICE_ABSENT, /* no file */
	OFFICE_FOLDER, /* a folder lies there */
	OFFICE_LARGE,  /* a file larger than an upload may be: history does not have it */
	OFFICE_FAILED, /* err says why */
};
/* What to do with such a file: nothing that could not be undone. */
#define OFFICE_LARGE_INSTEAD                                                                       \
	"Change it in the capsule's folder: it is larger than an upload may be, and not in "       \
	"history"
/* Appends the source as it is on disk now. */
enum office_found office_read(
    const struct desk *desk, const char *path, struct buffer *out, struct error *err);

/* Whether no file stands where the path wants a folder. Otherwise the answer is set. */
bool office_check_folders(struct errand *errand, const char *path);

/* What `revision` says of a source: OFFICE_REVISION_LEN hex digits. */
void office_revision(const void *bytes, size_t len, char out[static OFFICE_REVISION_LEN + 1]);

/* The same as a number, as desk->revisions has it. */
uint64_t office_revision_number(const void *bytes, size_t len);

/* Whose a source is: its `editor`, read leniently, so that a broken one has an owner too. bytes:
 * what office_read() found, or NULL for a path without a file. */
enum rules_holder office_holder(const struct errand *errand, const char *bytes, size_t len);

/* NULL if the person may write what lies, or could lie, at path; else what to do instead, static,
 * with its status. */
const char *office_refusal(struct errand *errand, const char *path, enum gemini_status *out_status);
/* The same, with the answer set if there is a refusal. */
bool office_may(struct errand *errand, const char *path);

/* Writes changes with the person as the author of the commit "VERB PATH"; verb: publish, update,
 * merge, delete, restore or move. On failure the answer is set (40), and false. */
bool office_put(struct errand *errand, const struct press_change *changes, size_t count,
    const char *verb, const char *path);

/* Answers 30 to where a source can be seen now: its own address if it is live, else its preview. */
void office_show(struct errand *errand, const char *path);

/* Appends the date-time of the errand in the capsule's zone, as front matter has it. */
void office_put_now(const struct errand *errand, struct buffer *out);

#endif
