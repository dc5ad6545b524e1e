#include "upload/rules.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "article/paths.h"
#include "base/text.h"
#include "history/git_name.h"
#include "upload/kinds.h"

#define ENDING_MAX 8 /* letters and digits; what is longer is part of the name */

#define TOO_DEEP "Choose a path with fewer folders: 16 are the most, year and month included"
_Static_assert(RULES_FOLDERS_MAX == 16, "as TOO_DEEP says");

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

size_t
rules_folders_in(const char *path)
{
	size_t slashes = 0;

	for (; *path != '\0'; path++)
		slashes += *path == '/';
	return slashes > 0 ? slashes - 1 : 0;
}

/* The folders that naming an upload adds: those of the year and the month. */
static size_t
folders_to_come(enum rules_place place)
{
	return place == RULES_ARTICLE_FOLDER ? 2 : place == RULES_IMAGE_FOLDER ? 1 : 0;
}

/* What lies there already may be written over, wherever it is. */
static bool
is_too_deep(const struct rules_target *target, enum rules_holder holder)
{
	size_t folders = rules_folders_in(target->path) + folders_to_come(target->place);

	return holder == RULES_NEW && folders > RULES_FOLDERS_MAX;
}

const char *
rules_refusal(enum editor_role role, const struct rules_target *target, enum rules_holder holder,
    enum gemini_status *out_status)
{
	const struct rule *rule = &rules[role][target->place];

	*out_status = GEMINI_FAILURE;
	if (target->place == RULES_FORBIDDEN)
		return target->reason;
	*out_status = GEMINI_NOT_AUTHORISED;
	if ((rule->holders & (1U << holder)) == 0)
		return rule->instead;
	*out_status = GEMINI_FAILURE;
	return is_too_deep(target, holder) ? TOO_DEEP : NULL;
}

bool
rules_is_generated(const char *path)
{
	enum path_kind kind = paths_kind(path);

	return kind == PATH_GENERATED || kind == PATH_NEWS;
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
	if (paths_kind(path) == PATH_HIDDEN)
		return "Choose a name that does not begin with a dot";
	if (git_name_is_in(path))
		return "Choose another name than git~1 and its like: history cannot keep it";
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

/* Adds the ending that texts get when they have none. */
static void
make_text_name(struct rules_target *out)
{
	if (*ending_of(out->path) == '\0')
		strcat(out->path, ".gmi"); /* there is room: see RULES_PATH_MAX */
}

static void
read_article(struct rules_target *out)
{
	make_text_name(out);
	enum path_kind kind = paths_kind(out->path);
	out->place = kind == PATH_ARTICLE ? RULES_ARTICLE : RULES_STATIC;
	if (kind == PATH_MISNAMED)
		forbid(out, "Choose a name that ends in .gmi or .md, in small letters");
}

static void
read_draft(struct rules_target *out)
{
	make_text_name(out);
	out->place = RULES_DRAFT;
	if (!paths_is_text(out->path))
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

/* An area's folder may be named without its last "/". */
static void
complete_folder(char path[static RULES_PATH_MAX])
{
	size_t len = strlen(path);

	for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++)
		if (len == strlen(areas[i].folder) - 1 && text_starts(areas[i].folder, path))
			strcat(path, "/");
}

static void
read_place(struct rules_target *out)
{
	for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++) {
		if (!text_starts(out->path, areas[i].folder))
			continue;
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
	*out = (struct rules_target){.place = RULES_FORBIDDEN};
	snprintf(out->path, sizeof(out->path), "%.*s", URL_MAX + 1, path);
	complete_folder(out->path);
	out->reason = path_problem(out->path);
	if (out->reason != NULL)
		return;
	read_place(out);
	if (has_long_name(out->path))
		forbid(out, "Choose a shorter name: 255 bytes are the most, .gmi included");
}
