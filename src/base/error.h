/*
 * error - one sentence for a person: what went wrong, where, and what was expected.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>

#define ERROR_TEXT_MAX 1024 /* bytes, NUL included; what is longer is cut at a character */

struct error {
	char text[ERROR_TEXT_MAX];
};

/* Writes the sentence and returns false, so that `return error_set(err, …)` reads well.
 * err may be NULL: then nobody wants to know. */
bool error_set(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "PREFIX: " before what err says already, and returns false. */
bool error_prefix(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
