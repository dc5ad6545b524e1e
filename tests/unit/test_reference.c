/* Tests of article/reference: URL references as authors write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "article/reference.h"

static void
references_become_right_on_every_page(void **state)
{
	static const struct {
		const char *label, *base, *text, *expected;
	} cases[] = {
	    {"absolute", "/articles/a.gmi", "/images/x.jpg", "/images/x.jpg"},
	    {"beside the article", "/articles/2025/a.gmi", "x.jpg", "/articles/2025/x.jpg"},
	    {"in a folder below", "/articles/a.gmi", "i/x.jpg", "/articles/i/x.jpg"},
	    {"dots", "/articles/2025/a.gmi", "../../images/./x.jpg", "/images/x.jpg"},
	    {"dots in an absolute one", "/a.gmi", "/b/../x.jpg", "/x.jpg"},
	    {"dots at the end", "/a/b/c.gmi", "..", "/a/"},
	    {"above the root", "/articles/a.gmi", "../../../x.jpg", "/x.jpg"},
	    {"dots in the query stay", "/a.gmi", "x?../..", "/x?../.."},
	    {"blank", "/a.gmi", "/my picture.jpg", "/my%20picture.jpg"},
	    {"escaped already", "/a.gmi", "/my%20picture.jpg", "/my%20picture.jpg"},
	    {"a lone percent", "/a.gmi", "/100%.jpg", "/100%25.jpg"},
	    {"UTF-8", "/a.gmi", "/caf\u00e9.jpg", "/caf%C3%A9.jpg"},
	    {"what may not stand in a URL", "/a.gmi", "/<\"^`{|}\\>",
		"/%3C%22%5E%60%7B%7C%7D%5C%3E"},
	    {"brackets", "/a.gmi", "/x[1].jpg", "/x%5B1%5D.jpg"},
	    {"the folder is escaped", "/my articles/a.gmi", "x.jpg", "/my%20articles/x.jpg"},
	    {"URL", "/a.gmi", "https://example.org/a/../x.jpg", "https://example.org/a/../x.jpg"},
	    {"URL with a blank", "/a.gmi", "gemini://h/a b", "gemini://h/a%20b"},
	    {"URL with an IPv6 host", "/a.gmi", "gemini://[::1]:1965/[", "gemini://[::1]:1965/%5B"},
	    {"brackets in the query of a host", "/a.gmi", "gemini://h?[", "gemini://h?%5B"},
	    {"a bracket right behind a host", "/a.gmi", "//h/[", "//h/%5B"},
	    {"a bracket first", "/a.gmi", "[x]", "/%5Bx%5D"},
	    {"a colon behind a digit", "/a/b.gmi", "1:x", "/a/1:x"},
	    {"a colon first", "/a/b.gmi", ":x", "/a/:x"},
	    {"no host behind a digit", "/a/b.gmi", "1://[x]", "/a/1://%5Bx%5D"},
	    {"a scheme of marks", "/a/b.gmi", "a+-.1:../x", "a+-.1:../x"},
	    {"segments that begin alike", "/a.gmi", "/ab/.c/..d/.../x", "/ab/.c/..d/.../x"},
	    {"another host", "/a.gmi", "//h/x.jpg", "//h/x.jpg"},
	    {"control bytes", "/a.gmi", "/x\r\n\x7f", "/x%0D%0A%7F"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer out = BUFFER_EMPTY;

		reference_resolve(&out, cases[i].base, cases[i].text);
		if (strcmp(buffer_text(&out), cases[i].expected) != 0)
			fail_msg("%s: %s", cases[i].label, buffer_text(&out));
		buffer_free(&out);
	}
}

static void
what_stands_behind_a_reference_is_not_read(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *expected;
	} cases[] = {
	    {"", 0, ""},
	    {"ab://h[", 2, "ab"},
	    {"ab://h[", 3, "ab:"},
	    {"ab://h[", 4, "ab:/"},
	    {"ab://h[", 5, "ab://"},
	    {"ab://h[", 6, "ab://h"},
	    {"%41", 2, "%254"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer out = BUFFER_EMPTY;
		char *text = malloc(cases[i].len); /* a sanitizer watches its end */

		memcpy(text, cases[i].text, cases[i].len);
		reference_append(&out, text, cases[i].len);
		if (strcmp(buffer_text(&out), cases[i].expected) != 0)
			fail_msg("%s: %s", cases[i].expected, buffer_text(&out));
		free(text);
		buffer_free(&out);
	}
}

static void
resolving_leaves_what_was_there_before(void **state)
{
	struct buffer out = BUFFER_EMPTY;

	(void)state;
	buffer_puts(&out, "=> /a/b");
	reference_resolve(&out, "/x.gmi", "../../y");
	assert_string_equal(buffer_text(&out), "=> /a/b/y");
	buffer_free(&out);
}

static void
old_addresses_are_decoded_paths(void **state)
{
	static const struct {
		const char *text, *expected; /* NULL: none */
	} cases[] = {
	    {"/old.gmi", "/old.gmi"},
	    {"/old%20one.gmi", "/old one.gmi"},
	    {"/old one.gmi", "/old one.gmi"},
	    {"/caf\u00e9.gmi", "/caf\u00e9.gmi"},
	    {"/a/../b.gmi", "/b.gmi"},
	    {"gemini://old.example/x.gmi", "/x.gmi"},
	    {"gemini://old.example:1966/x.gmi", "/x.gmi"},
	    {"old.gmi", NULL},
	    {"https://example.org/x", NULL},
	    {"titan://example.org/x;size=1", NULL},
	    {"/../x", NULL},
	    {"/a%2Fb", NULL},
	    {"/a%00b", NULL},
	    {"/a#b", NULL},
	};

	struct buffer scratch = BUFFER_EMPTY;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct url url;
		bool is_path = reference_read_path(cases[i].text, &scratch, &url);

		if (is_path != (cases[i].expected != NULL))
			fail_msg("%s: %s", cases[i].text, is_path ? "accepted" : "refused");
		if (is_path)
			assert_string_equal(url.path, cases[i].expected);
	}
	buffer_free(&scratch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(references_become_right_on_every_page),
	    cmocka_unit_test(what_stands_behind_a_reference_is_not_read),
	    cmocka_unit_test(resolving_leaves_what_was_there_before),
	    cmocka_unit_test(old_addresses_are_decoded_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
