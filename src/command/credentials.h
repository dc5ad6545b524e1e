/*
 * credentials - the certificates, keys and authorities that an ini file names, read as workers
 * will read them. An error begins with file, line and section.
 */
#ifndef COMMAND_CREDENTIALS_H
#define COMMAND_CREDENTIALS_H

#include <stdbool.h>

#include "base/error.h"
#include "config/config.h"

/* Whether the capsule's certificate can be read, and its key belongs to it. */
bool credentials_of_capsule(
    const struct config *config, const struct capsule_config *capsule, struct error *err);

/* Whether the zone's authority, if it has one, can be read. */
bool credentials_of_zone(
    const struct config *config, const struct zone_config *zone, struct error *err);

/* Looks at all of them in a process of its own, as this one must never have seen a key. False if
 * one is wrong, which standard error was told. */
bool credentials_look(const struct config *config);

#endif
