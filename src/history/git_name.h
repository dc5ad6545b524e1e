/*
 * git_name - names that git takes for its own folder ".git" on some file system, and keeps nowhere:
 * "git~1" is short for it on NTFS, and HFS+ passes over characters of no width. Pure.
 */
#ifndef HISTORY_GIT_NAME_H
#define HISTORY_GIT_NAME_H

#include <stdbool.h>

/* Whether one of the names in a path, which may hold any bytes, is such a one. */
bool git_name_is_in(const char *path);

#endif
