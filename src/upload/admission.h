/*
 * admission - whom the newsroom's pages are for, and the words for those who may not come in: the
 * same from workers, which turn strangers away themselves, and from the desk. Pure.
 */
#ifndef UPLOAD_ADMISSION_H
#define UPLOAD_ADMISSION_H

#include <stdbool.h>
#include <stdint.h>

#include "gemini/response.h"
#include "gemini/visitor.h"

enum admission {
	ADMISSION_PUBLIC,      /* no page of the newsroom */
	ADMISSION_ANYBODY,     /* one for anybody */
	ADMISSION_CERTIFICATE, /* one that needs a certificate, known or not */
	ADMISSION_PERSON,      /* one for people of the newsroom alone */
};

/* Whom the page at a decoded path of gemini:// is for. */
enum admission admission_of(const char *path);

/* Whether a certificate that is valid now (Unix seconds) came along. Otherwise *out says what to
 * do: 60 or 62. */
bool admission_check_certificate(const struct visitor *visitor, int64_t now, struct response *out);

/* 61, for a certificate that nobody knows. */
void admission_refuse_stranger(struct response *out);

/* 50, for an upload of more than limit bytes. */
void admission_refuse_size(uint64_t limit, struct response *out);

#endif
