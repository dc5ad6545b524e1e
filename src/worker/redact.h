/*
 * redact - a request line without what only the client and we may know: the tokens of
 * /desk/do/TOKEN, an invitation code, wherever at the desk it is typed, the values of Titan's
 * token=. Pure.
 */
#ifndef WORKER_REDACT_H
#define WORKER_REDACT_H

#include "base/buffer.h"

/* Appends line, a secret being written as "-", and so is every query of the desk. Of a line that
 * cannot be parsed neither the query is told, nor what follows "/desk" or "/welcome". */
void redact_line(const char *line, struct buffer *out);

#endif
