/*
 * titan - the parameters of a Titan request (Titan specification; Edit Link proposal). Pure.
 */
#ifndef GEMINI_TITAN_H
#define GEMINI_TITAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gemini/url.h"

struct titan {
	bool is_edit;            /* ";edit" and nothing else */
	uint64_t size;           /* bytes of the body */
	char mime[URL_MAX + 1];  /* decoded once; "text/gemini" without one */
	char token[URL_MAX + 1]; /* decoded once; "" without one */
};

/* Reads the parameters of url (what stands behind its first ";"). A piece without a known key
 * belongs to the value before it, ";" included (Lagrange writes `mime=text/plain; charset=utf-8`).
 * False, with the reason, for: no parameters or no size, a size that is not 1 to 18 digits, a
 * parameter given twice, an unknown first one, `edit` beside others, a value whose escapes are
 * malformed or that decodes to control bytes or invalid UTF-8. *out is then undefined. */
bool titan_parse(const struct url *url, struct titan *out, char *reason, size_t reason_size);

#endif
