/*
 * Every allocation while an ini file is read is made to fail in turn. The modules that allocate are
 * compiled in here with allocators that can fail; the linker then leaves the library's copies out.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "scarce.h"

#include "base/array.c"
#undef FIRST_CAPACITY /* of the next module, too */
#include "base/buffer.c"
#include "base/strings.c"
#include "config/config.c"
#include "config/load.c"
#include "config/loading.c"
#include "config/location.c"
#include "config/places.c"
#include "config/problems.c"
#include "config/sections.c"
#include "config/setters.c"
#include "config/settle.c"
#include "config/walk.c"

#include "plenty.h"

static char shipped[16 * 1024];

/* The file that we ship, all its examples taken for what they are. */
static int
read_shipped(void **state)
{
	FILE *file = fopen("conf/broadsheet.ini", "r");

	(void)state;
	if (file == NULL)
		return -1;
	shipped[fread(shipped, 1, sizeof(shipped) - 1, file)] = '\0';
	for (char *line = shipped; (line = strstr(line, "\n;")) != NULL; line++)
		if (line[2] != ' ' && line[2] != '\n')
			line[1] = ' ';
	return fclose(file);
}

static struct config *
parse(const char *text, size_t allocations, struct error *err)
{
	allocations_left = allocations;
	return config_parse("/etc/b.ini", text, strlen(text), CONFIG_TO_WRITE, err);
}

static void
a_configuration_is_whole_or_none(void **state)
{
	struct config *config = NULL;

	(void)state;
	for (size_t count = 0; config == NULL; count++) {
		struct error err = {""};
		config = parse(shipped, count, &err);
		if (config == NULL && strstr(err.text, "out of memory") == NULL)
			fail_msg("with %zu allocations: %s", count, err.text);
	}
	assert_int_equal(allocations_left, 0);
	assert_int_equal(config->editor_count, 1);
	assert_int_equal(config->capsules[0].redirect_count, 1);
	config_free(config);
}

static void
a_mistake_is_told_or_memory_is(void **state)
{
	static const char text[] = "[capsule a.b]\nroot = r\nporrt = 1\n[nonsense]\n[editor a]\n"
				   "capsule = c.d\nrole = autor\n[server]\nstate = r/var\n";
	struct error all = {""};

	(void)state;
	assert_null(parse(text, SIZE_MAX, &all));
	for (size_t count = 0;; count++) {
		struct error err = {""};
		assert_null(parse(text, count, &err));
		if (allocations_left > 0)
			break;
		if (strcmp(err.text, all.text) != 0 && strstr(err.text, "out of memory") == NULL)
			fail_msg("with %zu allocations: %s", count, err.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_configuration_is_whole_or_none),
	    cmocka_unit_test(a_mistake_is_told_or_memory_is),
	};

	return cmocka_run_group_tests(tests, read_shipped, NULL);
}
