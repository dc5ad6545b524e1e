/*
 * upload - a text, picture or file that somebody sends: what is checked before it comes, and what
 * becomes of it when it is there.
 */
#ifndef UPLOAD_UPLOAD_H
#define UPLOAD_UPLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "upload/office.h"

/* What is announced. */
struct upload {
	const char *path; /* decoded */
	const char *mime; /* "" if nothing is said: the name decides */
	uint64_t size;    /* bytes; 0 asks for deletion */
};

/* Whether it may come. Otherwise the answer is set. */
bool upload_may(struct errand *errand, const struct upload *upload);

/* It is here, whole. Everything is checked again; the answer is set. */
void upload_put(struct errand *errand, const struct upload *upload, const void *bytes, size_t len);

#endif
