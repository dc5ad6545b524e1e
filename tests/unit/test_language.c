#include "check.h"

#include "gemini/language.h"

static void
a_tag_has_the_shape_of_the_standard(void **state)
{
	static const struct {
		const char *text;
		bool is_tag;
	} rows[] = {
	    {"en", true},
	    {"pt-BR", true},
	    {"zh-Hans-TW", true},
	    {"es-419", true},
	    {"de-1996", true},
	    {"de-CH-x-phonebk", true},
	    {"abcdefgh-12345678", true},
	    {"x-private", true},
	    {"i-klingon", true},
	    {"a-b", false},
	    {"e", false},
	    {"x", false},
	    {"x-", false},
	    {"", false},
	    {"-", false},
	    {"en-", false},
	    {"-en", false},
	    {"en--GB", false},
	    {"abcdefghi", false},
	    {"en-123456789", false},
	    {"e2", false},
	    {"419-es", false},
	    {"en_GB", false},
	    {"en GB", false},
	    {"en; charset=x", false},
	    {"fran\xC3\xA7", false},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row(rows[i].text, language_is_tag(rows[i].text) == rows[i].is_tag);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_tag_has_the_shape_of_the_standard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
