/*
 * Tests of config/: what an ini file means, and what is said of a bad one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "config/load.h"
#include "config/values.h"

#define CAPSULE "[capsule example.org]\nroot = /r\ncertificate = /c\nkey = /k\n"
#define DIGITS  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct config *
parse(const char *text, struct error *err)
{
	return config_parse("/etc/sheet/b.ini", text, strlen(text), CONFIG_TO_READ, err);
}

/* Parses what must be right. */
static struct config *
parse_good(const char *text)
{
	struct error err = {""};
	struct config *config = parse(text, &err);

	if (config == NULL)
		print_error("%s\n", err.text);
	assert_non_null(config);
	return config;
}

static void
defaults_are_those_of_the_manual(void **state)
{
	struct config *config = parse_good(CAPSULE);
	const struct capsule_config *capsule = &config->capsules[0];

	(void)state;
	assert_int_equal(config->server.listen.count, 2);
	assert_string_equal(config->server.listen.items[0], "[::]:1965");
	assert_string_equal(config->server.listen.items[1], "0.0.0.0:1965");
	assert_true(config_listens_by_default(&config->server.listen));
	assert_int_equal(config->server.workers, value_processors());
	assert_null(config->server.user);
	assert_true(config->server.sandbox);
	assert_false(config->server.proxy_protocol);
	assert_string_equal(config->log.access, "stderr");
	assert_false(config->log.json);
	assert_int_equal(config->log.addresses, LOG_ADDRESSES_TRUNCATED);
	assert_int_equal(config->limits.connections, 8192);
	assert_int_equal(config->limits.connections_per_client, 64);
	assert_int_equal(config->limits.requests_per_minute, 0);
	assert_int_equal(config->limits.handshake_timeout, 10);
	assert_int_equal(config->limits.request_timeout, 10);
	assert_int_equal(config->limits.send_timeout, 30);
	assert_int_equal(config->limits.upload_size, 8 * 1024 * 1024);
	assert_string_equal(capsule->host, "example.org");
	assert_int_equal(capsule->port, 0);
	assert_string_equal(capsule->title, "example.org");
	assert_string_equal(capsule->tagline, "");
	assert_string_equal(capsule->language, "en");
	assert_string_equal(capsule->timezone, "UTC");
	assert_int_equal(capsule->articles_per_page, 20);
	assert_null(capsule->letters);
	assert_false(capsule->listing);
	assert_true(capsule->history);
	assert_false(capsule->titan_delete);
	assert_string_equal(capsule->labels.text[LABEL_SHOW_MORE], "Show more");
	assert_int_equal(capsule->line, 1);
	config_free(config);
}

