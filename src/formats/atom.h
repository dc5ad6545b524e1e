/*
 * atom - a feed with its entries (RFC 4287). Pure.
 */
#ifndef FORMATS_ATOM_H
#define FORMATS_ATOM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "formats/piece.h"

/* Adds an article for each entry that has content or a summary; what is wrong with an entry becomes
 * its refusal. False with the reason: what tree_open_xml() refuses, no Atom feed, out of memory. */
bool atom_read(const char *bytes, size_t len, struct pieces *out, struct error *err);

#endif
