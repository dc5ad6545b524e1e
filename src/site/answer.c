#include "site/answer.h"

#include <string.h>
#include <sys/stat.h>

#include "article/paths.h"
#include "base/buffer.h"
#include "base/text.h"
#include "site/access.h"
#include "site/files.h"
#include "site/lists.h"
#include "site/pages.h"
#include "site/search.h"
#include "site/site.h"
#include "site/visit.h"

static bool
answer_zone(struct visit *visit)
{
	return access_refuses(visit, visit->url->path);
}

/* The ini file may write a path either way: decoded, or as it stands in a link. */
static bool
is_asked(const struct visit *visit, const char *path)
{
	return strcmp(visit->url->path, path) == 0 || strcmp(visit->url->raw_path, path) == 0;
}

static bool
answer_redirect(struct visit *visit)
{
	const struct capsule_config *capsule = visit->site->capsule;

	for (size_t i = 0; i < capsule->redirect_count; i++) {
		if (is_asked(visit, capsule->redirects[i].from))
			return visit_moved(visit, capsule->redirects[i].to);
	}
	return false;
}

static bool
answer_gone(struct visit *visit, const char *note)
{
	const char *gone = visit->site->capsule->labels.text[LABEL_GONE];

	response_set(visit->out, GEMINI_GONE, "%s", note[0] != '\0' ? note : gone);
	return true;
}

static bool
answer_configured_gone(struct visit *visit)
{
	const struct strings *gone = &visit->site->capsule->gone;

	for (size_t i = 0; i < gone->count; i++) {
		if (is_asked(visit, gone->items[i]))
			return answer_gone(visit, "");
	}
	return false;
}

static bool
answer_nothing(struct visit *visit)
{
	response_set(
	    visit->out, GEMINI_NOT_FOUND, "%s", visit->site->capsule->labels.text[LABEL_NOT_FOUND]);
	return true;
}

/* Names that are never served, whatever lies there. No access rule is fooled by them, either. */
static bool
answer_unserved(struct visit *visit)
{
	switch (paths_kind(visit->url->path)) {
	case PATH_HIDDEN:
	case PATH_DRAFT:
	case PATH_FRAME:
		return answer_nothing(visit);
	case PATH_GENERATED:
	case PATH_NEWS:
	case PATH_IN_NEWS:
	case PATH_ARTICLE:
	case PATH_MISNAMED:
	case PATH_FILE:
		break;
	}
	return false;
}

static bool
answer_robots(struct visit *visit)
{
	if (strcmp(visit->url->path, "/robots.txt") != 0)
		return false;
	response_set(visit->out, GEMINI_SUCCESS, "text/plain; charset=utf-8");
	buffer_puts(&visit->out->body, "User-agent: *\nDisallow: /desk/\nDisallow: /search\n");
	return true;
}

/* What is no longer there: moved (31; not to where the visitor may not look) or gone (52). */
static bool
answer_former(struct visit *visit)
{
	const char *path = visit->url->path;
	struct edition *edition = visit_edition(visit);
	struct buffer text = BUFFER_EMPTY;
	bool is_answered = true;

	if (edition == NULL)
		return true;
	enum edition_result moved = edition_moved(edition, path, &text);
	enum edition_result gone =
	    moved == EDITION_ABSENT ? edition_gone(edition, path, &text) : EDITION_ABSENT;
	if (moved == EDITION_FAILED || gone == EDITION_FAILED) {
		visit_edition_failed(visit);
	} else if (moved == EDITION_FOUND) {
		struct buffer reference = BUFFER_EMPTY;

		text_append_path(&reference, buffer_text(&text), text.len);
		is_answered = access_refuses(visit, buffer_text(&text)) ||
			      visit_moved(visit, buffer_text(&reference));
		buffer_free(&reference);
	} else if (gone == EDITION_FOUND) {
		answer_gone(visit, buffer_text(&text));
	} else {
		is_answered = false;
	}
	buffer_free(&text);
	return is_answered;
}

/* Files may be missing because their folder is: that is no reason to say that they do not exist. */
static bool
answer_rootless(struct visit *visit)
{
	struct stat root;

	if (visit->site->root_fd != -1 && fstat(visit->site->root_fd, &root) == 0 &&
	    root.st_nlink > 0)
		return false;
	response_set(visit->out, GEMINI_TEMPORARY_FAILURE, "The capsule's folder is missing");
	return true;
}

/* The way of a request: the first step that answers ends it. */
static visit_step *const steps[] = {
    answer_zone, /* first: nothing may tell of what a zone holds */
    answer_redirect,
    answer_configured_gone,
    answer_unserved,
    pages_answer,
    search_answer,
    lists_answer,
    files_answer,
    answer_robots,
    answer_former,
    answer_rootless,
    answer_nothing,
};

/* Zones that the path lies in have let the visitor in before anything is listed. */
static void
hide_zones(struct site *site, const char *path)
{
	site->hidden_here_count = 0;
	for (size_t i = 0; i < site->capsule->zone_count; i++)
		if (!text_starts(path, site->hidden[i]))
			site->hidden_here[site->hidden_here_count++] = site->hidden[i];
}

void
site_answer(
    struct site *site, const struct url *url, const struct visitor *visitor, struct response *out)
{
	struct visit visit = {.site = site, .url = url, .visitor = visitor, .out = out};

	site->printing = 0;
	hide_zones(site, url->path);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && !steps[i](&visit); i++)
		continue;
	if (out->body.failed) {
		response_set(out, GEMINI_TEMPORARY_FAILURE, "Out of memory");
		site->printing = 0;
	}
	if (visit.is_reading)
		edition_end(site->edition);
	if (site->edition_failed)
		site_refresh(site);
}
