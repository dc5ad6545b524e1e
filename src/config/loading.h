/*
 * loading - an ini file on its way to being a struct config. Inside this room only.
 *
 *   load.c        a file -> a struct config, by all of these
 *   ini.c         lines -> sections and pairs
 *   walk.c        pairs -> directives, by the tables of directives.c
 *   sections.c    where each section's values go, and what must be in it
 *   setters.c     values -> fields
 *   settle.c      what sections say of each other, once all are known
 *   places.c      which places must lie apart
 *   loading.c     what these share: the struct config as it grows
 */
#ifndef CONFIG_LOADING_H
#define CONFIG_LOADING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "config/config.h"
#include "config/places.h"
#include "config/problems.h"

#define LOADING_KEYS_MAX 64 /* of one section: as many as keys_seen has bits */

struct loading;
struct directive;

/* Puts a value in its place. False if the value is not what the directive expects: the caller
 * says so. What else is wrong (a missing file, a name taken) the setter adds as a problem itself.
 */
typedef bool setter(struct loading *l, const struct directive *d, void *field, const char *value);

/* What a key of a section means. */
struct directive {
	const char *key;
	setter *set;
	size_t offset;              /* of the field in the section's struct */
	const char *expected;       /* NULL: made from the range or the choices */
	const char *initial;        /* the value of a key that is not given, or NULL */
	int least, most;            /* of a number */
	const char *const *choices; /* of a word: the index is the value; ends with NULL */
	bool is_list;               /* may be given again */
	bool is_required;
	enum place_kind place; /* what its value names, where that is a path */
};

/* What a section is. */
struct section_type {
	const char *name;
	const char *title; /* how it is written, for messages */
	bool stands_alone; /* has no name of its own, and comes once at most */
	/* Sets l->target for a section of that name ("" without one), or adds a problem and
	 * returns false: its keys are passed over then. */
	bool (*begin)(struct loading *l, const char *name);
	void (*end)(struct loading *l); /* at its end, all values being set; or NULL */
	const struct directive *directives;
	size_t directive_count;
};

/* A section that speaks of a capsule which may come later in the file. */
struct pending_zone {
	struct zone_config zone;
	int line;
};
struct pending_labels {
	const char *host; /* or NULL: for all capsules */
	int line;
	const char *text[LABEL_COUNT]; /* NULL where not given */
};
/* A capsule that an editor's section names. */
struct pending_capsule {
	size_t editor; /* index */
	const char *host;
	int line;
};

struct loading {
	struct config *config;
	struct problems problems;
	enum config_purpose purpose;
	char *folder; /* of the ini file, absolute */
	int line;     /* the present one */

	const struct section_type *section; /* the present one; NULL: its keys are passed over */
	char *section_title;                /* as in the file, "[capsule example.org]" */
	int section_line;
	void *target;           /* the struct that the section fills */
	uint64_t keys_seen;     /* bit n: the section's directive n was given */
	uint64_t sections_seen; /* bit n: section_types[n] was begun */
	bool has_begun;         /* a first section, good or bad */

	struct pending_zone *zones;
	size_t zone_count;
	struct pending_labels *labels;
	size_t label_count;
	struct pending_capsule *capsules;
	size_t capsule_count;
};

/* Releases everything but what l->config has. */
void loading_done(struct loading *l);

/* The directive of that key, or NULL. */
const struct directive *section_directive(const struct section_type *type, const char *key);
/* The bit of directive n in keys_seen, of section type n in sections_seen. */
uint64_t loading_bit(size_t n);

/* Remembers a place in the config, or notes that memory ran out. */
void loading_add_place(
    struct loading *l, enum place_kind kind, int line, const char *said, const char *path);

/* A copy of text that lives as long as the config, or NULL after noting that memory ran out. */
const char *loading_copy(struct loading *l, const char *text);
/* The same of a buffer, which is emptied. */
const char *loading_take(struct loading *l, struct buffer *text);
/* Adds text to a list, or notes that memory ran out. */
void loading_add(struct loading *l, struct strings *list, const char *text);
/* Makes room for one more zeroed element of size bytes behind the count in items. Returns where
 * items are now, or NULL after noting that memory ran out: they stay where they were then. */
void *loading_grow(struct loading *l, void *items, size_t count, size_t size);
/* Whether the present section gave that key. */
bool loading_has(const struct loading *l, const char *key);
/* Whether no capsule answers for host yet; a problem if one does. */
bool loading_claim_host(struct loading *l, const char *host);

#endif
