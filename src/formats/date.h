/*
 * date - days as pages and programs write them. Pure.
 */
#ifndef FORMATS_DATE_H
#define FORMATS_DATE_H

#include <stdbool.h>

#include "base/time.h"

/* Reads `June 13, 2025`, `13 June 2025` (a weekday before it and a time behind it are passed over,
 * months may be short), and what timestamp_parse() takes, also with `+0200` for `+02:00` and a
 * blank before it. False for anything else, and for a day that does not exist. */
bool date_read(const char *text, struct timestamp *out);

/* Whether text begins like `June 13, 2025`: somebody meant a day, even if there is no such one. */
bool date_is_meant(const char *text);

/* Reads the day that folders of a path tell: `2025/06/13/`. False if they tell none. */
bool date_read_path(const char *path, struct timestamp *out);

#endif
