#include "config/places.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "config/location.h"

/* What is not to lie in what, and why. */
static const struct rule {
	enum place_kind inner, outer;
	const char *why;
} rules[] = {
    {PLACE_INI, PLACE_ROOT, "all below it is published, keys and state beside the file too"},
    {PLACE_KEY, PLACE_ROOT, "it would be published"},
    {PLACE_CERTIFICATE, PLACE_ROOT, "editors could replace it"},
    {PLACE_AUTHORITY, PLACE_ROOT, "editors could replace it"},
    {PLACE_STATE, PLACE_ROOT, "drafts and what is known of editors would be published"},
    {PLACE_LOG, PLACE_ROOT, "readers' addresses would be published"},
    {PLACE_SOCKET, PLACE_ROOT, "editors could put something in its place"},
    {PLACE_ROOT, PLACE_ROOT, "each would publish the drafts and closed pages of the other"},
    {PLACE_ROOT, PLACE_OWN, "the server keeps its own files there"},
    {PLACE_KEY, PLACE_STATE, "processes that talk to the world may read there"},
    {PLACE_INI, PLACE_STATE, "processes that talk to the world may write there"},
};

/* What to do where the folder is the mistake, and not what lies in it. */
static const char *const folder_remedies[] = {
    [PLACE_ROOT] = "give the publication a folder of its own, such as ../capsule",
    [PLACE_STATE] = "give the state a folder of its own, such as ../var",
};

/* A place, and where it is now. */
struct located {
	const struct place *place;
	struct location location;
};

/* Where links lead elsewhere than the file says, that too. */
static void
append_said(struct buffer *out, const struct located *one)
{
	buffer_puts(out, one->place->said);
	if (strcmp(one->place->path, one->location.real) != 0)
		buffer_printf(out, " (which is %s)", one->location.real);
}

/* At the line of the inner one; what has none, such as the ini file, at that of the folder. */
static void
refuse(struct problems *problems, const struct rule *rule, const struct located *inner,
    const struct located *outer)
{
	struct buffer text = BUFFER_EMPTY;
	int line = inner->place->line, outer_line = outer->place->line;
	bool has_line = line > 0;

	append_said(&text, has_line ? inner : outer);
	buffer_puts(
	    &text, has_line ? ": expected a place outside " : ": expected a folder without ");
	append_said(&text, has_line ? outer : inner);
	if (has_line && outer_line > 0)
		buffer_printf(&text, " (line %d)", outer_line);
	buffer_printf(&text, ", as %s: %s", rule->why,
	    has_line ? "move it, and say here where to" : folder_remedies[rule->outer]);
	if (text.failed)
		problems->out_of_memory = true;
	else
		problems_add(problems, has_line ? line : outer_line, "%s", text.data);
	buffer_free(&text);
}

/* Where the ini file lies below a root, the root is the mistake, and what else lies there is not
 * told of one by one. */
static bool
holds_ini(const struct located *all, size_t count, const struct located *root)
{
	for (size_t i = 0; i < count; i++)
		if (all[i].place->kind == PLACE_INI)
			return location_lies_in(&all[i].location, &root->location);
	return false;
}

static bool
breaks(const struct rule *rule, const struct located *inner, const struct located *outer)
{
	if (inner == outer || inner->place->kind != rule->inner ||
	    outer->place->kind != rule->outer ||
	    !location_lies_in(&inner->location, &outer->location))
		return false;
	/* Two roots that are one are told of once, in the line of the second. */
	return rule->inner != rule->outer || inner > outer ||
	       !location_lies_in(&outer->location, &inner->location);
}

static void
compare(struct problems *problems, const struct rule *rule, const struct located *all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++)
			if (breaks(rule, &all[i], &all[j]) &&
			    (rule->inner == PLACE_INI || rule->outer != PLACE_ROOT ||
				!holds_ini(all, count, &all[j])))
				refuse(problems, rule, &all[i], &all[j]);
}

void
places_compare(const struct config *config, struct problems *problems)
{
	size_t count = config->place_count;
	struct located *all = calloc(count + 1, sizeof(*all));
	bool ok = all != NULL;

	for (size_t i = 0; ok && i < count; i++) {
		all[i].place = &config->places[i];
		ok = location_find(config->places[i].path, &all[i].location);
	}
	for (size_t r = 0; ok && r < sizeof(rules) / sizeof(rules[0]); r++)
		compare(problems, &rules[r], all, count);
	for (size_t i = 0; all != NULL && i < count; i++)
		location_done(&all[i].location);
	free(all);
	if (!ok)
		problems->out_of_memory = true;
}

bool
config_places_lie_apart(const struct config *config, struct error *err)
{
	struct problems problems = {.file = config->path};

	places_compare(config, &problems);
	bool ok = problems_settle(&problems, err);
	problems_free(&problems);
	return ok;
}
