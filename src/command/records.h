/*
 * records - looks through what the state folder holds of people: files that let nobody in, and
 * invitations that nobody can take. Only reads.
 */
#ifndef COMMAND_RECORDS_H
#define COMMAND_RECORDS_H

#include "command/findings.h"
#include "config/config.h"

void records_check(const struct config *config, struct findings *findings);

#endif
