#include "article/paths.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "article/id.h"
#include "base/text.h"

#define ARTICLES "/articles/"

const char *const paths_index[PATHS_INDEX_COUNT] = {"index.gmi", "index.gemini"};

/* Names of the root that pages are made at. The first that fits counts. */
static const struct generated {
	const char *name;
	bool is_folder; /* all that lies below it, too */
	enum path_kind kind;
	const char *maker; /* what a message calls it */
} generated[] = {
    {"/", false, PATH_GENERATED, "/"},
    {"/articles", false, PATH_GENERATED, "/articles/"},
    {"/atom.xml", false, PATH_GENERATED, "/atom.xml"},
    {"/search", true, PATH_GENERATED, "/search"},
    {"/more", true, PATH_GENERATED, "/more/"},
    {"/archive", true, PATH_GENERATED, "/archive/"},
    {"/tags", true, PATH_GENERATED, "/tags/"},
    {"/authors", true, PATH_GENERATED, "/authors/"},
    {"/desk", true, PATH_GENERATED, "/desk/"},
    {"/welcome", true, PATH_GENERATED, "/welcome"},
    {"/news", false, PATH_NEWS, "/news/"},
    {"/news/", false, PATH_NEWS, "/news/"},
    {"/news/atom.xml", false, PATH_NEWS, "/news/"},
    {"/news/more", true, PATH_NEWS, "/news/"},
    {"/news", true, PATH_IN_NEWS, "/news/"},
};

/* Whether path is that name, or lies below it. */
static bool
is_at_or_below(const char *path, const char *name)
{
	size_t len = strlen(name);

	return strncmp(path, name, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

static bool
is_hidden(const char *path)
{
	static const char well_known[] = "/.well-known";

	if (strstr(path, "//") != NULL)
		return true;
	if (is_at_or_below(path, well_known))
		path += strlen(well_known);
	return strstr(path, "/.") != NULL;
}

static bool
is_frame(const char *path)
{
	return text_ends(path, "/header.gmi") || text_ends(path, "/footer.gmi");
}

/* The feed of a folder of articles, or a further page of its list. */
static bool
is_page_of_list(const char *path)
{
	size_t len = strlen(path), tail = strlen("/more/") + ID_TEXT_LEN;
	int64_t id;

	if (!text_starts(path, ARTICLES))
		return false;
	return text_ends(path, "/atom.xml") ||
	       (len > tail && strncmp(path + len - tail, "/more/", strlen("/more/")) == 0 &&
		   id_read(path + len - ID_TEXT_LEN, &id));
}

/* Below /articles/, whatever the case of the letters of its ending. */
static bool
is_like_article(const char *path)
{
	const char *ending = strrchr(path, '.');

	return text_starts(path, ARTICLES) && ending != NULL &&
	       (strcasecmp(ending, ".gmi") == 0 || strcasecmp(ending, ".md") == 0);
}

bool
paths_is_text(const char *path)
{
	return (text_ends(path, ".gmi") || text_ends(path, ".md")) && !is_frame(path);
}

/* The row of generated[] that path is under, or NULL. */
static const struct generated *
find_generated(const char *path)
{
	for (size_t i = 0; i < sizeof(generated) / sizeof(generated[0]); i++)
		if (generated[i].is_folder ? is_at_or_below(path, generated[i].name)
					   : strcmp(path, generated[i].name) == 0)
			return &generated[i];
	return NULL;
}

const char *
paths_maker(const char *path)
{
	const struct generated *found = find_generated(path);

	if (found != NULL)
		return found->maker;
	return is_page_of_list(path) ? "a page of its folder's list" : NULL;
}

enum path_kind
paths_kind(const char *path)
{
	const struct generated *found;

	if (is_hidden(path))
		return PATH_HIDDEN;
	if (is_at_or_below(path, "/drafts"))
		return PATH_DRAFT;
	if ((found = find_generated(path)) != NULL)
		return found->kind;
	if (is_page_of_list(path))
		return PATH_GENERATED;
	if (is_frame(path))
		return PATH_FRAME;
	if (!is_like_article(path))
		return PATH_FILE;
	return paths_is_text(path) && text_is_utf8(path, strlen(path)) ? PATH_ARTICLE
								       : PATH_MISNAMED;
}
