/* Tests of article/fences: which `---` was lost, and what the source was with it. */
#include "check.h"

#include <string.h>

#include "article/fences.h"

static const struct {
	const char *label, *source;
	enum fences_lost lost;
	const char *mended; /* NULL: nothing is lost */
} cases[] = {
    {"nothing", "", FENCES_NONE, NULL},
    {"text", "Text.\n", FENCES_NONE, NULL},
    {"both", "---\ntitle = T\n---\nText.\n", FENCES_NONE, NULL},
    {"keys in the text", "Text.\n\ntitle = T\n", FENCES_NONE, NULL},
    {"keys below a heading", "# H\ntitle = T\n", FENCES_NONE, NULL},
    {"another's key first", "name = x\ntitle = T\n---\n", FENCES_NONE, NULL},
    {"a sentence with a colon", "summary: it rained.\n", FENCES_NONE, NULL},
    {"a sentence with a sign", "date: x = 1\n\nText.\n", FENCES_NONE, NULL},
    {"hyphens above text", "---\nText.\n", FENCES_NONE, NULL},
    {"the first", "title = T\ndate = 2027-01-01\n---\nText.\n", FENCES_FIRST,
	"---\ntitle = T\ndate = 2027-01-01\n---\nText.\n"},
    {"the first, empty lines above", "\xef\xbb\xbf\n \r\ntitle =\n---\nText.\n", FENCES_FIRST,
	"---\ntitle =\n---\nText.\n"},
    {"the first, colons", "title: T\nmood: good\n---\nText.\n", FENCES_FIRST,
	"---\ntitle: T\nmood: good\n---\nText.\n"},
    {"both of them", "title = T\nmood = good\n\nText: more.\n", FENCES_FIRST,
	"---\ntitle = T\nmood = good\n---\n\nText: more.\n"},
    {"both, a rule below", "title = T\n\nText.\n---\nMore.\n", FENCES_FIRST,
	"---\ntitle = T\n---\n\nText.\n---\nMore.\n"},
    {"both, and no text", "revision = 0123", FENCES_FIRST, "---\nrevision = 0123\n---\n"},
    {"the last", "---\ntitle = T\ntags = a\n\nText.\n", FENCES_LAST,
	"---\ntitle = T\ntags = a\n---\n\nText.\n"},
    {"the last, and no gap", "---\r\ntitle = T\nSo it began: late.\n", FENCES_LAST,
	"---\ntitle = T\n---\nSo it began: late.\n"},
};

static void
the_lost_one_is_found_and_put_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer mended = BUFFER_EMPTY;
		const char *source = cases[i].source;

		if (fences_look(source, strlen(source)).lost != cases[i].lost)
			fail_msg("%s: not %d", cases[i].label, (int)cases[i].lost);
		if (cases[i].mended != NULL) {
			fences_mend(&mended, source, strlen(source));
			if (strcmp(buffer_text(&mended), cases[i].mended) != 0)
				fail_msg("%s: \"%s\"", cases[i].label, buffer_text(&mended));
		}
		buffer_free(&mended);
	}
}

static void
keys_are_counted_up_to_the_first_gap(void **state)
{
	static const char source[] = "---\ntitle = T\nmood = good\ndate = x\n\ntags = a\n";

	(void)state;
	assert_int_equal(fences_look(source, strlen(source)).key_count, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_lost_one_is_found_and_put_back),
	    cmocka_unit_test(keys_are_counted_up_to_the_first_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
