/*
 * site_inside - what an open site holds. Seen by the files of site/ alone.
 */
#ifndef SITE_SITE_INSIDE_H
#define SITE_SITE_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "store/edition.h"

struct site {
	const struct config *config;          /* borrowed */
	const struct capsule_config *capsule; /* borrowed */
	char *edition_folder;
	struct edition *edition;  /* NULL: none is finished yet */
	bool edition_failed;      /* it could not be read: open it anew, whatever its number */
	bool has_complained;      /* about that; once is enough */
	int root_fd;              /* -1: there was no root folder */
	const char **hidden;      /* the prefixes of all zones: what public lists do not show */
	const char **hidden_here; /* those that the path asked for lies outside of */
	size_t hidden_here_count;
	uint64_t printing; /* of the article that an editor was answered with last; 0: of none */
};

#endif
