#include "config/places.h"

#include <string.h>

#include "base/buffer.h"

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

void
places_add(
    struct loading *l, enum place_kind kind, int line, const char *said, const char *path)
{
	struct pending_place *places =
	    loading_grow(l, l->places, l->place_count, sizeof(*l->places));

	if (places == NULL)
		return;
	l->places = places;
	struct pending_place *place = &places[l->place_count];
	place->kind = kind;
	place->line = line;
	place->said = loading_copy(l, said);
	place->path = loading_copy(l, path);
	l->place_count++;
}

/* Folders in the state folder that are the server's own. A publication may lie beside them. */
static void
add_own_folders(struct loading *l)
{
	const char *state = l->config->server.state;

	for (size_t i = 0; state != NULL && i < l->config->capsule_count + 2; i++) {
		static const char *const names[] = {"editors", "invitations"};
		struct buffer path = BUFFER_EMPTY;

		buffer_printf(
		    &path, "%s/%s", state, i < 2 ? names[i] : l->config->capsules[i - 2].host);
		if (path.failed)
			l->problems.out_of_memory = true;
		else
			places_add(l, PLACE_OWN, 0, path.data, path.data);
		buffer_free(&path);
	}
}

/* Where links lead elsewhere than the file says, that too. */
static void
append_said(struct buffer *out, const struct pending_place *p)
{
	buffer_puts(out, p->said);
	if (strcmp(p->path, p->location.real) != 0)
		buffer_printf(out, " (which is %s)", p->location.real);
}

/* At the line of the inner one; what has none, such as the ini file, at that of the folder. */
static void
refuse(struct loading *l, const struct rule *rule, const struct pending_place *inner,
    const struct pending_place *outer)
{
	struct buffer text = BUFFER_EMPTY;
	bool has_line = inner->line > 0;

	append_said(&text, has_line ? inner : outer);
	buffer_puts(
	    &text, has_line ? ": expected a place outside " : ": expected a folder without ");
	append_said(&text, has_line ? outer : inner);
	if (has_line && outer->line > 0)
		buffer_printf(&text, " (line %d)", outer->line);
	buffer_printf(&text, ", as %s: %s", rule->why,
	    has_line ? "move it, and say here where to" : folder_remedies[outer->kind]);
	if (text.failed)
		l->problems.out_of_memory = true;
	else
		problems_add(&l->problems, has_line ? inner->line : outer->line, "%s", text.data);
	buffer_free(&text);
}

/* Where the ini file lies below a root, the root is the mistake, and what else lies there is not
 * told of one by one. */
static bool
holds_ini(const struct loading *l, const struct pending_place *root)
{
	for (size_t i = 0; i < l->place_count; i++)
		if (l->places[i].kind == PLACE_INI)
			return location_lies_in(&l->places[i].location, &root->location);
	return false;
}

static void
apply(struct loading *l, const struct rule *rule, const struct pending_place *inner,
    const struct pending_place *outer)
{
	if (inner == outer || inner->kind != rule->inner || outer->kind != rule->outer ||
	    !location_lies_in(&inner->location, &outer->location))
		return;
	/* Two roots that are one are told of once, in the line of the second. */
	if (rule->inner == rule->outer && inner < outer &&
	    location_lies_in(&outer->location, &inner->location))
		return;
	if (rule->inner != PLACE_INI && rule->outer == PLACE_ROOT && holds_ini(l, outer))
		return;
	refuse(l, rule, inner, outer);
}

static bool
locate_all(struct loading *l)
{
	places_add(l, PLACE_INI, 0, "this ini file in it", l->config->path);
	add_own_folders(l);
	for (size_t i = 0; i < l->place_count && !l->problems.out_of_memory; i++)
		if (!location_find(l->places[i].path, &l->places[i].location))
			l->problems.out_of_memory = true;
	return !l->problems.out_of_memory;
}

void
places_settle(struct loading *l)
{
	if (!locate_all(l))
		return;
	for (size_t r = 0; r < sizeof(rules) / sizeof(rules[0]); r++)
		for (size_t i = 0; i < l->place_count; i++)
			for (size_t j = 0; j < l->place_count; j++)
				apply(l, &rules[r], &l->places[i], &l->places[j]);
}