static void
only_the_whole_default_list_counts_as_it(void **state)
{
	static const struct {
		const char *label;
		const char *items[3];
		size_t count;
		bool is_default;
	} rows[] = {
	    {"none", {NULL}, 0, false},
	    {"the first alone", {"[::]:1965"}, 1, false},
	    {"both, written out", {"[::]:1965", "0.0.0.0:1965"}, 2, true},
	    {"the other way about", {"0.0.0.0:1965", "[::]:1965"}, 2, false},
	    {"one more", {"[::]:1965", "0.0.0.0:1965", "unix:/s"}, 3, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct strings listen = {(char **)rows[i].items, rows[i].count};
		if (config_listens_by_default(&listen) != rows[i].is_default)
			fail_msg("%s", rows[i].label);
	}
}

static void
every_key_reaches_its_field(void **state)
{
	struct config *config = parse_good(
	    "[server]\nlisten = 127.0.0.1:0\nlisten = [::1]:1966\nlisten = unix:/run/b\n"
	    "workers = 3\nuser = nobody\nstate = /s\nsandbox = no\nproxy-protocol = yes\n"
	    "proxy-from = 10.1.2.3/8\nproxy-from = fd00::/8\n"
	    "[log]\naccess = /l\nformat = json\naddresses = none\n"
	    "[limits]\nconnections = 7\nconnections-per-client = 6\nrequests-per-minute = 5\n"
	    "handshake-timeout = 4\nrequest-timeout = 3\nsend-timeout = 2\nupload-size = "
	    "3K\n" CAPSULE
	    "alias = WWW.example.org\nport = 300\ntitle = The T\ntagline = é ; no comment? it is\n"
	    "language = pt-BR\ntimezone = Europe/Berlin\narticles-per-page = 4\n"
	    "letters = mailto:a@b\nlisting = yes\nhistory = no\ntitan-delete = yes\n"
	    "redirect = /old%20one /new/é\nredirect = /x gemini://y/\ngone = /g%20h\n");
	const struct capsule_config *capsule = &config->capsules[0];
	const struct server_config *server = &config->server;

	(void)state;
	assert_int_equal(server->listen.count, 3);
	assert_string_equal(server->listen.items[2], "unix:/run/b");
	assert_int_equal(server->workers, 3);
	assert_string_equal(server->user, "nobody");
	assert_string_equal(server->state, "/s");
	assert_false(server->sandbox);
	assert_true(server->proxy_protocol);
	assert_int_equal(server->proxy_from_count, 2);
	assert_int_equal(server->proxy_from[0].prefix_bits, 104);
	assert_int_equal(server->proxy_from[0].address[11], 0xFF);
	assert_int_equal(server->proxy_from[0].address[12], 10);
	assert_int_equal(server->proxy_from[0].address[13], 0);
	assert_int_equal(server->proxy_from[1].prefix_bits, 8);
	assert_string_equal(config->log.access, "/l");
	assert_true(config->log.json);
	assert_int_equal(config->log.addresses, LOG_ADDRESSES_NONE);
	assert_int_equal(config->limits.connections, 7);
	assert_int_equal(config->limits.connections_per_client, 6);
	assert_int_equal(config->limits.requests_per_minute, 5);
	assert_int_equal(config->limits.handshake_timeout, 4);
	assert_int_equal(config->limits.request_timeout, 3);
	assert_int_equal(config->limits.send_timeout, 2);
	assert_int_equal(config->limits.upload_size, 3072);
	assert_string_equal(capsule->aliases.items[0], "www.example.org");
	assert_int_equal(capsule->port, 300);
	assert_string_equal(capsule->title, "The T");
	assert_string_equal(capsule->tagline, "é");
	assert_string_equal(capsule->language, "pt-BR");
	assert_string_equal(capsule->timezone, "Europe/Berlin");
	assert_int_equal(capsule->articles_per_page, 4);
	assert_string_equal(capsule->letters, "mailto:a@b");
	assert_true(capsule->listing);
	assert_false(capsule->history);
	assert_true(capsule->titan_delete);
	assert_string_equal(capsule->redirects[0].from, "/old one");
	assert_string_equal(capsule->redirects[0].to, "/new/%C3%A9");
	assert_string_equal(capsule->redirects[1].to, "gemini://y/");
	assert_string_equal(capsule->gone.items[0], "/g h");
	config_free(config);
}

static void
sections_may_speak_of_capsules_that_come_later(void **state)
{
	struct config *config = parse_good(
	    "[zone example.org/members/]\nrequire = listed\nfingerprint = " DIGITS "\n"
	    "[labels Example.org]\nshow-more = Mehr\n[labels]\nshow-more = Encore\nby = Par\n"
	    "[editor heidi]\nrole = editor\ncapsule = example.org\n" CAPSULE
	    "[capsule second.example]\nroot = /r\ncertificate = /c\nkey = /k\n");
	const struct capsule_config *first = &config->capsules[0], *second = &config->capsules[1];

	(void)state;
	assert_int_equal(first->zone_count, 1);
	assert_string_equal(first->zones[0].host, "example.org");
	assert_string_equal(first->zones[0].prefix, "/members/");
	assert_int_equal(first->zones[0].require, ZONE_LISTED);
	assert_int_equal(second->zone_count, 0);
	assert_string_equal(first->labels.text[LABEL_SHOW_MORE], "Mehr");
	assert_string_equal(first->labels.text[LABEL_BY], "Par");
	assert_string_equal(second->labels.text[LABEL_SHOW_MORE], "Encore");
	assert_string_equal(second->labels.text[LABEL_MORE_NEWS], "More news");
	assert_string_equal(config->editors[0].capsules.items[0], "example.org");
	assert_string_equal(config->editors[0].name, "heidi");
	config_free(config);
}

static void
fingerprints_may_have_colons_and_capitals(void **state)
{
	struct config *config = parse_good(CAPSULE
	    "[editor heidi]\nfingerprint = 01:23:45:67:89:AB:CD:EF:0123456789abcdef0123456789ABCDEF"
	    "0123456789abcdef\n");

	(void)state;
	assert_string_equal(config->editors[0].fingerprints.items[0], DIGITS);
	assert_int_equal(config->editors[0].role, ROLE_AUTHOR);
	config_free(config);
}

static void
lines_are_read_as_people_write_them(void **state)
{
	struct config *config = parse_good(
	    "\xEF\xBB\xBF; a comment of a length that the library would cut, as it has more than "
	    "two "
	    "hundred bytes: ---------------------------------------------------------------------"
	    "--------------------------------------------------------- and goes on\r\n"
	    "# another\r\n\t[server]\r\n  workers : 2 ; two\r\n\tstate = /a;b\r\n\r\n" CAPSULE
	    "title = One\n  tagline = not a continuation of the title");

	(void)state;
	assert_int_equal(config->server.workers, 2);
	assert_string_equal(config->server.state, "/a;b");
	assert_string_equal(config->capsules[0].title, "One");
	assert_string_equal(config->capsules[0].tagline, "not a continuation of the title");
	config_free(config);
}

static void
relative_paths_start_at_the_folder_of_the_file(void **state)
{
	static const struct {
		const char *written, *expected;
	} rows[] = {
	    {"../capsule", "/usr/capsule"},
	    {"capsule", "/usr/share/capsule"},
	    {"./capsule/", "/usr/share/capsule"},
	    {"../../capsule", "/capsule"},
	    {"../../../capsule", "/../capsule"},
	    {"..", "/usr"},
	    {"../..", "/"},
	    {"..capsule", "/usr/share/..capsule"},
	    {".capsule", "/usr/share/.capsule"},
	    {"a/../capsule", "/usr/share/a/../capsule"},
	    {"/srv/capsule", "/srv/capsule"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buffer text = BUFFER_EMPTY;
		struct error err = {""};
		buffer_printf(
		    &text, "[capsule h]\nroot = %s\ncertificate = /c\nkey = /k\n", rows[i].written);
		struct config *config =
		    config_parse("/usr/share/b.ini", text.data, text.len, CONFIG_TO_READ, &err);
		if (config == NULL)
			print_error("%s: %s\n", rows[i].written, err.text);
		assert_non_null(config);
		assert_string_equal(config->capsules[0].root, rows[i].expected);
		assert_string_equal(config->path, "/usr/share/b.ini");
		config_free(config);
		buffer_free(&text);
	}
}

static void
an_ipv6_address_may_be_a_host(void **state)
{
	struct config *config = parse_good(
	    "[capsule [::1]]\nroot = /r\ncertificate = /c\nkey = /k\nalias = 127.0.0.1\n");

	(void)state;
	assert_string_equal(config->capsules[0].host, "[::1]");
	assert_ptr_equal(config_capsule(config, "127.0.0.1"), &config->capsules[0]);
	assert_null(config_capsule(config, "::1"));
	config_free(config);
}

static void
section_names_may_be_longer_than_the_library_likes(void **state)
{
	struct config *config = parse_good(
	    "[capsule a-rather-long-name-of-a-newspaper.with-more-than-fifty.example.org]\n"
	    "root = /r\ncertificate = /c\nkey = /k\n");

	(void)state;
	assert_string_equal(config->capsules[0].host,
	    "a-rather-long-name-of-a-newspaper.with-more-than-fifty.example.org");
	config_free(config);
}

/* What is said of a bad file: the whole text, and what must be in it. */
struct bad_row {
	const char *label, *text, *expected;
};

static void
check_bad(const struct bad_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct error err = {""};
		struct config *config = parse(rows[i].text, &err);
		if (config != NULL || strstr(err.text, rows[i].expected) == NULL)
			print_error("%s\n  expected %s\n  got      %s\n", rows[i].label,
			    rows[i].expected, err.text);
		assert_null(config);
		assert_non_null(strstr(err.text, rows[i].expected));
	}
}
#define CHECK_BAD(rows) check_bad(rows, sizeof(rows) / sizeof((rows)[0]))
#define AT(line)        "/etc/sheet/b.ini:" #line ": "

static void
bad_lines_are_named(void **state)
{
	static const struct bad_row rows[] = {
	    {"no separator", CAPSULE "hello\n", AT(5) "expected [section], key = value"},
	    {"no key", CAPSULE "= hello\n", AT(5) "expected a key before the value"},
	    {"open section", "[server\n" CAPSULE, AT(1) "expected the section's name and ]"},
	    {"words behind a section", "[server] x\n" CAPSULE, AT(1) "expected the section's name"},
	    {"key before a section", "workers = 2\n" CAPSULE, AT(1) "workers: expected a section"},
	    {"not UTF-8", CAPSULE "title = \xC3\x28\n", AT(5) "this line is not UTF-8"},
	    {"control byte", CAPSULE "title = a\x1B[0m\n", AT(5) "a control byte"},
	    {"long line",
		CAPSULE
		"title = 0123456789012345678901234567890123456789012345678901234567890123456789"
		"0123456789012345678901234567890123456789012345678901234567890123456789012345"
		"678901234567890123456789012345678901234567890123456789\n",
		AT(5) "this line has 208 bytes, expected at most 198"},
	    {"lines are counted over comments", "; a\n\n\n" CAPSULE "bad\n", AT(8) "expected"},
	};

	(void)state;
	CHECK_BAD(rows);
}

static void
a_nul_byte_is_refused(void **state)
{
	static const char text[] = CAPSULE "title = a\0b\n";
	struct error err = {""};

	(void)state;
	assert_null(config_parse("/etc/sheet/b.ini", text, sizeof(text) - 1, CONFIG_TO_READ, &err));
	assert_non_null(strstr(err.text, AT(5) "a control byte"));
}

static void
bad_sections_are_named(void **state)
{
	static const struct bad_row rows[] = {
	    {"unknown", "[sever]\n" CAPSULE,
		AT(1) "[sever]: unknown section, did you mean [server]?"},
	    {"unknown and far off", "[printing]\n" CAPSULE,
		AT(1) "[printing]: unknown section, expected [server]"},
	    {"unknown with a name", "[capsul a.b]\n" CAPSULE,
		"[capsul a.b]: unknown section, did you mean [capsule HOST]?"},
	    {"twice", "[log]\n" CAPSULE "[log]\n",
		AT(6) "[log] is there already, expected it once"},
	    {"name that is none", "[server x]\n" CAPSULE,
		AT(1) "[server x]: expected [server] without a name"},
	    {"capsule without a name", "[capsule]\n", AT(1) "[capsule]: expected [capsule HOST]"},
	    {"capsule with a bad host", "[capsule a_b]\n",
		AT(1) "[capsule a_b]: expected [capsule HOST]"},
	    {"capsule twice", CAPSULE "[capsule EXAMPLE.org]\n",
		AT(5) "[capsule EXAMPLE.org]: example.org is taken by [capsule example.org] in "
		      "line 1"},
	    {"editor without ID", CAPSULE "[editor]\n", AT(5) "[editor]: expected [editor ID]"},
	    {"editor with a bad ID", CAPSULE "[editor a b]\n",
		AT(5) "[editor a b]: expected [editor ID]"},
	    {"editor twice", CAPSULE "[editor a]\n[editor a]\n",
		AT(6) "[editor a] is there already"},
	    {"zone without a slash", CAPSULE "[zone example.org/members]\n",
		AT(5) "[zone example.org/members]: expected [zone HOST/PATH/]"},
	    {"zone twice", CAPSULE "[zone example.org/]\nrequire = editor\n[zone example.org/]\n",
		AT(7) "[zone example.org/] is there already in line 5"},
	    {"zone of nobody", CAPSULE "[zone exampel.org/]\nrequire = editor\n",
		AT(5) "zone exampel.org: no [capsule exampel.org] in this file, did you mean "
		      "\"example.org\"?"},
	    {"zone without a rule", CAPSULE "[zone example.org/]\n",
		AT(5) "[zone example.org/] has no \"require\", expected certificate, editor, "
		      "listed or authority"},
	    {"zone without its list", CAPSULE "[zone example.org/]\nrequire = listed\n",
		AT(5) "[zone example.org/] has no \"fingerprint\""},
	    {"zone without its authority", CAPSULE "[zone example.org/]\nrequire = authority\n",
		AT(5) "[zone example.org/] has no \"authority\""},
	    {"labels of nobody", CAPSULE "[labels other.org]\n",
		AT(5) "labels other.org: no [capsule other.org]"},
	    {"labels twice", CAPSULE "[labels]\n[labels]\n",
		AT(6) "[labels] is there already in line 5"},
	    {"capsule without files", "[capsule a.b]\n",
		AT(1) "[capsule a.b] has no \"root\", expected a folder"},
	    {"nothing at all", "",
		"/etc/sheet/b.ini: no publication to serve, expected a section [capsule HOST]"},
	};

	(void)state;
	CHECK_BAD(rows);
}

static void
bad_keys_are_named(void **state)
{
	static const struct bad_row rows[] = {
	    {"unknown", CAPSULE "titan-delet = no\n",
		AT(5) "[capsule example.org] titan-delet = no: unknown key, did you mean "
		      "\"titan-delete\"?"},
	    {"of another section", CAPSULE "workers = 2\n",
		AT(5) "[capsule example.org] workers = 2: unknown key, it belongs in [server]"},
	    {"far off", "[log]\nxyz = 2\n" CAPSULE,
		AT(2) "[log] xyz = 2: unknown key, expected access, format, addresses"},
	    {"label", "[labels]\nshow-mroe = 2\n" CAPSULE,
		AT(2) "[labels] show-mroe = 2: unknown key, did you mean \"show-more\"?"},
	    {"twice", CAPSULE "title = a\ntitle = b\n",
		AT(6) "[capsule example.org] title = b: given before, expected it once"},
	};

	(void)state;
	CHECK_BAD(rows);
}

static void
bad_values_are_named(void **state)
{
	static const struct bad_row rows[] = {
	    {"port", CAPSULE "port = 65536\n",
		AT(5) "[capsule example.org] port = 65536: expected a whole number from 1 to "
		      "65535"},
	    {"port 0", CAPSULE "port = 0\n", AT(5)},
	    {"sign", CAPSULE "port = +1\n", AT(5)},
	    {"boolean", CAPSULE "history = true\n", "history = true: expected yes or no"},
	    {"empty title", CAPSULE "title =\n", "title = : expected a few words"},
	    {"language", CAPSULE "language = english_uk\n", "expected a language tag"},
	    {"time zone", CAPSULE "timezone = Europe/Atlantis\n",
		"timezone = Europe/Atlantis: expected a time zone"},
	    {"letters", CAPSULE "letters = desk@example.org\n", "expected a URL such as mailto:"},
	    {"redirect to nothing", CAPSULE "redirect = /a\n", "expected two paths"},
	    {"redirect from a word", CAPSULE "redirect = a /b\n", "expected two paths"},
	    {"redirect to itself", CAPSULE "redirect = /a /a\n", "expected two paths"},
	    {"redirect to two", CAPSULE "redirect = /a /b /c\n", "expected two paths"},
	    {"gone", CAPSULE "gone = a\n", "gone = a: expected a path"},
	    {"alias", CAPSULE "alias = a b\n", "expected a host name"},
	    {"alias twice", CAPSULE "alias = a\nalias = A\n",
		AT(6) "[capsule example.org]: a is taken by [capsule example.org]"},
	    {"alias of another",
		CAPSULE "[capsule b]\nroot=/r\nkey=/k\ncertificate=/c\nalias = example.org\n",
		AT(9) "[capsule b]: example.org is taken by [capsule example.org] in line 1"},
	    {"listen by name", "[server]\nlisten = localhost:1965\n" CAPSULE,
		AT(2) "[server] listen = localhost:1965: expected ADDRESS:PORT"},
	    {"listen without port", "[server]\nlisten = 0.0.0.0\n" CAPSULE, AT(2)},
	    {"listen on a high port", "[server]\nlisten = 0.0.0.0:65536\n" CAPSULE, AT(2)},
	    {"listen without brackets", "[server]\nlisten = ::1:1965\n" CAPSULE, AT(2)},
	    {"workers", "[server]\nworkers = many\n" CAPSULE,
		"workers = many: expected auto, or a whole number from 1 to 128"},
	    {"no workers", "[server]\nworkers = 0\n" CAPSULE, AT(2)},
	    {"proxy", "[server]\nproxy-from = 10.0.0.0/33\n" CAPSULE, "expected an address block"},
	    {"access", "[log]\naccess = sylog\n" CAPSULE,
		"access = sylog: expected stderr, syslog, none or a file in a "
		"folder that is there"},
	    {"format", "[log]\nformat = xml\n" CAPSULE, "expected text or json"},
	    {"addresses", "[log]\naddresses = truncate\n" CAPSULE,
		"expected full, truncated or none; did you mean \"truncated\"?"},
	    {"size", "[limits]\nupload-size = 8MB\n" CAPSULE, "expected a number of bytes"},
	    {"huge size", "[limits]\nupload-size = 999999999999999999G\n" CAPSULE, AT(2)},
	    {"timeout", "[limits]\nsend-timeout = 0\n" CAPSULE,
		"expected a whole number from 1 to 3600"},
	    {"role", CAPSULE "[editor a]\nrole = autor\n", "did you mean \"author\"?"},
	    {"fingerprint", CAPSULE "[editor a]\nfingerprint = abc\n",
		"expected SHA-256 in 64 hex digits"},
	    {"fingerprint of another",
		CAPSULE "[editor a]\nfingerprint = " DIGITS "\n[editor b]\nfingerprint = " DIGITS
			"\n",
		AT(8) "[editor b] fingerprint"},
	    {"capsule of an editor", CAPSULE "[editor a]\ncapsule = exampel.org\n",
		AT(6) "capsule exampel.org: no [capsule exampel.org]"},
	};

	(void)state;
	CHECK_BAD(rows);
}

static void
all_mistakes_are_told_in_the_order_of_lines(void **state)
{
	struct error err = {""};

	(void)state;
	assert_null(
	    parse("[editor a]\ncapsule = other\n[nonsense]\n[log]\nformat = x\n" CAPSULE, &err));
	const char *second = strstr(err.text, AT(2)), *third = strstr(err.text, AT(3));
	const char *fifth = strstr(err.text, AT(5));
	assert_true(second != NULL && second < third && third < fifth);
}

static void
many_mistakes_are_counted(void **state)
{
	struct buffer text = BUFFER_EMPTY;
	struct error err = {""};

	(void)state;
	for (int i = 0; i < 500; i++)
		buffer_puts(&text, "nonsense\n");
	assert_null(parse(buffer_text(&text), &err));
	assert_non_null(strstr(err.text, AT(1)));
	assert_non_null(strstr(err.text, " more like these"));
	buffer_free(&text);
}

static void
files_that_are_named_must_exist_to_serve(void **state)
{
	static const char text[] =
	    "[capsule a.b]\nroot = no-such-root\ncertificate = /c\nkey = /usr\n";
	struct error err = {""};

	(void)state;
	assert_null(config_parse("/usr/b.ini", text, strlen(text), CONFIG_TO_SERVE, &err));
	assert_non_null(
	    strstr(err.text, "/usr/b.ini:2: [capsule a.b] root = no-such-root: expected a "
			     "folder at /usr/no-such-root: No such file or directory"));
	assert_non_null(strstr(err.text, "/usr/b.ini:3: "));
	assert_non_null(strstr(err.text,
	    "/usr/b.ini:4: [capsule a.b] key = /usr: expected a key file (broadsheet "
	    "cert new makes one) "
	    "at /usr: it is none"));
}

static void
the_file_itself_may_be_missing(void **state)
{
	struct error err = {""};

	(void)state;
	assert_null(config_load("no/such.ini", CONFIG_TO_READ, &err));
	assert_string_equal(err.text, "no/such.ini: No such file or directory");
	assert_null(config_load("/usr", CONFIG_TO_READ, &err));
	assert_string_equal(err.text, "/usr: Is a directory");
}

static void
the_file_that_we_ship_is_right(void **state)
{
	struct error err = {""};
	struct config *config = config_load("conf/broadsheet.ini", CONFIG_TO_WRITE, &err);

	(void)state;
	if (config == NULL)
		print_error("%s\n", err.text);
	assert_non_null(config);
	assert_string_equal(config->capsules[0].host, "localhost");
	assert_string_equal(config->capsules[0].title, "The Example Broadsheet");
	assert_true(strlen(config->capsules[0].tagline) > 0);
	config_free(config);
}

/* Takes the ";" off lines that show a key or a section: those where no blank follows it. */
static void
uncomment(char *text)
{
	for (char *line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (line[0] == ';' && line[1] != ' ' && line[1] != '\n')
			line[0] = ' ';
	}
}

static void
every_example_in_the_file_that_we_ship_is_right(void **state)
{
	char text[16 * 1024];
	FILE *file = fopen("conf/broadsheet.ini", "r");

	(void)state;
	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	assert_true(feof(file));
	fclose(file);
	uncomment(text);
	struct config *config = parse_good(text);
	assert_int_equal(config->editor_count, 1);
	assert_int_equal(config->capsules[0].zone_count, 1);
	assert_string_equal(config->capsules[0].labels.text[LABEL_GONE], "Gone");
	config_free(config);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(defaults_are_those_of_the_manual),
	    cmocka_unit_test(only_the_whole_default_list_counts_as_it),
	    cmocka_unit_test(every_key_reaches_its_field),
	    cmocka_unit_test(sections_may_speak_of_capsules_that_come_later),
	    cmocka_unit_test(fingerprints_may_have_colons_and_capitals),
	    cmocka_unit_test(lines_are_read_as_people_write_them),
	    cmocka_unit_test(relative_paths_start_at_the_folder_of_the_file),
	    cmocka_unit_test(an_ipv6_address_may_be_a_host),
	    cmocka_unit_test(section_names_may_be_longer_than_the_library_likes),
	    cmocka_unit_test(bad_lines_are_named),
	    cmocka_unit_test(a_nul_byte_is_refused),
	    cmocka_unit_test(bad_sections_are_named),
	    cmocka_unit_test(bad_keys_are_named),
	    cmocka_unit_test(bad_values_are_named),
	    cmocka_unit_test(all_mistakes_are_told_in_the_order_of_lines),
	    cmocka_unit_test(many_mistakes_are_counted),
	    cmocka_unit_test(files_that_are_named_must_exist_to_serve),
	    cmocka_unit_test(the_file_itself_may_be_missing),
	    cmocka_unit_test(the_file_that_we_ship_is_right),
	    cmocka_unit_test(every_example_in_the_file_that_we_ship_is_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
