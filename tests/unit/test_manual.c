/*
 * Tests of broadsheet.ini(5) against the tables of config/: every key is there, with its default,
 * and every example works; and of broadsheet-article(5) against the reader of source files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "article/source.h"
#include "base/buffer.h"
#include "config/directives.h"
#include "config/load.h"

#define MANUAL      "src/man/broadsheet.ini.5"
#define OF_ARTICLES "src/man/broadsheet-article.5"

static char manual[64 * 1024];

static int
read_manual(void **state)
{
	FILE *file = fopen(MANUAL, "r");

	(void)state;
	if (file == NULL)
		return -1;
	manual[fread(manual, 1, sizeof(manual) - 1, file)] = '\0';
	return fclose(file);
}

/* What the manual says in its section of that type, up to the next section. */
static struct buffer
section_text(const struct section_type *type)
{
	struct buffer heading = BUFFER_EMPTY, text = BUFFER_EMPTY;

	buffer_printf(&heading, "\n.Sh [%s", type->name);
	const char *start = strstr(manual, buffer_text(&heading));
	if (start == NULL)
		print_error("no section for %s\n", type->title);
	assert_non_null(start);
	const char *end = strstr(start + 1, "\n.Sh ");
	assert_non_null(end);
	buffer_append(&text, start, (size_t)(end - start));
	buffer_free(&heading);
	return text;
}

/* What the section says of a key: from its item to the next one. */
static struct buffer
key_text(const struct section_type *type, const char *key)
{
	struct buffer section = section_text(type), item = BUFFER_EMPTY, text = BUFFER_EMPTY;

	buffer_printf(&item, "\n.It Ic %s No = ", key);
	const char *start = strstr(buffer_text(&section), buffer_text(&item));
	if (start == NULL)
		print_error("%s: no item for %s\n", type->title, key);
	assert_non_null(start);
	const char *end = strstr(start + 1, "\n.It ");
	buffer_puts(&text, start);
	if (end != NULL)
		buffer_truncate(&text, (size_t)(end - start));
	buffer_free(&section);
	buffer_free(&item);
	return text;
}

static void
check_key(const struct section_type *type, const struct directive *d)
{
	struct buffer text = key_text(type, d->key);
	bool says_default = d->is_list || strstr(buffer_text(&text), "efault") != NULL;
	bool is_right = d->initial == NULL || strstr(buffer_text(&text), d->initial) != NULL;

	if (!says_default || !is_right)
		print_error("%s %s: not its default\n", type->title, d->key);
	assert_true(says_default && is_right);
	buffer_free(&text);
}

static void
every_key_is_there_with_its_default(void **state)
{
	(void)state;
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		const struct section_type *type = &section_types[i];
		bool is_a_table = strcmp(type->name, "labels") == 0; /* see the next test */
		for (size_t n = 0; n < type->directive_count && !is_a_table; n++)
			check_key(type, &type->directives[n]);
	}
}

static void
every_label_is_there_with_its_default(void **state)
{
	(void)state;
	for (size_t i = 0; i < LABEL_COUNT; i++) {
		struct buffer line = BUFFER_EMPTY;
		buffer_printf(&line, "\n%s = %s\n", label_keys[i], label_defaults[i]);
		if (strstr(manual, buffer_text(&line)) == NULL)
			print_error("not in the manual:%s", buffer_text(&line));
		assert_non_null(strstr(manual, buffer_text(&line)));
		buffer_free(&line);
	}
}

/* The section an example of that type is tried in. */
static const struct {
	const char *type, *header;
} headers[] = {
    {"server", "[server]"},
    {"log", "[log]"},
    {"limits", "[limits]"},
    {"capsule", "[capsule example.net]"},
    {"labels", "[labels]"},
    {"editor", "[editor heidi]"},
    {"zone", "[zone example.org/members/]"},
};

/* A key that a section must have, unless the example gives it. */
static void
complete(struct buffer *out, const char *example, const char *line)
{
	if (strncmp(example, line, strcspn(line, "=")) != 0)
		buffer_puts(out, line);
}

