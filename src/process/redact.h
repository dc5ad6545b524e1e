/*
 * redact - a request line without what only the client and we may know: the tokens of
 * /desk/do/TOKEN, the code typed at /desk/join, the values of Titan's token=. Pure.
 */
#ifndef PROCESS_REDACT_H
#define PROCESS_REDACT_H

#include "base/buffer.h"

/* Appends line, a secret being written as "-". Of a line that cannot be parsed nothing is told of
 * what follows "/desk/". */
void redact_line(const char *line, struct buffer *out);

#endif
