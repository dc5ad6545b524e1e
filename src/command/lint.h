/*
 * lint - looks through the folder of a capsule for what an editor or admin would want to know:
 * broken articles, files that nobody can ask for, folders that have grown too wide. Only reads.
 */
#ifndef COMMAND_LINT_H
#define COMMAND_LINT_H

#include "command/findings.h"
#include "config/config.h"

#define LINT_FOLDER_ENTRIES_MAX 5000 /* history writes a folder's list whole with each change */

void lint_capsule(
    const struct config *config, const struct capsule_config *capsule, struct findings *findings);

#endif
