#include "check.h"

#include <uriparser/Uri.h>

#include "gemini/url.h"

#define BYTES(literal) literal, sizeof(literal) - 1

static char reason[128]; /* of the last refusal */

static enum url_verdict
parse(const char *text, size_t len, struct url *out)
{
	reason[0] = '\0';
	enum url_verdict verdict = url_parse(text, len, out, reason, sizeof(reason));

	if (verdict != URL_OK && *reason == '\0')
		fail_msg("%s: refused without a reason", text);
	return verdict;
}

/* What is well formed, and the path that it names. */
static const struct {
	const char *uri, *path;
} accepted[] = {
    {"gemini://example.org/", "/"},
    {"gemini://example.org", "/"},
    {"gemini://example.org?x", "/"},
    {"gemini://example.org:1965/", "/"},
    {"gemini://example.org:/", "/"},
    {"gemini://example.org:0/", "/"},
    {"gemini://example.org:65535/", "/"},
    {"GEMINI://EXAMPLE.ORG/", "/"},
    {"gemini://example.org./", "/"},
    {"gemini://example.org../", "/"},
    {"gemini://ex%61mple.org/", "/"},
    {"gemini://exämple.org/", "/"},
    {"gemini://127.0.0.1/", "/"},
    {"gemini://[::1]/", "/"},
    {"gemini://[2001:DB8::1]:1965/x", "/x"},
    {"gemini://[::ffff:192.0.2.1]", "/"},
    {"gemini://example.org/articles", "/articles"},
    {"gemini://example.org/articles/", "/articles/"},
    {"gemini://example.org/articles/one.gmi?q=a%20b", "/articles/one.gmi"},
    {"gemini://example.org/articles/one.gmi?a/../b?c", "/articles/one.gmi"},
    {"gemini://example.org/?", "/"},
    {"gemini://example.org/%23x", "/#x"},
    {"gemini://example.org/%3Fx", "/?x"},
    {"gemini://example.org/%41%7a", "/Az"},
    {"gemini://example.org/articles/../", "/"},
    {"gemini://example.org/articles/..", "/"},
    {"gemini://example.org/a/b/..", "/a/"},
    {"gemini://example.org/a/b/../c", "/a/c"},
    {"gemini://example.org/./articles/./one.gmi", "/articles/one.gmi"},
    {"gemini://example.org/articles/.", "/articles/"},
    {"gemini://example.org/a/%2e%2E/b", "/b"},
    {"gemini://example.org/%2e/b", "/b"},
    {"gemini://example.org/...", "/..."},
    {"gemini://example.org/..x/.y", "/..x/.y"},
    {"gemini://example.org/%252e%252e/", "/%2e%2e/"},
    {"gemini://example.org//articles/one.gmi", "//articles/one.gmi"},
    {"gemini://example.org//", "//"},
    {"gemini://example.org//..", "/"},
    {"gemini://example.org/a//../b", "/a/b"},
    {"gemini://example.org/.git/config", "/.git/config"},
    {"gemini://example.org/%2egit/", "/.git/"},
    {"gemini://example.org/é", "/é"},
    {"gemini://example.org/%C3%A9", "/é"},
    {"gemini://example.org/one.gmi;size=3", "/one.gmi;size=3"},
    {"gemini://example.org/a:b@c!$&'()*+,;=", "/a:b@c!$&'()*+,;="},
    {"gemini://example.org/a+b", "/a+b"},
    {"titan://example.org/n.gmi;size=3;token=k", "/n.gmi"},
    {"titan://example.org:1965/articles/n.gmi;mime=text/plain;size=3", "/articles/n.gmi"},
    {"titan://example.org/n.gmi;mime=text/plain; charset=utf-8;size=3", "/n.gmi"},
    {"titan://example.org/n.gmi;size=3?x=1", "/n.gmi"},
    {"titan://example.org/n.gmi;edit", "/n.gmi"},
    {"titan://example.org/n.gmi", "/n.gmi"},
    {"titan://example.org/a;b/n.gmi;size=3", "/a;b/n.gmi"},
    {"titan://example.org/a;b/n.gmi", "/a;b/n.gmi"},
    {"titan://example.org/a;b/n.gmi;mime=text/plain;size=3", "/a;b/n.gmi"},
    {"titan://example.org/n.gmi;foo=1;size=3", "/n.gmi"},
    {"titan://example.org/articles/;size=3", "/articles/"},
    {"titan://example.org/articles/../x.gmi;size=3", "/x.gmi"},
    {"titan://example.org/%3b.gmi;size=3", "/;.gmi"},
    {"titan://localhost;mime=text/plain;size=6", "/"},
    {"titan://localhost:19650;mime=text/plain;size=6", "/"},
    {"titan://localhost", "/"},
};

