/*
 * io - what the calls of the kernel leave to be done.
 */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>

/* Writes all of it to a file. False, with errno, when the kernel takes no more: a part may be
 * there. */
bool io_write_all(int fd, const char *bytes, size_t len);

/* A listing of the folder that folder_fd is, from its beginning and with a position of its own; for
 * closedir(). NULL, with errno. */
DIR *io_open_listing(int folder_fd);

#endif
