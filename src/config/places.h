/*
 * places - which of the places that an ini file names must lie apart, and whether they do. What
 * lies below a root is served, kept in history, and replaced by editors. Inside this room only.
 */
#ifndef CONFIG_PLACES_H
#define CONFIG_PLACES_H

#include "config/config.h"
#include "config/problems.h"

/* What lies at a path that the file names. */
enum place_kind {
	PLACE_NONE,
	PLACE_INI,
	PLACE_STATE,
	PLACE_OWN, /* a folder in the state folder that the server made */
	PLACE_LOG,
	PLACE_SOCKET,
	PLACE_ROOT,
	PLACE_CERTIFICATE,
	PLACE_KEY,
	PLACE_AUTHORITY,
};

struct place {
	enum place_kind kind;
	int line;         /* 0: the file does not name it */
	const char *said; /* "[server] state = ../var", for messages */
	const char *path;
};

/* Looks where all places of config really are now, and adds a problem for each that lies where it
 * must not. */
void places_compare(const struct config *config, struct problems *problems);

#endif
