#include "desk/rules.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "article/made.h"
#include "base/text.h"
#include "desk/kinds.h"
#include "store/folder.h"

#define ENDING_MAX 8 /* letters and digits; what is longer is part of the name */

#define NEW   (1U << RULES_NEW)
#define OWN   (1U << RULES_OWN)
#define OTHER (1U << RULES_OTHER)
#define ANY   (NEW | OWN | OTHER)

/* Whose files a role may write in a place, and what to do instead with the rest. */
static const struct rule {
	unsigned holders;
	const char *instead;
} rules[][RULES_PLACE_COUNT] = {
    [ROLE_CONTRIBUTOR] =
	{
	    [RULES_ARTICLE] = {0,
		"Send it to /drafts/: an editor publishes what contributors write"},
	    [RULES_ARTICLE_FOLDER] = {0,
		"Send it to /drafts/: an editor publishes what contributors write"},
	    [RULES_DRAFT] = {NEW | OWN, "Choose another name: this draft is somebody else's"},
	    [RULES_DRAFT_FOLDER] = {ANY, NULL},
	    [RULES_IMAGE] = {0, "Ask an editor to send the picture: contributors send drafts"},
	    [RULES_IMAGE_FOLDER] = {0,
		"Ask an editor to send the picture: contributors send drafts"},
	    [RULES_STATIC] = {0, "Send it to /drafts/: only editors write other files"},
	},
    [ROLE_AUTHOR] =
	{
	    [RULES_ARTICLE] = {NEW | OWN,
		"Send your version to /drafts/: this article is somebody else's"},
	    [RULES_ARTICLE_FOLDER] = {ANY, NULL},
	    [RULES_DRAFT] = {ANY, NULL},
	    [RULES_DRAFT_FOLDER] = {ANY, NULL},
	    [RULES_IMAGE] = {ANY, NULL},
	    [RULES_IMAGE_FOLDER] = {ANY, NULL},
	    [RULES_STATIC] = {0,
		"Send it to /articles/ or /images/: only editors write other files"},
	},
    [ROLE_EDITOR] =
	{
	    [RULES_ARTICLE] = {ANY, NULL},
	    [RULES_ARTICLE_FOLDER] = {ANY, NULL},
	    [RULES_DRAFT] = {ANY, NULL},
	    [RULES_DRAFT_FOLDER] = {ANY, NULL},
	    [RULES_IMAGE] = {ANY, NULL},
	    [RULES_IMAGE_FOLDER] = {ANY, NULL},
	    [RULES_STATIC] = {ANY, NULL},
	},
};

const char *
rules_refusal(enum editor_role role, const struct rules_target *target, enum rules_holder holder,
    enum gemini_status *out_status)
{
	const struct rule *rule = &rules[role][target->place];

	*out_status = GEMINI_FAILURE;
	if (target->place == RULES_FORBIDDEN)
		return target->reason;
	*out_status = GEMINI_NOT_AUTHORISED;
	return (rule->holders & (1U << holder)) != 0 ? NULL : rule->instead;
}

/* Pages that are made on request, besides whole folders of them. */
static const struct {
	const char *path;
	bool is_whole; /* else it is a prefix */
} generated[] = {
    {"/", true},
    {"/news", true},
    {"/news/", true},
    {"/news/atom.xml", true},
    {"/news/more/", false},
    {"/more", true},
    {"/archive", true},
    {"/tags", true},
    {"/authors", true},
    {"/search", true},
    {"/atom.xml", true},
    {"/desk", true},
    {"/welcome", true},
    {"/welcome/", false},
};

bool
rules_is_generated(const char *path)
{
	for (size_t i = 0; i < sizeof(generated) / sizeof(generated[0]); i++)
		if (generated[i].is_whole ? strcmp(path, generated[i].path) == 0
					  : text_starts(path, generated[i].path))
			return true;
	return made_folder(path) != NULL || made_is_folder_feed(path);
}

/* The ending of the last name: "gmi" of "/a/b.gmi", "" without one. */
static const char *
ending_of(const char *path)
{
	const char *dot = strrchr(strrchr(path, '/'), '.');
	size_t len = 0;

	if (dot == NULL)
		return "";
	while (isalnum((unsigned char)dot[1 + len]))
		len++;
	return dot[1 + len] == '\0' && len <= ENDING_MAX ? dot + 1 : "";
}

