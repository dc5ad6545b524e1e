#include "config/directives.h"

#include "config/sections.h"
#include "config/setters.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const address_words[] = {
    [LOG_ADDRESSES_FULL] = "full",
    [LOG_ADDRESSES_TRUNCATED] = "truncated",
    [LOG_ADDRESSES_NONE] = "none",
    NULL,
};
static const char *const role_words[] = {
    [ROLE_CONTRIBUTOR] = "contributor", [ROLE_AUTHOR] = "author", [ROLE_EDITOR] = "editor", NULL};
static const char *const requirement_words[] = {
    [ZONE_CERTIFICATE] = "certificate",
    [ZONE_EDITOR] = "editor",
    [ZONE_LISTED] = "listed",
    [ZONE_AUTHORITY] = "authority",
    NULL,
};

#define SERVER(field) offsetof(struct server_config, field)
static const struct directive server_directives[] = {
    {"listen", set_listen, SERVER(listen), .is_list = true,
	.expected = "ADDRESS:PORT, [IPV6-ADDRESS]:PORT or unix:PATH", .place = PLACE_SOCKET},
    {"workers", set_workers, SERVER(workers), .least = 1, .most = 128, .initial = "auto",
	.expected = "auto, or a whole number from 1 to 128"},
    {"user", set_user, SERVER(user), .expected = "the name of a user of this system"},
    {"state", set_state, SERVER(state), .initial = "../var", .expected = "a folder",
	.place = PLACE_STATE},
    {"sandbox", set_boolean, SERVER(sandbox), .initial = "yes", .expected = "yes or no"},
    {"proxy-protocol", set_boolean, SERVER(proxy_protocol), .initial = "no",
	.expected = "yes or no"},
    {"proxy-from", set_proxy_from, 0, .is_list = true,
	.expected = "an address block such as 10.0.0.0/8 or fd00::/8"},
};

#define LOGGING(field) offsetof(struct log_config, field)
static const struct directive log_directives[] = {
    {"access", set_access, LOGGING(access), .initial = "stderr",
	.expected = "stderr, syslog, none or a file in a folder that is there", .place = PLACE_LOG},
    {"format", set_format, LOGGING(json), .initial = "text", .expected = "text or json"},
    {"addresses", set_choice, LOGGING(addresses), .initial = "truncated", .choices = address_words},
};

#define LIMIT(field) offsetof(struct limits_config, field)
static const struct directive limits_directives[] = {
    {"connections", set_number, LIMIT(connections), .least = 1, .most = 1000000, .initial = "8192"},
    {"connections-per-client", set_number, LIMIT(connections_per_client), .least = 1,
	.most = 1000000, .initial = "64"},
    {"requests-per-minute", set_number, LIMIT(requests_per_minute), .least = 0, .most = 1000000,
	.initial = "0"},
    {"handshake-timeout", set_number, LIMIT(handshake_timeout), .least = 1, .most = 3600,
	.initial = "10"},
    {"request-timeout", set_number, LIMIT(request_timeout), .least = 1, .most = 3600,
	.initial = "10"},
    {"send-timeout", set_number, LIMIT(send_timeout), .least = 1, .most = 3600, .initial = "30"},
    {"upload-size", set_size, LIMIT(upload_size), .initial = "8M",
	.expected = "a number of bytes, or one with K, M or G"},
};

#define CAPSULE(field) offsetof(struct capsule_config, field)
static const struct directive capsule_directives[] = {
    {"root", set_folder, CAPSULE(root), .is_required = true, .expected = "a folder",
	.place = PLACE_ROOT},
    {"certificate", set_file, CAPSULE(certificate), .is_required = true,
	.expected = "a certificate file (broadsheet cert new makes one)",
	.place = PLACE_CERTIFICATE},
    {"key", set_file, CAPSULE(key), .is_required = true,
	.expected = "a key file (broadsheet cert new makes one)", .place = PLACE_KEY},
    {"alias", set_alias, CAPSULE(aliases), .is_list = true, .expected = "a host name"},
    {"port", set_number, CAPSULE(port), .least = 1, .most = 65535},
    {"title", set_text, CAPSULE(title), .expected = "a few words"},
    {"tagline", set_text, CAPSULE(tagline), .expected = "a few words"},
    {"language", set_language, CAPSULE(language), .initial = "en",
	.expected = "a language tag such as en or pt-BR"},
    {"timezone", set_timezone, CAPSULE(timezone), .initial = "UTC",
	.expected = "a time zone such as UTC or Europe/Berlin"},
    {"articles-per-page", set_number, CAPSULE(articles_per_page), .least = 1, .most = 500,
	.initial = "20"},
    {"letters", set_url, CAPSULE(letters), .expected = "a URL such as mailto:desk@example.org"},
    {"listing", set_boolean, CAPSULE(listing), .initial = "no", .expected = "yes or no"},
    {"history", set_boolean, CAPSULE(history), .initial = "yes", .expected = "yes or no"},
    {"titan-delete", set_boolean, CAPSULE(titan_delete), .initial = "no", .expected = "yes or no"},
    {"keep-metadata", set_boolean, CAPSULE(keep_metadata), .initial = "no",
	.expected = "yes or no"},
    {"redirect", set_redirect, 0, .is_list = true,
	.expected = "two paths such as /old /new, or a path and a URL"},
    {"gone", set_gone, CAPSULE(gone), .is_list = true, .expected = "a path such as /old.gmi"},
};

#define EDITOR(field) offsetof(struct editor_config, field)
static const struct directive editor_directives[] = {
    {"name", set_text, EDITOR(name), .expected = "a name"},
    {"fingerprint", set_editor_fingerprint, EDITOR(fingerprints), .is_list = true,
	.expected = "SHA-256 in 64 hex digits"},
    {"role", set_choice, EDITOR(role), .initial = "author", .choices = role_words},
    {"capsule", set_editor_capsule, 0, .is_list = true, .expected = "the host of a capsule"},
};

#define ZONE(field) offsetof(struct zone_config, field)
static const struct directive zone_directives[] = {
    {"require", set_choice, ZONE(require), .is_required = true, .choices = requirement_words},
    {"fingerprint", set_fingerprint, ZONE(fingerprints), .is_list = true,
	.expected = "SHA-256 in 64 hex digits"},
    {"authority", set_file, ZONE(authority), .expected = "a certificate file",
	.place = PLACE_AUTHORITY},
};

/* [labels] has one key for each label; the offset is the label's number. */
#define LABEL_DIRECTIVE(name, key, text)                                                           \
	{(key), set_label, LABEL_##name, .expected = "a few words"},
static const struct directive label_directives[] = {LABELS(LABEL_DIRECTIVE)};

const struct section_type section_types[SECTION_COUNT] = {
    {"server", "[server]", true, begin_server, end_server, server_directives,
	COUNT(server_directives)},
    {"log", "[log]", true, begin_log, NULL, log_directives, COUNT(log_directives)},
    {"limits", "[limits]", true, begin_limits, NULL, limits_directives, COUNT(limits_directives)},
    {"capsule", "[capsule HOST]", false, begin_capsule, end_capsule, capsule_directives,
	COUNT(capsule_directives)},
    {"labels", "[labels] or [labels HOST]", false, begin_labels, NULL, label_directives,
	COUNT(label_directives)},
    {"editor", "[editor ID]", false, begin_editor, end_editor, editor_directives,
	COUNT(editor_directives)},
    {"zone", "[zone HOST/PATH/]", false, begin_zone, end_zone, zone_directives,
	COUNT(zone_directives)},
};
