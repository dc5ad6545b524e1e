/*
 * access_log - opening the access log again so that a rotation misses nothing: a file that has to
 * be made gets its name only when the new generation serves. Whoever sees it there may rely on
 * new requests being in it, and none going to the old one any more.
 */
#ifndef NET_ACCESS_LOG_H
#define NET_ACCESS_LOG_H

#include <stdbool.h>

#include "base/error.h"
#include "config/config.h"

/* Opens what [log] access names, for the children that are started from now on. */
bool access_log_open(const struct log_config *log, struct error *err);

/* Gives the file its name. */
void access_log_publish(const struct log_config *log);

#endif