static const struct {
	const char *uri;
	size_t len;
} malformed[] = {
    {BYTES("")},
    {BYTES("\xEF\xBB\xBFgemini://example.org/")},
    {BYTES("gemini://example.org:65536/")},
    {BYTES("gemini://example.org:99999999999999999999/")},
    {BYTES("gemini://example.org:19x5/")},
    {BYTES("gemini://example.org:+1965/")},
    {BYTES("gemini://example.org:-1/")},
    {BYTES("gemini://example.org:1965:1965/")},
    {BYTES("gemini://[::1/")},
    {BYTES("gemini://::1/")},
    {BYTES("gemini://[]/")},
    {BYTES("gemini://[/")},
    {BYTES("gemini://[0000:0000:0000:0000:0000:0000:0000:0000:0000:00]/")},
    {BYTES("gemini://[00000:0000:0000:0000:0000:0000:127.127.127.127]/")},
    {BYTES("gemini://[::1]x/")},
    {BYTES("gemini://[::1%25eth0]/")},
    {BYTES("gemini://[1.2.3.4]/")},
    {BYTES("gemini://[::12345]/")},
    {BYTES("gemini://exa[mple/")},
    {BYTES("mailto:a@example.org")},
    {BYTES("gemini:example.org/")},
    {BYTES("gemini:/articles/")},
    {BYTES("gemini:///articles/")},
    {BYTES("gemini://")},
    {BYTES("gemini://:1965/")},
    {BYTES("gemini://./")},
    {BYTES("gemini://?")},
    {BYTES("titan://;size=3")},
    {BYTES("//example.org/")},
    {BYTES("://example.org/")},
    {BYTES("1gemini://example.org/")},
    {BYTES("gem_ini://example.org/")},
    {BYTES("example.org/")},
    {BYTES("/")},
    {BYTES("Hello Gemini!")},
    {BYTES("GET / HTTP/1.1")},
    {BYTES("gemini://user@example.org/")},
    {BYTES("gemini://user:pw@example.org/")},
    {BYTES("gemini://@example.org/")},
    {BYTES("http://user@example.org/")},
    {BYTES("gemini://example.org/#x")},
    {BYTES("gemini://example.org/#")},
    {BYTES("gemini://example.org#")},
    {BYTES("gemini://example.org/?q#x")},
    {BYTES(" gemini://example.org/")},
    {BYTES("gemini://example.org/ ")},
    {BYTES("gemini://exam ple.org/")},
    {BYTES("gemini://example.org/a b")},
    {BYTES("http://example.org/a b")},
    {BYTES("gemini://example.org/?a b")},
    {BYTES("gemini://example.org/../../")},
    {BYTES("gemini://example.org/..")},
    {BYTES("gemini://example.org/../articles/")},
    {BYTES("gemini://example.org/a/../../b")},
    {BYTES("gemini://example.org/%2e%2e/%2E%2E/etc/passwd")},
    {BYTES("gemini://example.org/..%2f..%2fetc%2fpasswd")},
    {BYTES("gemini://example.org/articles%2fone.gmi")},
    {BYTES("gemini://example.org/..\\..\\etc")},
    {BYTES("gemini://example.org/%5c..%5c")},
    {BYTES("gemini://example.org/articles/one.gmi%00.png")},
    {BYTES("gemini://example.org/a\0b")},
    {BYTES("gemini://example.org/a\tb")},
    {BYTES("gemini://example.org/a\x7F")},
    {BYTES("gemini://example.org/\r")},
    {BYTES("gemini://example.org/\n")},
    {BYTES("gemini://example.org/%0d%0a20%20text/plain")},
    {BYTES("gemini://example.org/%7F")},
    {BYTES("gemini://example.org/%zz")},
    {BYTES("gemini://example.org/%")},
    {BYTES("gemini://example.org/%4")},
    {BYTES("gemini://example.org/%4?1")},
    {BYTES("gemini://example.org/?%zz")},
    {BYTES("gemini://ex%zzample.org/")},
    {BYTES("gemini://example.org/\xDC")},
    {BYTES("gemini://example.org/?\xDC")},
    {BYTES("gemini://ex\xDC.org/")},
    {BYTES("gemini://example.org/\xC0\xAE\xC0\xAE/")},
    {BYTES("gemini://example.org/%c0%ae%c0%ae/")},
    {BYTES("gemini://example.org/%ed%a0%80")},
    {BYTES("gemini://example.org/%c3é")},
    {BYTES("gemini://example.org/\"")},
    {BYTES("gemini://example.org/<x>")},
    {BYTES("gemini://example.org/?a|b")},
    {BYTES("gemini://example.org/{x}")},
    {BYTES("gemini://example.org/^`")},
    {BYTES("gemini://example.org/[x]")},
    {BYTES("gemini://example.org/?[x]")},
    {BYTES("titan://example.org/articles/..%2fx;size=3")},
    {BYTES("titan://example.org/../x;size=3")},
    {BYTES("titan://example.org/a b;size=3")},
    {BYTES("titan://example.org/x;size=3?a b")},
    {BYTES("titan://exam ple.org/x;size=3")},
    {BYTES("titan://example.org/x;size=3;token=%zz")},
    {BYTES("titan://example.org/x;size=3;token=[k]")},
    {BYTES("titan://example.org/x;size=3;token=a\nb")},
    {BYTES("titan://user@example.org/x;size=3")},
    {BYTES("titan://example.org/x;size=3#y")},
};

