/* Tests of import/toml: the values that front matter between `+++` tells. */
#include "check.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "formats/toml.h"

struct row {
	const char *label, *toml, *values;
};

static bool
note(void *context, const struct toml_value *value, struct error *err)
{
	struct buffer *told = context;

	if (strcmp(value->key, "refused") == 0)
		return error_set(err, "line %zu: not that", value->line);
	buffer_printf(told, "%zu %s=", value->line, value->key);
	buffer_append(told, value->text, value->len);
	buffer_puts(told, ";");
	return true;
}

static void
check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct buffer told = BUFFER_EMPTY;
		struct error err;

		if (!toml_read(rows[i].toml, strlen(rows[i].toml), 2, note, &told, &err)) {
			buffer_truncate(&told, 0);
			buffer_puts(&told, err.text);
		}
		check_row_text(rows[i].label, buffer_text(&told), rows[i].values);
		buffer_free(&told);
	}
}

static void
values_are_told_with_their_keys(void **state)
{
	static const struct row rows[] = {
	    {"nothing", "", ""},
	    {"comments", "# a = 1\n\n  \t\n#", ""},
	    {"strings", "a = \"b # c\" # d\nb='\\e'\r\n", "2 a=b # c;3 b=\\e;"},
	    {"escapes", "a = \"\\\"b\\\\ \\u00e9\\U0001F600\\t|\"", "2 a=\"b\\ é😀\t|;"},
	    {"strings of lines", "a = \"\"\"\nb\nc \\\n   d\"\"\"\ne = '''f\n'g'''\nh = 1",
		"2 a=b\nc d;6 e=f\n'g;8 h=1;"},
	    {"quotation marks at the end", "a = \"\"\"b\"\"\"\"\"\nc = ''", "2 a=b\"\";3 c=;"},
	    {"numbers and truths", "a = 1_000\nb=-0.5e3\nc = true\nd = 0xff",
		"2 a=1_000;3 b=-0.5e3;4 c=true;5 d=0xff;"},
	    {"dates",
		"a = 2014-09-15\nb = 2014-09-15T10:00:00+02:00\nc = 2014-09-15 10:00:00.5Z # d",
		"2 a=2014-09-15;3 b=2014-09-15T10:00:00+02:00;4 c=2014-09-15 10:00:00.5Z;"},
	    {"arrays", "a = [ \"b\", 'c', ]\nd = [\n  1, # e\n\n  [2,3]\n]\nf = []",
		"2 a=b;2 a=c;4 d=1;6 d=2;6 d=3;"},
	    {"tables", "a = 1\n[b]\nc = 2\n[d . \"e f\"] # g\nh.i = 3\n[[j]]\nk = 4",
		"2 a=1;4 b.c=2;6 d.e f.h.i=3;8 j.k=4;"},
	    {"tables in a line", "a = { b = 1, c.d = ['e'] }\nf = [{g = 2}, {}]",
		"2 a.b=1;2 a.c.d=e;3 f.g=2;"},
	};

	(void)state;
	check_rows(rows, ROWS(rows));
}

static void
what_is_no_toml_is_told_with_its_line(void **state)
{
	static const struct row rows[] = {
	    {"YAML", "a = 1\nb: c", "line 3: expected `=` behind the key, found `: c`"},
	    {"no key", "= 1", "line 2: expected a key, found `= 1`"},
	    {"no value", "a =\nb = 1", "line 2: expected a value, found ``"},
	    {"a bare word", "a = b", "line 2: expected a value, found `b`"},
	    {"two on a line", "a = 1, b = 2",
		"line 2: expected the end of the line, found `, b = 2`"},
	    {"an open string", "\na = \"b\nc = 1", "line 3: a string that is not closed"},
	    {"an open string of lines", "a = '''b\nc\n", "line 2: a string that is not closed"},
	    {"an escape", "a = \"\\q\"",
		"line 2: expected an escape that TOML knows, found `\\q\"`"},
	    {"half a character", "a = \"\\ud800\"",
		"line 2: expected a character, found `\\ud800\"`"},
	    {"few digits", "a = \"\\u00\"", "line 2: expected hex digits, found `\\u00\"`"},
	    {"an open array", "a = [1,\n2", "line 3: expected `,` or `]`, found ``"},
	    {"an open table", "a = {b = 1", "line 2: expected `,` or `}`, found ``"},
	    {"a table's name", "[a\nb = 1", "line 2: expected `]`, found ``"},
	    {"what the taker refuses", "a = 1\nrefused = 2", "line 3: not that"},
	};

	(void)state;
	check_rows(rows, ROWS(rows));
}

static void
hostile_nesting_is_refused(void **state)
{
	struct buffer text = BUFFER_EMPTY;
	struct error err;

	(void)state;
	buffer_puts(&text, "a = ");
	for (int i = 0; i < 100000; i++)
		buffer_puts(&text, "[{a=");
	assert_false(toml_read(text.data, text.len, 1, note, NULL, &err));
	assert_string_equal(err.text, "line 1: nested too deeply");
	buffer_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_are_told_with_their_keys),
	    cmocka_unit_test(what_is_no_toml_is_told_with_its_line),
	    cmocka_unit_test(hostile_nesting_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