static bool
has_long_name(const char *path)
{
	while (*path == '/') {
		size_t len = strcspn(path + 1, "/");

		if (len > RULES_NAME_MAX)
			return true;
		path += 1 + len;
	}
	return false;
}

static bool
has_control(const char *path)
{
	size_t len = strlen(path), n;
	uint32_t code_point;

	for (; len > 0; path += n, len -= n) {
		n = text_decode(path, len, &code_point);
		if (n == 0 || text_is_control(code_point))
			return true;
	}
	return false;
}

/* What makes a path impossible wherever it leads; NULL if nothing does. */
static const char *
path_problem(const char *path)
{
	if (*path != '/' || strlen(path) > URL_MAX)
		return "Choose a path that begins with / and is at most 1024 bytes long";
	if (has_control(path))
		return "Choose a name in UTF-8 without control characters";
	if (strstr(path, "//") != NULL)
		return "Choose a path without //: a name is missing in it";
	if (!folder_is_public(path))
		return "Choose a name that does not begin with a dot";
	if (rules_is_generated(path))
		return "Choose another path: the server makes this page itself";
	return NULL;
}

static void
forbid(struct rules_target *out, const char *reason)
{
	out->place = RULES_FORBIDDEN;
	out->reason = reason;
}

static bool
is_frame(const char *path)
{
	return text_ends(path, "/header.gmi") || text_ends(path, "/footer.gmi");
}

/* Adds the ending that texts get when they have none. Whether it now has that of a text. */
static bool
make_text_name(struct rules_target *out)
{
	const char *ending = ending_of(out->path);

	if (*ending == '\0')
		strcat(out->path, ".gmi"); /* there is room: see RULES_PATH_MAX */
	return *ending == '\0' || strcmp(ending, "gmi") == 0 || strcmp(ending, "md") == 0;
}

static void
read_article(struct rules_target *out)
{
	const char *ending = ending_of(out->path);

	out->place = !is_frame(out->path) && make_text_name(out) ? RULES_ARTICLE : RULES_STATIC;
	/* The press takes no other ones, and as a file no source is ever served. */
	if (out->place == RULES_STATIC && !is_frame(out->path) &&
	    (strcasecmp(ending, "gmi") == 0 || strcasecmp(ending, "md") == 0))
		forbid(out, "Choose a name that ends in .gmi or .md, in small letters");
}

static void
read_draft(struct rules_target *out)
{
	out->place = RULES_DRAFT;
	if (is_frame(out->path) || !make_text_name(out))
		forbid(out, "Choose a name that ends in .gmi or .md, other than header and footer");
}

static void
read_image(struct rules_target *out)
{
	out->place = RULES_IMAGE;
	if (kinds_picture(out->path) == NULL)
		forbid(out, "Choose a name that ends in .png, .jpg, .gif, .webp, .avif or .pdf");
}

/* Places with rules of their own; every other path is that of a static file. */
static const struct area {
	const char *folder;
	enum rules_place as_folder;
	void (*read)(struct rules_target *out);
} areas[] = {
    {"/articles/", RULES_ARTICLE_FOLDER, read_article},
    {"/drafts/", RULES_DRAFT_FOLDER, read_draft},
    {"/images/", RULES_IMAGE_FOLDER, read_image},
};

/* Whether path is the area's folder, perhaps without its last "/". */
static bool
is_area(const char *path, const struct area *area)
{
	size_t len = strlen(area->folder) - 1;

	return strncmp(path, area->folder, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

static void
read_place(struct rules_target *out)
{
	for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++) {
		if (!is_area(out->path, &areas[i]))
			continue;
		if (strlen(out->path) < strlen(areas[i].folder))
			strcat(out->path, "/");
		if (text_ends(out->path, "/"))
			out->place = areas[i].as_folder;
		else
			areas[i].read(out);
		return;
	}
	out->place = RULES_STATIC;
	if (text_ends(out->path, "/"))
		forbid(out, "Add the name of a file: this path is that of a folder");
}

void
rules_read_path(const char *path, struct rules_target *out)
{
	const char *problem = path_problem(path);

	*out = (struct rules_target){.place = RULES_FORBIDDEN, .reason = problem};
	snprintf(out->path, sizeof(out->path), "%.*s", URL_MAX, path);
	if (problem != NULL)
		return;
	read_place(out);
	if (has_long_name(out->path))
		forbid(out, "Choose a shorter name: 255 bytes are the most, .gmi included");
}
