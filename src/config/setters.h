/*
 * setters - a value put in its field. Inside this room. See the type setter in loading.h.
 */
#ifndef CONFIG_SETTERS_H
#define CONFIG_SETTERS_H

#include "config/loading.h"

setter set_access;
setter set_alias;
setter set_boolean;
setter set_choice;
setter set_editor_capsule;
setter set_editor_fingerprint;
setter set_fingerprint;
setter set_folder;
setter set_file;
setter set_format;
setter set_gone;
setter set_label;
setter set_language;
setter set_listen;
setter set_number;
setter set_path;
setter set_proxy_from;
setter set_redirect;
setter set_size;
setter set_state;
setter set_text;
setter set_timezone;
setter set_url;
setter set_user;
setter set_workers;

#endif