static void
a_well_formed_uri_names_a_path(void **state)
{
	(void)state;

	for (size_t i = 0; i < ROWS(accepted); i++) {
		const char *uri = accepted[i].uri;
		struct url url;
		enum url_verdict verdict = parse(uri, strlen(uri), &url);
		check_row(uri, verdict == URL_OK);
		check_row_text(uri, url.path, accepted[i].path);
		check_row(uri, url.path_len == strlen(url.path));
	}
}

static void
a_malformed_uri_is_refused_and_changes_nothing(void **state)
{
	(void)state;

	for (size_t i = 0; i < ROWS(malformed); i++) {
		struct url url = {.port = 42};
		enum url_verdict verdict = parse(malformed[i].uri, malformed[i].len, &url);
		check_row(malformed[i].uri, verdict == URL_MALFORMED);
		check_row(malformed[i].uri, url.port == 42 && url.host[0] == '\0');
	}
}

static void
other_schemes_are_foreign(void **state)
{
	(void)state;
	static const char *const rows[] = {
	    "http://example.org/",
	    "https://example.org/x?y",
	    "gopher://example.org/",
	    "gemini+x://example.org/",
	    "geminix://example.org/",
	    "z39.50r://example.org/",
	    "AZ-az+09://example.org/",
	    "http://example.org/../..",
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct url url;
		check_row(rows[i], parse(rows[i], strlen(rows[i]), &url) == URL_FOREIGN);
	}
}

