/*
 * location - where a path of the ini file leads on this machine, and whether that is in a folder.
 * Looks at the file system, and changes nothing in it.
 */
#ifndef CONFIG_LOCATION_H
#define CONFIG_LOCATION_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A folder by what it is, however its path is written and wherever else it is mounted. */
struct folder_id {
	dev_t device;
	ino_t inode;
};

struct location {
	char *real; /* absolute, without links, "." and ".." */
	/* What lies there now, if is_there, and then each folder above it; the same of each link on
	 * the way, as whoever may write where a link lies can have it lead elsewhere. */
	struct folder_id *ids;
	size_t id_count, id_capacity;
	struct folder_id own;
	bool is_there;
};

/* Fills *out for an absolute path, of which nothing need be there yet. False if out of memory.
 * location_done() in any case. */
bool location_find(const char *path, struct location *out);
void location_done(struct location *location);

/* Whether location is folder, or lies at any depth below it, or is reached through a link there. */
bool location_lies_in(const struct location *location, const struct location *folder);

/* The same of two absolute paths. False if out of memory, too. */
bool location_path_lies_in(const char *path, const char *folder);

#endif
