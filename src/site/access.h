/*
 * access - zones: parts of a capsule that need a certificate to be read.
 */
#ifndef SITE_ACCESS_H
#define SITE_ACCESS_H

#include <stdbool.h>

#include "site/visit.h"

/* Whether the visitor may not read a decoded path: the visit is then answered with 60, 61 or 62. */
bool access_refuses(struct visit *visit, const char *path);

/* Whether the visitor's certificate is known to be one of an editor of this capsule. edition is the
 * visit's, being read. Costs nothing without a certificate. */
bool access_is_editor(const struct visit *visit, struct edition *edition);

#endif
