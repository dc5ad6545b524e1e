#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "article/reference.h"
#include "base/text.h"
#include "gemini/gemtext.h"
#include "gemini/url.h"
#include "import/job.h"
#include "upload/kinds.h"

/* A piece whose links are being settled. */
struct settling {
	struct job *job;
	const struct original *original;
	struct piece *piece;
	bool out_of_memory;
};

/* --- what has moved --- */

/* Whether text begins with a scheme, or is an address without one: `//example.org/a`. */
static bool
is_absolute(const char *text)
{
	size_t len = strcspn(text, ":/?#");

	return (len > 0 && text[len] == ':') || text_starts(text, "//");
}

/* Appends what all ways to write an address have in common. */
static void
put_address(struct buffer *out, const char *address)
{
	static const char *const schemes[] = {"http:", "https:", "gemini:"};
	const char *rest = address;

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (strncasecmp(address, schemes[i], strlen(schemes[i])) == 0)
			rest = address + strlen(schemes[i]);
	size_t len = strcspn(rest, "#");
	while (len > 0 && rest[len - 1] == '/')
		len--;
	buffer_append(out, rest, len);
}

/* Appends the name of a file without folder and ending; that of its folder if it is the index of
 * that. */
static void
put_name(struct buffer *out, const char *path)
{
	const char *end = strrchr(path, '/'), *dot;

	if (end != NULL && (text_starts(end, "/index.") || text_starts(end, "/_index."))) {
		size_t len = (size_t)(end - path);
		const char *slash = memrchr(path, '/', len);

		path = slash == NULL ? path : slash + 1;
		buffer_printf(out, "name %.*s", (int)(end - path), path);
		return;
	}
	path = end == NULL ? path : end + 1;
	dot = strrchr(path, '.');
	buffer_printf(
	    out, "name %.*s", (int)(dot == NULL ? strlen(path) : (size_t)(dot - path)), path);
}

static void
put_file(struct buffer *out, size_t root, const char *path)
{
	buffer_printf(out, "%zu:%s", root, path);
}

/* Remembers where the file of that name is, wherever it was: generators have files called by their
 * names alone. Of a name that several files have, nothing is known. */
static bool
add_name(struct job *job, const char *original, const char *path)
{
	struct buffer key = BUFFER_EMPTY;

	put_name(&key, original);
	const char *there = names_find(&job->moved, buffer_text(&key));
	if (there != NULL && strcmp(there, path) != 0) {
		buffer_truncate(&key, 0);
		buffer_puts(&key, "several ");
		put_name(&key, original);
	}
	bool ok = !key.failed && names_add(&job->moved, key.data, path);
	buffer_free(&key);
	return ok;
}

bool
links_add_moved(
    struct job *job, const struct original *original, const struct piece *piece, const char *path)
{
	struct buffer key = BUFFER_EMPTY;

	put_file(&key, original->root, original->path);
	bool ok = !key.failed &&
		  (original->format == FORMAT_ATOM || names_add(&job->moved, key.data, path)) &&
		  (original->format != FORMAT_MARKDOWN || add_name(job, original->path, path));
	for (size_t i = 0; ok && i < piece->addresses.count; i++) {
		buffer_truncate(&key, 0);
		put_address(&key, piece->addresses.items[i]);
		ok = !key.failed && (key.len == 0 || names_add(&job->moved, key.data, path));
	}
	buffer_free(&key);
	return ok;
}

static const char *
find_address(const struct job *job, const char *address)
{
	struct buffer key = BUFFER_EMPTY;

	put_address(&key, address);
	const char *path = names_find(&job->moved, buffer_text(&key));
	buffer_free(&key);
	return path;
}

/* A page may be asked for as a folder, or without its ending. */
static const char *
find_file(const struct job *job, size_t root, const char *path)
{
	static const char *const endings[] = {
	    "", "index.html", "/index.html", ".html", ".htm", ".md", "index.md", "/index.md"};
	const char *found = NULL;

	for (size_t i = 0; found == NULL && i < sizeof(endings) / sizeof(endings[0]); i++) {
		struct buffer key = BUFFER_EMPTY;

		put_file(&key, root, path);
		buffer_puts(&key, endings[i]);
		found = names_find(&job->moved, buffer_text(&key));
		buffer_free(&key);
	}
	return found;
}

/* Where a file of Markdown is that is called by its name, if only one has it. */
static const char *
find_name(const struct job *job, const char *path)
{
	struct buffer key = BUFFER_EMPTY, several = BUFFER_EMPTY;
	const char *found = NULL;

	if (format_by_name(path) == FORMAT_MARKDOWN) {
		put_name(&key, path);
		buffer_printf(&several, "several %s", buffer_text(&key));
		if (names_find(&job->moved, buffer_text(&several)) == NULL)
			found = names_find(&job->moved, buffer_text(&key));
	}
	buffer_free(&key);
	buffer_free(&several);
	return found;
}

/* --- one reference --- */

/* Appends a reference relative to a page of the web made absolute. False if it cannot be. */
static bool
put_absolute(struct buffer *out, const char *base, const char *reference)
{
	const char *host = strstr(base, "://");

	if (host == NULL)
		return false;
	size_t site_len = (size_t)(host + 3 - base) + strcspn(host + 3, "/?#");
	size_t path_len = strcspn(base + site_len, "?#");
	struct buffer path = BUFFER_EMPTY;
	buffer_append(&path, base + site_len, path_len);
	if (path_len == 0)
		buffer_putc(&path, '/');
	buffer_append(out, base, site_len);
	reference_resolve(out, buffer_text(&path), reference);
	out->failed |= path.failed;
	buffer_free(&path);
	return true;
}

