#include "gemini/titan.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define SIZE_DIGITS_MAX 18 /* so that every size fits 64 bits */

enum key { KEY_SIZE, KEY_MIME, KEY_TOKEN, KEY_COUNT };

static const char *const key_names[KEY_COUNT] = {"size", "mime", "token"};

/* A value as written, borrowed from the URL; at is NULL while the key has not come. */
struct value {
	const char *at;
	size_t len;
};

/* The functions below return what is wrong, in words for the peer, or NULL. */

/* The key that piece gives a value, with its "="; KEY_COUNT if it is none that we know. */
static enum key
key_of(const char *piece)
{
	for (enum key key = 0; key < KEY_COUNT; key++) {
		size_t name_len = strlen(key_names[key]);
		if (strncmp(piece, key_names[key], name_len) == 0 && piece[name_len] == '=')
			return key;
	}
	return KEY_COUNT;
}

static const char *
split(const char *params, struct value values[static KEY_COUNT])
{
	struct value *current = NULL;

	while (true) {
		size_t len = strcspn(params, ";");
		enum key key = key_of(params);
		if (len == strlen("edit") && memcmp(params, "edit", len) == 0)
			return "edit stands alone, without other Titan parameters";
		if (key < KEY_COUNT) {
			size_t value_at = strlen(key_names[key]) + 1;
			assert(value_at <= len);
			current = &values[key];
			if (current->at != NULL)
				return "A Titan parameter is given twice";
			*current = (struct value){params + value_at, len - value_at};
		} else if (current == NULL) {
			return "The first Titan parameter is neither size, mime nor token";
		} else {
			current->len += 1 + len; /* the ";" belonged to the value */
		}
		if (params[len] == '\0')
			return NULL;
		params += len + 1;
	}
}

static const char *
decode(struct value value, char *out)
{
	assert(value.at != NULL && value.len <= URL_MAX); /* out holds as much */
	if (!url_decode(value.at, value.len, out))
		return "A Titan parameter has a malformed escape or is not valid UTF-8";
	for (; *out != '\0'; out++)
		if ((unsigned char)*out < 0x20 || *out == 0x7F)
			return "A Titan parameter holds a control character";
	return NULL;
}

static const char *
parse_size(struct value value, uint64_t *out)
{
	char digits[URL_MAX + 1];
	uint64_t size = 0;

	if (value.at == NULL)
		return "The Titan parameter size is missing";
	const char *wrong = decode(value, digits);
	if (wrong != NULL)
		return wrong;
	size_t len = strlen(digits);
	if (len == 0 || len > SIZE_DIGITS_MAX || strspn(digits, "0123456789") != len)
		return "The Titan parameter size is not a number of 1 to 18 digits";
	for (size_t i = 0; i < len; i++)
		size = size * 10 + (uint64_t)(digits[i] - '0');
	assert(size < UINT64_C(1000000000000000000)); /* SIZE_DIGITS_MAX */
	*out = size;
	return NULL;
}

static const char *
parse(const struct url *url, struct titan *out)
{
	struct value values[KEY_COUNT] = {0};
	const char *wrong;

	if (!url->has_params)
		return "The Titan parameters are missing: ;size=BYTES at least";
	out->is_edit = strcmp(url->params, "edit") == 0;
	if (out->is_edit)
		return NULL;
	if ((wrong = split(url->params, values)) != NULL ||
	    (wrong = parse_size(values[KEY_SIZE], &out->size)) != NULL)
		return wrong;
	if (values[KEY_MIME].len > 0 && (wrong = decode(values[KEY_MIME], out->mime)) != NULL)
		return wrong;
	return values[KEY_TOKEN].at != NULL ? decode(values[KEY_TOKEN], out->token) : NULL;
}

bool
titan_parse(const struct url *url, struct titan *out, char *reason, size_t reason_size)
{
	*out = (struct titan){.mime = "text/gemini"}; /* the specification's default */
	const char *wrong = parse(url, out);
	if (wrong != NULL)
		snprintf(reason, reason_size, "%s", wrong);
	return wrong == NULL;
}
