#include "config/walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "config/directives.h"

#define VALUE_SHOWN_MAX 80 /* bytes of a bad value that a message repeats */

/* The part of a value that a message repeats. */
static int
shown_len(const char *value)
{
	return (int)text_cut(value, strlen(value), VALUE_SHOWN_MAX);
}

static void
append_choices(struct buffer *out, const char *const *choices)
{
	for (size_t i = 0; choices[i] != NULL; i++) {
		if (i > 0)
			buffer_puts(out, choices[i + 1] != NULL ? ", " : " or ");
		buffer_puts(out, choices[i]);
	}
}

static void
append_expected(struct buffer *out, const struct directive *d)
{
	buffer_puts(out, "expected ");
	if (d->expected != NULL)
		buffer_puts(out, d->expected);
	else if (d->choices != NULL)
		append_choices(out, d->choices);
	else
		buffer_printf(out, "a whole number from %d to %d", d->least, d->most);
}

static size_t
count_choices(const char *const *choices)
{
	size_t count = 0;

	while (choices != NULL && choices[count] != NULL)
		count++;
	return count;
}

static void
refuse_value(struct loading *l, const struct directive *d, const char *value)
{
	const char *near = strings_nearest(value, d->choices, count_choices(d->choices));
	struct buffer expected = BUFFER_EMPTY;

	append_expected(&expected, d);
	if (near != NULL)
		buffer_printf(&expected, "; did you mean \"%s\"?", near);
	problems_add(&l->problems, l->line, "%s %s = %.*s: %s", l->section_title, d->key,
	    shown_len(value), value, buffer_text(&expected));
	buffer_free(&expected);
}

/* The path that a directive has just put in its field, or NULL if that is none. */
static const char *
path_in(const struct directive *d, const void *field)
{
	static const char socket[] = "unix:";
	const struct strings *list = field;
	const char *const *single = field;
	const char *path = NULL;

	if (!d->is_list)
		path = *single;
	else if (list->count > 0 && text_starts(list->items[list->count - 1], socket))
		path = list->items[list->count - 1] + strlen(socket);
	return path != NULL && path[0] == '/' ? path : NULL;
}

/* Remembers where the value leads, if it names a place. */
static void
note_place(struct loading *l, const struct directive *d, const void *field, const char *value)
{
	const char *path = d->place != PLACE_NONE ? path_in(d, field) : NULL;
	bool is_given = (l->keys_seen & loading_bit((size_t)(d - l->section->directives))) != 0;
	struct buffer said = BUFFER_EMPTY;

	if (path == NULL || l->purpose == CONFIG_TO_READ)
		return;
	buffer_printf(&said, "%s %s = %.*s%s", l->section_title, d->key, shown_len(value), value,
	    is_given ? "" : " (the default)");
	if (said.failed)
		l->problems.out_of_memory = true;
	else
		loading_add_place(l, d->place, is_given ? l->line : 0, said.data, path);
	buffer_free(&said);
}

static void
give_value(struct loading *l, const struct directive *d, const char *value)
{
	void *field = (char *)l->target + d->offset;

	if (d->set(l, d, field, value))
		note_place(l, d, field, value);
	else
		refuse_value(l, d, value);
}

/* Ends the present section: what it must have is there, and what it may have has a value. */
static void
end_section(struct loading *l)
{
	const struct section_type *type = l->section;

	if (type == NULL)
		return;
	for (size_t i = 0; i < type->directive_count; i++) {
		const struct directive *d = &type->directives[i];
		if ((l->keys_seen & loading_bit(i)) != 0)
			continue;
		if (d->initial != NULL)
			give_value(l, d, d->initial);
		if (d->is_required) {
			struct buffer expected = BUFFER_EMPTY;
			append_expected(&expected, d);
			problems_add(&l->problems, l->section_line, "%s has no \"%s\", %s",
			    l->section_title, d->key, buffer_text(&expected));
			buffer_free(&expected);
		}
	}
	if (type->end != NULL)
		type->end(l);
	l->section = NULL;
}

/* The type of a section; *out_name is what follows the word that tells it. */
static const struct section_type *
find_type(const char *name, const char **out_name)
{
	size_t len = strcspn(name, " \t");

	*out_name = name + len + strspn(name + len, " \t");
	for (size_t i = 0; i < SECTION_COUNT; i++)
		if (strlen(section_types[i].name) == len &&
		    strncmp(section_types[i].name, name, len) == 0)
			return &section_types[i];
	return NULL;
}

