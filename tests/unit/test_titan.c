#include "check.h"

#include "gemini/titan.h"

static char reason[128]; /* of the last refusal */

/* Parses `titan://h/x;PARAMS`, which must be a URI, and then its parameters. */
static bool
parse(const char *params, struct titan *out)
{
	char uri[URL_MAX + 1] = "titan://h/x;";
	struct url url;

	reason[0] = '\0';
	strcat(uri, params);
	check_row(params, url_parse(uri, strlen(uri), &url, reason, sizeof(reason)) == URL_OK);
	bool is_fine = titan_parse(&url, out, reason, sizeof(reason));
	check_row(params, is_fine || *reason != '\0');
	return is_fine;
}

static void
parameters_come_in_any_order(void **state)
{
	(void)state;
	static const struct {
		const char *params;
		uint64_t size;
		const char *mime, *token;
	} rows[] = {
	    {"size=3", 3, "text/gemini", ""}, {"size=0", 0, "text/gemini", ""},
	    {"size=007", 7, "text/gemini", ""},
	    {"size=999999999999999999", 999999999999999999, "text/gemini", ""},
	    {"size=3;token=k", 3, "text/gemini", "k"},
	    {"token=k;mime=image/png;size=3", 3, "image/png", "k"},
	    {"mime=text/plain; charset=utf-8;size=3;token=k", 3, "text/plain; charset=utf-8", "k"},
	    {"mime=text%2Fplain%3B%20charset=utf-8;size=3", 3, "text/plain; charset=utf-8", ""},
	    {"size=3;token=a b;c&d=é/", 3, "text/gemini", "a b;c&d=é/"},
	    {"size=3;token=tok%20en%3B%26%3F%25%2F%C3%A9", 3, "text/gemini", "tok en;&?%/é"},
	    {"size=3;token=%2541", 3, "text/gemini", "%41"},
	    {"size=3;token=a=b", 3, "text/gemini", "a=b"}, {"size=3;token=", 3, "text/gemini", ""},
	    {"size=3;token=k;tide", 3, "text/gemini", "k;tide"},
	    {"size=3;token=k;edits", 3, "text/gemini", "k;edits"},
	    {"mime=;size=3", 3, "text/gemini", ""}, {"size=3;mime=a;;b", 3, "a;;b", ""},
	    {"%73ize=3", 0, NULL, NULL}, /* a key is not decoded */
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct titan titan;
		bool is_fine = parse(rows[i].params, &titan);
		check_row(rows[i].params, is_fine == (rows[i].mime != NULL));
		if (!is_fine)
			continue;
		check_row(rows[i].params, !titan.is_edit && titan.size == rows[i].size);
		check_row_text(rows[i].params, titan.mime, rows[i].mime);
		check_row_text(rows[i].params, titan.token, rows[i].token);
	}
}

static void
what_cannot_be_an_upload_is_refused(void **state)
{
	(void)state;
	static const char *const rows[] = {
	    "",
	    "mime=text/plain",
	    "token=k",
	    "size",
	    "size=",
	    "size=;token=k",
	    "size=abc",
	    "size=-1",
	    "size=+3",
	    "size=0x3",
	    "size=3.0",
	    "size= 3",
	    "size=3 ",
	    "size=1000000000000000000",
	    "size=99999999999999999999",
	    "size=3;size=4",
	    "size=3;size=3",
	    "size=3;token=k;token=x",
	    "mime=a;size=3;mime=b",
	    "foo=1;size=3;token=k",
	    "SIZE=3",
	    ";size=3",
	    "size=3;",
	    "size=3;foo=1",
	    "edit;size=3",
	    "size=3;edit",
	    "size=3;token=k;edit",
	    "edit;edit",
	    "edit=1",
	    "size=3;token=%0a",
	    "size=3;token=%00",
	    "size=3;token=%7f",
	    "size=3;token=%ff",
	    "size=3;mime=text/plain%0d%0a",
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct titan titan;
		check_row(rows[i], !parse(rows[i], &titan));
	}
}

static void
a_refusal_says_what_is_wrong(void **state)
{
	(void)state;
	static const struct {
		const char *params, *word;
	} rows[] = {
	    {"mime=text/plain", "missing"},
	    {"size=x", "digits"},
	    {"size=%ff", "UTF-8"},
	    {"size=3%0a", "control"},
	    {"size=3;size=3", "twice"},
	    {"foo=1;size=3", "first"},
	    {"size=3;edit", "alone"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct titan titan;
		check_row(rows[i].params, !parse(rows[i].params, &titan));
		check_row(rows[i].params, strstr(reason, rows[i].word) != NULL);
	}
}

static void
edit_stands_alone(void **state)
{
	(void)state;
	struct titan titan;

	assert_true(parse("edit", &titan));
	assert_true(titan.is_edit);
	assert_true(parse("size=4;mime=text/plain", &titan));
	assert_false(titan.is_edit);
}

static void
a_url_without_parameters_is_no_upload(void **state)
{
	(void)state;
	static const char *const rows[] = {
	    "titan://h/x", "titan://h/x?;size=3", "gemini://h/x;size=3"};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct url url;
		struct titan titan;
		assert_int_equal(
		    url_parse(rows[i], strlen(rows[i]), &url, reason, sizeof(reason)), URL_OK);
		check_row(rows[i], !titan_parse(&url, &titan, reason, sizeof(reason)));
		check_row(rows[i], strstr(reason, "missing") != NULL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parameters_come_in_any_order),
	    cmocka_unit_test(what_cannot_be_an_upload_is_refused),
	    cmocka_unit_test(a_refusal_says_what_is_wrong),
	    cmocka_unit_test(edit_stands_alone),
	    cmocka_unit_test(a_url_without_parameters_is_no_upload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
