#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "worker/redact.h"

static const struct {
	const char *line, *written;
} cases[] = {
    {"-", "-"},
    {"gemini://a.test/articles/x.gmi?q", "gemini://a.test/articles/x.gmi?q"},
    {"gemini://a.test/desk/", "gemini://a.test/desk/"},
    {"gemini://a.test/desk/preview/articles/x.gmi", "gemini://a.test/desk/preview/articles/x.gmi"},
    {"gemini://a.test/desk/do/secret", "gemini://a.test/desk/do/-"},
    {"gemini://a.test:1965/desk/do/secret?yes", "gemini://a.test:1965/desk/do/-?-"},
    {"gemini://a.test/desk/%64o/secret", "gemini://a.test/desk/do/-"},
    {"gemini://a.test/x/../desk/./do/secret", "gemini://a.test/desk/do/-"},
    {"gemini://a.test/desk/join", "gemini://a.test/desk/join"},
    {"gemini://a.test/desk/join?code", "gemini://a.test/desk/join?-"},
    {"gemini://a.test/desk/join/?code", "gemini://a.test/desk/join/?-"},
    {"gemini://a.test/desk/join/code", "gemini://a.test/desk/join/-"},
    {"gemini://a.test/desk?code", "gemini://a.test/desk?-"},
    {"gemini://a.test/desk/?code", "gemini://a.test/desk/?-"},
    {"gemini://a.test/desk/code", "gemini://a.test/desk/-"},
    {"gemini://a.test/desk/code/x?y", "gemini://a.test/desk/-?-"},
    {"gemini://a.test/desk/devices?code", "gemini://a.test/desk/devices?-"},
    {"gemini://a.test/desk/devices/code", "gemini://a.test/desk/devices/-"},
    {"gemini://a.test/desk/history/x%20y.gmi?code", "gemini://a.test/desk/history/x%20y.gmi?-"},
    {"gemini://a.test/desk/images/", "gemini://a.test/desk/images/"},
    {"gemini://a.test/welcome", "gemini://a.test/welcome"},
    {"gemini://a.test/welcome?code", "gemini://a.test/welcome?-"},
    {"gemini://a.test/welcome/?code", "gemini://a.test/welcome/?-"},
    {"gemini://a.test/welcome/code", "gemini://a.test/welcome/-"},
    {"gemini://a.test/%77elcome?code", "gemini://a.test/%77elcome?-"},
    {"gemini://a.test/desks?q", "gemini://a.test/desks?q"},
    {"gemini://a.test/welcomes?q", "gemini://a.test/welcomes?q"},
    {"gemini://a.test/desk?co de", "gemini://a.test/desk/-"},
    {"gemini://a.test/welcome?co de", "gemini://a.test/welcome/-"},
    {"gemini://a.test/%64esk?co de", "gemini://a.test/%64esk?-"},
    {"gemini://a.test/articles/x.gmi#welcome", "gemini://a.test/articles/x.gmi#welcome"},
    {"titan://a.test/desk/preview/x;edit", "titan://a.test/desk/preview/x;edit"},
    {"gemini://a.test/%64esk/join?code", "gemini://a.test/%64esk/join?-"},
    {"gemini://a.test/desk/do/secret#x", "gemini://a.test/desk/-"},
    {"gemini://a.test/desk/join?co de", "gemini://a.test/desk/-"},
    {"gemini://a.test/welcome?code /desk/", "gemini://a.test/welcome/-"},
    {"gemini://a.test/x?co de/desk/", "gemini://a.test/x?-"},
    {"titan://a.test/x y;token=secret/desk/", "titan://a.test/x y;token=-/desk/-"},
    {"titan://a.test/x y;token=secret/desk/;size=3", "titan://a.test/x y;token=-/desk/-"},
    {"titan://a.test/x;size=3;token=secret", "titan://a.test/x;size=3;token=-"},
    {"titan://a.test/x;token=secret;size=3", "titan://a.test/x;token=-;size=3"},
    {"titan://a.test/x;token=a b;c&d?;mime=text/gemini;size=3",
	"titan://a.test/x;token=-;mime=text/gemini;size=3"},
    {"titan://a.test/x;size=3;token=secret?q", "titan://a.test/x;size=3;token=-"},
    {"titan://a.test/x;token=one;token=two", "titan://a.test/x;token=-;token=-"},
    {"titan://a.test/x;token=", "titan://a.test/x;token=-"},
    {"titan://a.test/x;size=3;token=one\ntwo", "titan://a.test/x;size=3;token=-"},
};

static void
secrets_are_written_as_a_dash(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer out = BUFFER_EMPTY;
		print_message("%s\n", cases[i].line);
		redact_line(cases[i].line, &out);
		assert_string_equal(buffer_text(&out), cases[i].written);
		buffer_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(secrets_are_written_as_a_dash)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
