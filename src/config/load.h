/*
 * load - an ini file read into a struct config.
 */
#ifndef CONFIG_LOAD_H
#define CONFIG_LOAD_H

#include <stddef.h>

#include "base/error.h"
#include "config/config.h"

/* Loads path. NULL with all errors found in err, one `file:line: …` a line, each naming the
 * key or section, the value found and what was expected. The caller frees with config_free(). */
struct config *config_load(const char *path, enum config_purpose purpose, struct error *err);

/* The same from memory: what the fuzz target and the unit tests drive. name is what messages
 * call the file and what relative paths are relative to. */
struct config *config_parse(const char *name, const char *bytes, size_t len,
    enum config_purpose purpose, struct error *err);

/* The file to use without -c: conf/broadsheet.ini, then /etc/broadsheet/broadsheet.ini; NULL if
 * neither is there. */
const char *config_default_path(void);

#endif