static void
try_example(const char *type, const char *example)
{
	struct buffer ini = BUFFER_EMPTY;
	struct error err = {""};

	buffer_puts(&ini, "[capsule example.org]\nroot = r\ncertificate = c\nkey = k\n");
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		if (strcmp(headers[i].type, type) == 0)
			buffer_printf(&ini, "%s\n", headers[i].header);
	if (strcmp(type, "capsule") == 0) {
		complete(&ini, example, "root = ../r\n");
		complete(&ini, example, "certificate = ../c\n");
		complete(&ini, example, "key = ../k\n");
	} else if (strcmp(type, "zone") == 0) {
		complete(&ini, example, "require = certificate\n");
	}
	buffer_puts(&ini, example);
	struct config *config = config_parse(MANUAL, ini.data, ini.len, CONFIG_TO_READ, &err);
	if (config == NULL)
		print_error("%s\n%s\n", err.text, ini.data);
	assert_non_null(config);
	config_free(config);
	buffer_free(&ini);
}

static void
every_example_of_a_section_works(void **state)
{
	size_t tried = 0;

	(void)state;
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		struct buffer section = section_text(&section_types[i]);
		char *at = section.data;
		while ((at = strstr(at, "\n.Bd -literal -offset indent\n")) != NULL) {
			char *example = strchr(at + 1, '\n') + 1;
			char *end = strstr(example, ".Ed");
			assert_non_null(end);
			*end = '\0';
			try_example(section_types[i].name, example);
			at = end + 1;
			tried++;
		}
		buffer_free(&section);
	}
	assert_true(tried > 40);
}

static void
the_example_of_a_whole_file_works(void **state)
{
	const char *example = strstr(manual, "\n[capsule example.org]\n");
	struct error err = {""};

	(void)state;
	assert_non_null(example);
	const char *end = strstr(example, ".Ed");
	assert_non_null(end);
	struct config *config =
	    config_parse(MANUAL, example, (size_t)(end - example), CONFIG_TO_READ, &err);
	if (config == NULL)
		print_error("%s\n", err.text);
	assert_non_null(config);
	config_free(config);
}

/* Reads it into text, which is large enough. */
static void
read_page_of_articles(char *text, size_t size)
{
	FILE *file = fopen(OF_ARTICLES, "r");

	assert_non_null(file);
	text[fread(text, 1, size - 1, file)] = '\0';
	fclose(file);
}

static void
check_source_has_no_fault(const char *bytes, size_t len)
{
	struct error err = {""};
	struct source *source = source_parse("/articles/x.gmi", bytes, len, &err);

	if (source == NULL || source->warnings.count > 0)
		fail_msg("%.*s\n%s", (int)len, bytes,
		    source == NULL ? err.text : source->warnings.items[0]);
	source_free(source);
}

/* A value that the key takes. */
static const char *
value_for(const char *key, size_t len)
{
	static const struct {
		const char *key, *value;
	} rows[] = {
	    {"date", "2025-06-13"},
	    {"updated", "2025-06-13T09:30"},
	    {"lang", "es"},
	    {"image", "/images/a.png"},
	    {"status", "ready"},
	    {"correction", "2025-06-14 The fee is 5 euros"},
	    {"moved-from", "/articles/old.gmi"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strlen(rows[i].key) == len && memcmp(rows[i].key, key, len) == 0)
			return rows[i].value;
	return "words";
}

static void
every_key_of_front_matter_in_the_manual_is_known(void **state)
{
	static char text[16 * 1024];
	static const char item[] = "\n.It Ic ";
	size_t count = 0;

	(void)state;
	read_page_of_articles(text, sizeof(text));
	for (const char *at = text; (at = strstr(at, item)) != NULL; count++) {
		struct buffer source = BUFFER_EMPTY;

		at += strlen(item);
		int len = (int)strcspn(at, "\n");
		buffer_printf(
		    &source, "---\n%.*s = %s\n---\nText.\n", len, at, value_for(at, (size_t)len));
		check_source_has_no_fault(buffer_text(&source), source.len);
		buffer_free(&source);
	}
	assert_int_equal(count, 16);
}

static void
the_example_of_an_article_works(void **state)
{
	static char text[16 * 1024];

	(void)state;
	read_page_of_articles(text, sizeof(text));
	const char *example = strstr(text, "\n---\n") + 1;
	check_source_has_no_fault(example, (size_t)(strstr(example, ".Ed") - example));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_key_is_there_with_its_default),
	    cmocka_unit_test(every_label_is_there_with_its_default),
	    cmocka_unit_test(every_example_of_a_section_works),
	    cmocka_unit_test(the_example_of_a_whole_file_works),
	    cmocka_unit_test(every_key_of_front_matter_in_the_manual_is_known),
	    cmocka_unit_test(the_example_of_an_article_works),
	};

	return cmocka_run_group_tests(tests, read_manual, NULL);
}