static void
a_refusal_says_what_is_wrong(void **state)
{
	(void)state;
	static const struct {
		const char *uri, *words;
	} rows[] = {
	    {"", "empty"},
	    {"\xEF\xBB\xBFgemini://h/", "byte order mark"},
	    {"gemini://h/\xDC", "address is not valid UTF-8"},
	    {"gemini://h/a\x7F", "a control character"},
	    {"gemini://h/<x>", "must be percent-encoded"},
	    {"gemini://h/#x", "fragment"},
	    {"gemini://h/%zz", "percent escape"},
	    {"gemini:h/", "scheme and ://"},
	    {"://h/", "has no scheme"},
	    {"1gemini://h/", "has no scheme"},
	    {"gem_ini://h/", "scheme of the address is malformed"},
	    {"gemini://h:19x5/", "not a number"},
	    {"gemini://h:65536/", "65535"},
	    {"gemini://[::1/", "IPv6"},
	    {"gemini://exa[mple/", "stray bracket"},
	    {"gemini://exa]mple/", "stray bracket"},
	    {"gemini:///x", "no host"},
	    {"gemini://user@h/", "user name"},
	    {"gemini://a b/", "holds a blank"},
	    {"titan://a b/x;size=3", "holds a blank"},
	    {"gemini://h/%5c", "hides a slash"},
	    {"gemini://h/%ff", "when decoded"},
	    {"gemini://h/..", "climbs"},
	    {"gemini://h/[x]", "bracket"},
	    {"http://h/", "Only gemini and titan"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct url url;
		enum url_verdict verdict = parse(rows[i].uri, strlen(rows[i].uri), &url);
		check_row(rows[i].uri, verdict != URL_OK);
		check_row(rows[i].uri, strstr(reason, rows[i].words) != NULL);
	}
}

static void
the_parts_are_told_apart(void **state)
{
	(void)state;
	static const struct {
		const char *uri;
		enum url_scheme scheme;
		const char *host;
		int port;
		const char *raw_path, *query, *params; /* "-" for none */
	} rows[] = {
	    {"gemini://Example.ORG", URL_GEMINI, "example.org", -1, "", "-", "-"},
	    {"gemini://A-Z.example/", URL_GEMINI, "a-z.example", -1, "/", "-", "-"},
	    {"gemini://example.org.:1965/A", URL_GEMINI, "example.org", 1965, "/A", "-", "-"},
	    {"gemini://example.org:/?", URL_GEMINI, "example.org", -1, "/", "", "-"},
	    {"gemini://h?a%20b", URL_GEMINI, "h", -1, "", "a%20b", "-"},
	    {"gemini://h/%61/../b;c?d?e", URL_GEMINI, "h", -1, "/%61/../b;c", "d?e", "-"},
	    {"gemini://[2001:DB8::1]:7/x", URL_GEMINI, "[2001:db8::1]", 7, "/x", "-", "-"},
	    {"titan://h/x;size=3?q", URL_TITAN, "h", -1, "/x;size=3", "q", "size=3"},
	    {"titan://h/x;mime=a/b;size=3", URL_TITAN, "h", -1, "/x;mime=a/b;size=3", "-",
		"mime=a/b;size=3"},
	    {"titan://h/a;b/x;edit", URL_TITAN, "h", -1, "/a;b/x;edit", "-", "edit"},
	    {"titan://h/x;size=3;token=a b;c&d=é/", URL_TITAN, "h", -1,
		"/x;size=3;token=a b;c&d=é/", "-", "size=3;token=a b;c&d=é/"},
	    {"titan://h:19650;mime=a/b;size=6", URL_TITAN, "h", 19650, "", "-", "mime=a/b;size=6"},
	    {"titan://h/x;", URL_TITAN, "h", -1, "/x;", "-", ""},
	    {"titan://h/x?;size=3", URL_TITAN, "h", -1, "/x", ";size=3", "-"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *uri = rows[i].uri;
		struct url url;
		check_row(uri, parse(uri, strlen(uri), &url) == URL_OK);
		check_row(uri, url.scheme == rows[i].scheme && url.port == rows[i].port);
		check_row_text(uri, url.host, rows[i].host);
		check_row_text(uri, url.raw_path, rows[i].raw_path);
		check_row_text(uri, url.has_query ? url.query : "-", rows[i].query);
		check_row_text(uri, url.has_params ? url.params : "-", rows[i].params);
	}
}

static void
what_stands_behind_the_uri_is_not_read(void **state)
{
	(void)state;
	static const struct {
		const char *memory;
		size_t len;
		const char *path, *params;
	} rows[] = {
	    {"titan://h/x;a/y", 13, "/x", "a"},
	    {"titan://h/x;a;size=3", 13, "/x", "a"},
	    {"titan://h/x?;size=3", 11, "/x", ""},
	    {"gemini://h/x%41", 12, "/x", ""},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct url url;
		check_row(rows[i].memory, parse(rows[i].memory, rows[i].len, &url) == URL_OK);
		check_row_text(rows[i].memory, url.path, rows[i].path);
		check_row_text(rows[i].memory, url.params, rows[i].params);
	}
}

static void
an_origin_names_the_port_if_it_is_another(void **state)
{
	(void)state;
	static const struct {
		const char *scheme, *host;
		int port;
		const char *origin;
	} rows[] = {
	    {"gemini", "h", 1965, "gemini://h"},
	    {"titan", "h", 1966, "titan://h:1966"},
	    {"gemini", "[::1]", 1, "gemini://[::1]:1"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buffer out = BUFFER_EMPTY;
		url_put_origin(&out, rows[i].scheme, rows[i].host, rows[i].port);
		check_row_text(rows[i].origin, buffer_text(&out), rows[i].origin);
		buffer_free(&out);
	}
}

static void
length_is_limited_in_bytes(void **state)
{
	(void)state;
	char uri[URL_MAX + 2] = "gemini://example.org/", host[URL_MAX] = "gemini://";
	size_t start = strlen(uri);
	struct url url;

	memset(uri + start, '0', sizeof(uri) - start);
	assert_int_equal(parse(uri, URL_MAX, &url), URL_OK);
	assert_int_equal(url.path_len, URL_MAX - start + 1);
	assert_int_equal(parse(uri, URL_MAX + 1, &url), URL_MALFORMED);
	assert_non_null(strstr(reason, "1024"));

	memset(host + strlen(host), 'h', 256);
	assert_int_equal(parse(host, strlen(host), &url), URL_MALFORMED);
	assert_non_null(strstr(reason, "255"));
	assert_int_equal(parse(host, strlen(host) - 1, &url), URL_OK);
	assert_int_equal(strlen(url.host), 255);
}

static void
queries_are_decoded_once(void **state)
{
	(void)state;
	static const struct {
		const char *query, *decoded; /* NULL: refused */
	} rows[] = {
	    {"", ""},
	    {"a%20b+c", "a b+c"},
	    {"%C3%A9%0A", "é\n"},
	    {"%2541", "%41"},
	    {"%00", NULL},
	    {"%C3", NULL},
	    {"%", NULL},
	    {"%4g", NULL},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		char decoded[64];
		bool is_decoded = url_decode_query(rows[i].query, decoded);
		check_row(rows[i].query, is_decoded == (rows[i].decoded != NULL));
		if (is_decoded)
			check_row_text(rows[i].query, decoded, rows[i].decoded);
	}
}

/* liburiparser as the oracle: whatever we accept must be a URI to it too, but for the liberties
 * that we take on purpose: raw UTF-8, blanks in Titan parameters, and these without a path. */
static void
check_with_oracle(const char *text)
{
	struct url url;
	UriUriA uri;

	if (url_parse(text, strlen(text), &url, reason, sizeof(reason)) != URL_OK)
		return;
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c >= 0x80)
			return;
	if (url.has_params && (url.raw_path[0] == '\0' || strchr(url.params, ' ') != NULL))
		return;
	check_row(text, uriParseSingleUriExA(&uri, text, text + strlen(text), NULL) == URI_SUCCESS);
	uriFreeUriMembersA(&uri);
}

static void
whatever_we_accept_is_a_uri_by_rfc_3986(void **state)
{
	(void)state;

	for (size_t i = 0; i < ROWS(accepted); i++)
		check_with_oracle(accepted[i].uri);
}

/* A generator with a fixed seed: a failure can be repeated. */
static size_t
random_below(size_t limit)
{
	static uint64_t seed = 20251124;

	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (size_t)(seed >> 33) % limit;
}

static void
mutated_uris_are_judged_like_rfc_3986_judges_them(void **state)
{
	(void)state;
	static const char alphabet[] = "gemini:/?#[]@!$&'()*+,;=%2eF01965.~-_ \"<>\\^`{|}\x01";

	for (int round = 0; round < 200000; round++) {
		char text[256];
		strcpy(text, accepted[random_below(ROWS(accepted))].uri);
		size_t len = strlen(text);
		for (size_t edits = 1 + random_below(3); edits > 0; edits--) {
			size_t at = random_below(len);
			char c = alphabet[random_below(sizeof(alphabet) - 1)];
			if (random_below(2) == 0) { /* put one in instead of changing one */
				memmove(text + at + 1, text + at, len - at + 1);
				len++;
			}
			text[at] = c;
		}
		check_with_oracle(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_well_formed_uri_names_a_path),
	    cmocka_unit_test(a_malformed_uri_is_refused_and_changes_nothing),
	    cmocka_unit_test(other_schemes_are_foreign),
	    cmocka_unit_test(a_refusal_says_what_is_wrong),
	    cmocka_unit_test(the_parts_are_told_apart),
	    cmocka_unit_test(what_stands_behind_the_uri_is_not_read),
	    cmocka_unit_test(an_origin_names_the_port_if_it_is_another),
	    cmocka_unit_test(length_is_limited_in_bytes),
	    cmocka_unit_test(queries_are_decoded_once),
	    cmocka_unit_test(whatever_we_accept_is_a_uri_by_rfc_3986),
	    cmocka_unit_test(mutated_uris_are_judged_like_rfc_3986_judges_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
