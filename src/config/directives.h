/*
 * directives - the tables of all sections and keys: what design and manual page list, as data.
 * Inside this room.
 */
#ifndef CONFIG_DIRECTIVES_H
#define CONFIG_DIRECTIVES_H

#include "config/loading.h"

#define SECTION_COUNT 7
extern const struct section_type section_types[SECTION_COUNT];

#endif
