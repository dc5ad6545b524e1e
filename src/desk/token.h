/*
 * token - a deed that waits for somebody to say yes: /desk/do/TOKEN. Tokens live in the memory of
 * the publisher, TOKEN_SECONDS long, and are good for one deed by the certificate they were made
 * for. Pure, but for the random bits.
 */
#ifndef DESK_TOKEN_H
#define DESK_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "upload/office.h"

#define TOKEN_LEN     32 /* characters: 128 random bits in hex */
#define TOKEN_SECONDS 600
#define TOKENS_MAX    1024 /* then the oldest goes */
#define TOKENS_OF_ONE 64   /* certificate; then its own oldest goes */

struct token;

/* What a token does. Static; any file of the room may have its own. */
struct deed {
	const char *question; /* "delete": asks `Type yes to delete "SUBJECT"` */
	/* Does it: rights are checked again here, the revision was before. Sets the answer. */
	void (*act)(struct errand *errand, const struct token *token);
};

struct token {
	const struct deed *deed;
	char *subject;  /* what the question names, e.g. the title */
	char *path;     /* of the file it is done to; "" for none */
	char *argument; /* a new path, a note, a revision of history, a fingerprint; or "" */
	/* office_revision() of the file when the page was shown; "" if there was none. It must be
	 * the same on the deed. Not looked at without a path. */
	char revision[OFFICE_REVISION_LEN + 1];
};

struct tokens;

/* NULL if out of memory. */
struct tokens *tokens_new(void);
void tokens_free(struct tokens *tokens);

/* Makes a token, which is a copy of what; its name goes to out. False if out of memory. */
bool tokens_add(struct tokens *tokens, const struct token *what, const char *certificate,
    int64_t now, char out[static TOKEN_LEN + 1]);

enum token_found {
	TOKEN_FOUND,
	TOKEN_UNKNOWN, /* never made, done, too old, or from before a restart */
	TOKEN_FOREIGN, /* another certificate's */
};
/* *out is borrowed until the next call that changes tokens. */
enum token_found tokens_find(const struct tokens *tokens, const char *name, const char *certificate,
    int64_t now, const struct token **out);

/* Takes the token out: nobody can use it again. Owned by the caller, who frees it. NULL if there
 * is none. */
struct token *tokens_take(struct tokens *tokens, const char *name);
void token_free(struct token *token);

/* Appends the link line `=> /desk/do/TOKEN LABEL` for a deed of the person who runs the errand.
 * On failure the answer is set, and false. */
bool token_put_link(struct errand *errand, const struct token *what, const char *label);

#endif