/* Appends the path below the original's root that a relative reference means, decoded. */
static bool
put_local(struct buffer *out, const struct original *original, const char *reference)
{
	struct buffer path = BUFFER_EMPTY;

	reference_resolve(&path, original->path, reference);
	size_t len = strcspn(buffer_text(&path), "?#");
	char *space = buffer_reserve(out, len + 1);
	bool ok = space != NULL && !path.failed && url_decode(buffer_text(&path), len, space);
	if (ok)
		buffer_grow(out, strlen(space));
	buffer_free(&path);
	return ok;
}

/* Looks for the reference among what lies beside the original: pages that were taken, pictures. */
static const char *
find_local(struct settling *s, const char *reference)
{
	struct buffer local = BUFFER_EMPTY;
	const char *found = NULL;

	reference += text_starts(reference, "@/"); /* so Zola begins at its content */
	if (put_local(&local, s->original, reference)) {
		const char *path = buffer_text(&local);

		found = find_file(s->job, s->original->root, path);
		if (found == NULL)
			found = find_name(s->job, path);
		if (found == NULL)
			found = pictures_take(s->job, s->original->root, path, s->piece->date.year);
	}
	s->out_of_memory |= local.failed;
	buffer_free(&local);
	return found;
}

static void
put_path(struct buffer *out, const char *path)
{
	text_append_path(out, path, strlen(path));
}

/* Appends what the reference has to be now. */
static void
settle_reference(struct settling *s, const char *reference, struct buffer *out)
{
	struct buffer whole = BUFFER_EMPTY, shown = BUFFER_EMPTY;
	const char *found = NULL;

	if (is_absolute(reference)) {
		found = find_address(s->job, reference);
		if (found == NULL && text_starts(reference, "//"))
			buffer_puts(out, "https:");
		if (found == NULL)
			reference_append(out, reference, strlen(reference));
	} else if ((found = find_local(s, reference)) == NULL) {
		if (s->piece->addresses.count > 0 &&
		    put_absolute(&whole, s->piece->addresses.items[0], reference))
			found = find_address(s->job, buffer_text(&whole));
		if (found == NULL && whole.len > 0) {
			buffer_puts(out, whole.data);
		} else if (found == NULL) {
			reference_append(out, reference, strlen(reference));
			originals_put_name(&s->job->originals, s->original, &shown);
			report_note(&s->job->report, buffer_text(&shown),
			    "its link to `%s` leads to nothing that is taken", reference);
		}
	}
	if (found != NULL)
		put_path(out, found);
	s->out_of_memory |= whole.failed;
	buffer_free(&whole);
	buffer_free(&shown);
}

/* --- the piece --- */

/* Whether the reference is one to a picture, by its ending. */
static bool
is_picture(const char *reference)
{
	size_t len = strcspn(reference, "?#");
	char *path = strndup(reference, len);
	const char *type = path == NULL ? NULL : kinds_picture(path);

	free(path);
	return type != NULL && text_starts(type, "image/");
}

static char *
settle(struct settling *s, const char *reference, size_t len)
{
	char *text = strndup(reference, len);
	struct buffer settled = BUFFER_EMPTY;

	if (text != NULL)
		settle_reference(s, text, &settled);
	free(text);
	char *taken = settled.len > 0 ? buffer_take(&settled) : NULL;
	buffer_free(&settled);
	s->out_of_memory |= taken == NULL;
	return taken;
}

static void
settle_line(struct settling *s, const struct gemtext_line *line, struct buffer *out)
{
	if (line->type != GEMTEXT_LINK || line->url_len == 0) {
		buffer_append(out, line->raw, line->raw_len);
		buffer_putc(out, '\n');
		return;
	}
	char *url = settle(s, line->url, line->url_len);
	struct buffer label = BUFFER_EMPTY;
	buffer_append(&label, line->text, line->text_len);
	if (url != NULL)
		gemtext_put_link(out, url, buffer_text(&label));
	s->out_of_memory |= label.failed;
	buffer_free(&label);
	free(url);
}

bool
links_lift_picture(struct piece *piece)
{
	struct gemtext_reader reader = {.rest = piece->body.data, .rest_len = piece->body.len};
	struct gemtext_line line = {.raw_len = 0};
	struct buffer url = BUFFER_EMPTY, body = BUFFER_EMPTY;

	while (gemtext_next(&reader, &line) && line.raw_len == 0)
		;
	if (piece->image.len > 0 || line.raw_len == 0 || line.type != GEMTEXT_LINK)
		return true;
	buffer_append(&url, line.url, line.url_len);
	if (is_picture(buffer_text(&url))) {
		buffer_append(&piece->image, line.url, line.url_len);
		buffer_truncate(&piece->image_alt, 0);
		buffer_append(&piece->image_alt, line.text, line.text_len);
		buffer_append(&body, reader.rest, reader.rest_len);
		buffer_free(&piece->body);
		piece->body = body;
	}
	bool ok = !url.failed && !piece->body.failed && !piece->image.failed;
	buffer_free(&url);
	return ok;
}

bool
links_settle(struct job *job, const struct original *original, struct piece *piece)
{
	struct settling s = {.job = job, .original = original, .piece = piece};
	struct gemtext_reader reader = {.rest = piece->body.data, .rest_len = piece->body.len};
	struct gemtext_line line;
	struct buffer body = BUFFER_EMPTY;

	while (gemtext_next(&reader, &line))
		settle_line(&s, &line, &body);
	s.out_of_memory |= body.failed;
	buffer_free(&piece->body);
	piece->body = body;
	if (piece->image.len > 0) {
		char *image = settle(&s, piece->image.data, piece->image.len);

		buffer_truncate(&piece->image, 0);
		buffer_puts(&piece->image, image == NULL ? "" : image);
		free(image);
	}
	return !s.out_of_memory;
}
