/*
 * importer - the life of an import: which files there are, what they become, and writing that.
 */
#ifndef IMPORT_IMPORTER_H
#define IMPORT_IMPORTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "config/config.h"

struct import_order {
	const struct config *config;
	const struct capsule_config *capsule;
	char *const *sources; /* files and folders */
	size_t source_count;
	const char *into; /* the folder articles go to, with slashes around it; NULL: by date */
	bool is_dry;      /* nothing is written */
};

/* Imports, telling standard output about each file. *out_refused becomes how many files or pieces
 * could not be taken. False with the reason if the import ended early. Takes on the user of the
 * ini file for good. */
bool importer_run(const struct import_order *order, size_t *out_refused, struct error *err);

#endif