static void
refuse_section(struct loading *l, const char *name)
{
	const char *names[SECTION_COUNT];
	char *word = strndup(name, strcspn(name, " \t"));
	struct buffer expected = BUFFER_EMPTY;

	for (size_t i = 0; i < SECTION_COUNT; i++)
		names[i] = section_types[i].name;
	const char *near = word != NULL ? strings_nearest(word, names, SECTION_COUNT) : NULL;
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		if (near != NULL && section_types[i].name == near)
			buffer_printf(&expected, "did you mean %s?", section_types[i].title);
		else if (near == NULL)
			buffer_printf(
			    &expected, "%s%s", i > 0 ? ", " : "expected ", section_types[i].title);
	}
	problems_add(&l->problems, l->line, "[%.*s]: unknown section, %s", shown_len(name), name,
	    buffer_text(&expected));
	buffer_free(&expected);
	free(word);
}

/* Whether a section of that type may begin here under that name. */
static bool
may_begin(struct loading *l, const struct section_type *type, const char *name)
{
	uint64_t type_bit = loading_bit((size_t)(type - section_types));

	if (type->stands_alone && name[0] != '\0') {
		problems_add(&l->problems, l->line, "[%s %.*s]: expected %s without a name",
		    type->name, shown_len(name), name, type->title);
		return false;
	}
	if (type->stands_alone && (l->sections_seen & type_bit) != 0) {
		problems_add(
		    &l->problems, l->line, "%s is there already, expected it once", type->title);
		return false;
	}
	l->sections_seen |= type_bit;
	return true;
}

static void
begin_section(struct loading *l, const struct section_type *type, const char *name)
{
	struct buffer title = BUFFER_EMPTY;

	buffer_printf(&title, "[%s%s%s]", type->name, name[0] != '\0' ? " " : "", name);
	free(l->section_title);
	l->section_title = buffer_take(&title);
	if (l->section_title == NULL) {
		l->problems.out_of_memory = true;
		return;
	}
	l->section_line = l->line;
	l->keys_seen = 0;
	if (type->begin(l, name))
		l->section = type;
}

void
walk_section(void *arg, int line, const char *name)
{
	struct loading *l = arg;
	const char *own_name;

	end_section(l);
	l->line = line;
	l->has_begun = true;
	if (name == NULL) /* what is wrong with this line has been said */
		return;
	const struct section_type *type = find_type(name, &own_name);
	if (type == NULL)
		refuse_section(l, name);
	else if (may_begin(l, type, own_name))
		begin_section(l, type, own_name);
}

/* The section that has such a key, other than the present one, or NULL. */
static const struct section_type *
find_home(const char *key)
{
	for (size_t i = 0; i < SECTION_COUNT; i++)
		if (section_directive(&section_types[i], key) != NULL)
			return &section_types[i];
	return NULL;
}

/* Says what the key could have been: a similar one of this section, or one of another. */
static void
refuse_key(struct loading *l, const char *key, const char *value)
{
	const struct section_type *type = l->section, *home = find_home(key);
	const char *names[LOADING_KEYS_MAX] = {NULL};
	struct buffer hint = BUFFER_EMPTY;

	for (size_t i = 0; i < type->directive_count; i++)
		names[i] = type->directives[i].key;
	const char *near = strings_nearest(key, names, type->directive_count);
	if (home != NULL)
		buffer_printf(&hint, "it belongs in %s", home->title);
	else if (near != NULL)
		buffer_printf(&hint, "did you mean \"%s\"?", near);
	else
		for (size_t i = 0; i < type->directive_count; i++)
			buffer_printf(&hint, "%s%s", i > 0 ? ", " : "expected ", names[i]);
	problems_add(&l->problems, l->line, "%s %s = %.*s: unknown key, %s", l->section_title, key,
	    shown_len(value), value, buffer_text(&hint));
	buffer_free(&hint);
}

void
walk_pair(void *arg, int line, const char *key, const char *value)
{
	struct loading *l = arg;

	l->line = line;
	if (!l->has_begun)
		problems_add(
		    &l->problems, line, "%s: expected a section such as [server] before it", key);
	if (l->section == NULL)
		return;
	const struct directive *d = section_directive(l->section, key);
	if (d == NULL) {
		refuse_key(l, key, value);
		return;
	}
	uint64_t key_bit = loading_bit((size_t)(d - l->section->directives));
	if ((l->keys_seen & key_bit) != 0 && !d->is_list) {
		problems_add(&l->problems, line, "%s %s = %.*s: given before, expected it once",
		    l->section_title, key, shown_len(value), value);
		return;
	}
	l->keys_seen |= key_bit;
	give_value(l, d, value);
}

void
walk_end(struct loading *l)
{
	end_section(l);
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		const struct section_type *type = &section_types[i];
		if (!type->stands_alone || (l->sections_seen & loading_bit(i)) != 0)
			continue;
		begin_section(l, type, "");
		end_section(l);
	}
	if (l->config->capsule_count == 0 && l->problems.count == 0)
		problems_add(
		    &l->problems, 0, "no publication to serve, expected a section [capsule HOST]");
}
