#include "check.h"

#include <stdio.h>

#include "press/credits.h"

#define SUM "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* All notes of a text, as "NAME|MAIL|MESSAGE|SUM PATH …;". */
static const char *
notes_of(const char *text, size_t len)
{
	static char told[1024];
	struct buffer out = BUFFER_EMPTY;
	struct credits_note note;
	struct credits_file file;

	while (credits_next(&text, &len, &note)) {
		buffer_printf(&out, "%.*s|%.*s|%.*s|", (int)note.name_len, note.name,
		    (int)note.mail_len, note.mail, (int)note.message_len, note.message);
		while (credits_next_file(&note, &file))
			buffer_printf(&out, "%.4s %.*s ", file.sum, (int)file.len, file.path);
		buffer_putc(&out, ';');
	}
	snprintf(told, sizeof(told), "%s", buffer_text(&out));
	buffer_free(&out);
	return told;
}

static void
what_is_put_is_read(void **state)
{
	(void)state;
	static const struct press_change changes[] = {
	    {"/articles/a b.gmi", "", 0}, {"/drafts/x.gmi", NULL, 0}, {"/odd\nname", "", 0}};
	static const struct press_credit credits[] = {
	    {"Ada L\xc3\xb6w", "ada@example.org", "publish /a"},
	    {"Bad\nname gone /x", "", "line\r\n\nline"},
	};
	struct buffer text = BUFFER_EMPTY;

	for (size_t i = 0; i < ROWS(credits); i++)
		credits_put(&text, changes, ROWS(changes), &credits[i]);
	assert_string_equal(notes_of(buffer_text(&text), text.len),
	    "Ada L\xc3\xb6w|ada@example.org|publish /a|e3b0 /articles/a b.gmi  /drafts/x.gmi ;"
	    "Bad name gone /x|-|line   line|e3b0 /articles/a b.gmi  /drafts/x.gmi ;");
	buffer_free(&text);
}

static void
what_is_no_whole_note_is_passed_over(void **state)
{
	(void)state;
	static const struct {
		const char *label, *text, *expected;
	} rows[] = {
	    {"nothing", "", ""},
	    {"empty lines", "\n\n", ""},
	    {"cut short", "name A\nmail a\nmessage m\ngone /x\n", ""},
	    {"cut in a line", "name A\nmail a\nmessage m\ngone /x", ""},
	    {"another after it", "name A\nmail a\nname B\nmail b\nmessage m\ngone /x\n\n",
		"B|b|m| /x ;"},
	    {"without a name", "mail a\nmessage m\ngone /x\n\n", ""},
	    {"a bad sum", "name A\nmail a\nmessage m\nfile 12 /x\nfile " SUM " /y\n\n",
		"A|a|m|e3b0 /y ;"},
	    {"no path", "name A\nmail a\nmessage m\ngone \ngone x\nfile " SUM " \n\n", "A|a|m|;"},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		check_row_text(
		    rows[i].label, notes_of(rows[i].text, strlen(rows[i].text)), rows[i].expected);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_put_is_read),
	    cmocka_unit_test(what_is_no_whole_note_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
