#include "desk/token.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/encode.h"
#include "base/text.h"
#include "gemini/gemtext.h"

#define CERTIFICATE_LEN 64 /* hex digits */

/* A token that was handed out. */
struct issue {
	char name[TOKEN_LEN + 1];
	char certificate[CERTIFICATE_LEN + 1];
	int64_t made;
	struct token *token; /* owned */
};

struct tokens {
	struct issue issues[TOKENS_MAX]; /* the oldest first */
	size_t count;
};

struct tokens *
tokens_new(void)
{
	return calloc(1, sizeof(struct tokens));
}

void
token_free(struct token *token)
{
	if (token == NULL)
		return;
	free(token->subject);
	free(token->path);
	free(token->argument);
	free(token);
}

void
tokens_free(struct tokens *tokens)
{
	if (tokens == NULL)
		return;
	for (size_t i = 0; i < tokens->count; i++)
		token_free(tokens->issues[i].token);
	free(tokens);
}

static struct token *
token_copy(const struct token *what)
{
	struct token *token = calloc(1, sizeof(*token));

	if (token == NULL)
		return NULL;
	*token = *what;
	token->subject = strdup(what->subject);
	token->path = strdup(what->path);
	token->argument = strdup(what->argument);
	if (token->subject != NULL && token->path != NULL && token->argument != NULL)
		return token;
	token_free(token);
	return NULL;
}

/* Closes the gap at i; the token that was there is the caller's. */
static struct token *
take_at(struct tokens *tokens, size_t i)
{
	struct token *token = tokens->issues[i].token;

	tokens->count--;
	memmove(&tokens->issues[i], &tokens->issues[i + 1],
	    (tokens->count - i) * sizeof(tokens->issues[0]));
	return token;
}

static bool
is_of(const struct issue *issue, const char *certificate)
{
	return strcmp(issue->certificate, certificate) == 0;
}

/* A clock that was put back makes no token live longer than it should. */
static bool
is_alive(const struct issue *issue, int64_t now)
{
	return now >= issue->made && now - issue->made <= TOKEN_SECONDS;
}

/* Drops what is too old, and the oldest where there are too many. */
static void
make_room(struct tokens *tokens, const char *certificate, int64_t now)
{
	size_t own = 0, oldest_own = 0;

	for (size_t i = tokens->count; i-- > 0;) {
		if (!is_alive(&tokens->issues[i], now)) {
			token_free(take_at(tokens, i));
			oldest_own -= oldest_own > i;
		} else if (is_of(&tokens->issues[i], certificate)) {
			oldest_own = i;
			own++;
		}
	}
	if (own >= TOKENS_OF_ONE)
		token_free(take_at(tokens, oldest_own));
	if (tokens->count >= TOKENS_MAX)
		token_free(take_at(tokens, 0));
}

static bool
make_name(char out[static TOKEN_LEN + 1])
{
	uint8_t bits[TOKEN_LEN / 2];

	if (getrandom(bits, sizeof(bits), 0) != (ssize_t)sizeof(bits))
		return false;
	encode_hex(bits, sizeof(bits), out);
	return true;
}

bool
tokens_add(struct tokens *tokens, const struct token *what, const char *certificate, int64_t now,
    char out[static TOKEN_LEN + 1])
{
	struct issue issue = {.made = now, .token = token_copy(what)};

	if (issue.token == NULL || !make_name(issue.name) ||
	    strlen(certificate) > CERTIFICATE_LEN) {
		token_free(issue.token);
		return false;
	}
	strcpy(issue.certificate, certificate);
	make_room(tokens, certificate, now);
	tokens->issues[tokens->count++] = issue;
	strcpy(out, issue.name);
	return true;
}

static bool
find(const struct tokens *tokens, const char *name, size_t *out)
{
	for (size_t i = 0; i < tokens->count; i++) {
		if (strcmp(tokens->issues[i].name, name) != 0)
			continue;
		*out = i;
		return true;
	}
	return false;
}

enum token_found
tokens_find(const struct tokens *tokens, const char *name, const char *certificate, int64_t now,
    const struct token **out)
{
	size_t i;

	if (!find(tokens, name, &i) || !is_alive(&tokens->issues[i], now))
		return TOKEN_UNKNOWN;
	if (!is_of(&tokens->issues[i], certificate))
		return TOKEN_FOREIGN;
	*out = tokens->issues[i].token;
	return TOKEN_FOUND;
}

struct token *
tokens_take(struct tokens *tokens, const char *name)
{
	size_t i;

	return find(tokens, name, &i) ? take_at(tokens, i) : NULL;
}

bool
token_put_link(struct errand *errand, const struct token *what, const char *label)
{
	char name[TOKEN_LEN + 1], url[sizeof("/desk/do/") + TOKEN_LEN];

	if (!tokens_add(
		errand->desk->tokens, what, errand->visitor->certificate, errand->now, name)) {
		response_set(
		    errand->out, GEMINI_TEMPORARY_FAILURE, "Try again soon: out of memory");
		return false;
	}
	strcpy(stpcpy(url, "/desk/do/"), name);
	gemtext_put_link(&errand->out->body, url, label);
	return true;
}
