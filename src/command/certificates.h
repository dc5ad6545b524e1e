/*
 * certificates - the files of a capsule's certificate and key, made and renewed.
 */
#ifndef COMMAND_CERTIFICATES_H
#define COMMAND_CERTIFICATES_H

#include <stdbool.h>

#include "base/error.h"
#include "config/config.h"

/* Makes key (0600) and certificate (0644) where the capsule says. Neither may be there. On
 * failure neither is. */
bool certificates_make(const struct capsule_config *capsule, struct error *err);

/* Makes a new certificate for the capsule's key and puts it in the place of the old one. Refuses
 * to replace one that somebody else signed. */
bool certificates_renew(const struct capsule_config *capsule, struct error *err);

#endif
