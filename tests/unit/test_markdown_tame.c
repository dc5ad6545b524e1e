/* Tests of article/markdown_tame: Markdown before the parser has it, byte for byte. */
#include "check.h"

#include <stdlib.h>

#include "article/markdown_tame.h"

/* What bytes[0..len) become, until the next call. A sanitizer watches their end. */
static const char *
tamed(const char *bytes, size_t len)
{
	static struct buffer out;
	char *exact = malloc(len > 0 ? len : 1);

	assert_non_null(exact);
	memcpy(exact, bytes, len);
	buffer_free(&out);
	markdown_tame(&out, exact, len);
	free(exact);
	return buffer_text(&out);
}

static int
forget(void **state)
{
	(void)state;
	tamed("", 0);
	return 0;
}

static void
what_people_write_stays_as_it_is(void **state)
{
	static const char *const rows[] = {
	    "",
	    "\n",
	    "Text.",
	    "Text.\r\nmore\rand more\n",
	    "> a\n> > b\n",
	    "- a\n  * b\n\t+ c\n",
	    "1. a\n2) b\n",
	    "123456789. a\n",
	    "1234567890. a\n",
	    "-\n+\n*\n1.\n1)\n>\n",
	    "-a\n1.a\n1\n12\n*b*\n",
	    "   \n\t\n",
	    "![a](/b) [c] ]\n",
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row_text(rows[i], tamed(rows[i], strlen(rows[i])), rows[i]);
}

/* Each "> " is two columns; the first mark behind MARKDOWN_NESTING_COLUMNS is text. */
static void
a_mark_that_is_nested_too_deep_is_text(void **state)
{
	static const struct {
		const char *indent; /* a step of it */
		size_t columns;
		const char *mark, *expected;
	} rows[] = {
	    {"> ", 2, "> x", "\\> x"},
	    {"- ", 2, "- x", "\\- x"},
	    {"> ", 2, "12. x", "12\\. x"},
	    {"> ", 2, "12) x\n", "12\\) x\n"},
	    {">\t", 5, ">", "\\>"},
	    {"1. ", 3, "1.", "1\\."},
	    {"> ", 2, "123456789. x", "123456789\\. x"},
	    {"> ", 2, "1234567890. x", "1234567890. x"},
	    {"> ", 2, "+\tx", "\\+\tx"},
	    {"> ", 2, "-x", "-x"},
	    {"> ", 2, "12x", "12x"},
	    {"> ", 2, "", ""},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t most = (MARKDOWN_NESTING_COLUMNS + rows[i].columns - 1) / rows[i].columns;

		for (size_t steps = most - 1; steps <= most; steps++) {
			struct buffer in = BUFFER_EMPTY, expected = BUFFER_EMPTY;
			for (size_t n = 0; n < steps; n++)
				buffer_puts(&in, rows[i].indent);
			buffer_puts(&expected, buffer_text(&in));
			buffer_puts(&in, rows[i].mark);
			buffer_puts(&expected, steps < most ? rows[i].mark : rows[i].expected);
			check_row_text(
			    rows[i].mark, tamed(in.data, in.len), buffer_text(&expected));
			buffer_free(&in);
			buffer_free(&expected);
		}
	}
}

/* As many images in one stretch, and as many ends of links, that one end is left to be had. */
#define IMAGES 20000
#define ENDS   (MARKDOWN_IMAGE_STEPS / IMAGES - 1)

static void
the_ends_of_links_take_so_many_steps_and_no_more(void **state)
{
	static const struct {
		const char *label, *text, *expected;
	} rows[] = {
	    {"the last one", "]", "]"},
	    {"one more", "]]", "]&#93;"},
	    {"an image behind the last", "]![", "]!\\["},
	    {"an image too many", "![]", "![&#93;"},
	    {"an image behind one too many", "![]![", "![&#93;!\\["},
	    {"a link is no image", "[x[]", "[x[]"},
	    {"a line end", "\n![]", "\n![&#93;"},
	    {"a blank line", "\n \t\n![]", "\n \t\n![]"},
	    {"other bytes", "\\]a", "\\]a"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buffer in = BUFFER_EMPTY;

		for (size_t n = 0; n < IMAGES; n++)
			buffer_puts(&in, "![");
		for (size_t n = 0; n < ENDS; n++)
			buffer_putc(&in, ']');
		size_t start = in.len;
		buffer_puts(&in, rows[i].text);
		const char *out = tamed(in.data, in.len);
		check_row(rows[i].label, strncmp(out, in.data, start) == 0);
		check_row_text(rows[i].label, out + start, rows[i].expected);
		buffer_free(&in);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_people_write_stays_as_it_is),
	    cmocka_unit_test(a_mark_that_is_nested_too_deep_is_text),
	    cmocka_unit_test(the_ends_of_links_take_so_many_steps_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
