#include "formats/marked.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "article/derive.h"
#include "article/fences.h"
#include "article/frontmatter.h"
#include "article/keys.h"
#include "article/markdown.h"
#include "article/reference.h"
#include "base/text.h"
#include "formats/date.h"
#include "formats/prose.h"
#include "formats/templates.h"
#include "formats/toml.h"
#include "gemini/gemtext.h"

/* One file being read. */
struct marked {
	struct piece *piece;
	bool is_markdown;
	size_t line;                   /* of the entry being read */
	const struct marked_key *list; /* of an entry without value: `- item` lines may follow */
	bool has_path_date;
	struct timestamp path_date; /* that an address of it tells */
	bool has_release;
	struct timestamp release; /* when it comes out: `date` may be when it was written */
	struct error *err;
	bool out_of_memory;
};

typedef bool key_taker(struct marked *m, const char *value);

/* A key of front matter, by all its names. */
struct marked_key {
	const char *names; /* with a blank before and behind each */
	key_taker *take;
};

/* --- values --- */

static void
put_words(struct marked *m, struct buffer *to, const char *value)
{
	buffer_truncate(to, 0);
	if (m->is_markdown)
		m->out_of_memory |= !markdown_to_line(value, to);
	else
		buffer_puts(to, value);
}

static bool
take_title(struct marked *m, const char *value)
{
	put_words(m, &m->piece->title, value);
	return true;
}

static bool
take_summary(struct marked *m, const char *value)
{
	put_words(m, &m->piece->summary, value);
	return true;
}

static bool
take_author(struct marked *m, const char *value)
{
	m->out_of_memory |= !piece_add_authors(m->piece, value, strlen(value));
	return true;
}

static bool
take_date(struct marked *m, const char *value)
{
	m->piece->has_date = date_read(value, &m->piece->date);
	return m->piece->has_date ||
	       error_set(
		   m->err, "line %zu: date is `%s`, expected one like 2025-06-13", m->line, value);
}

static bool
take_release(struct marked *m, const char *value)
{
	m->has_release = date_read(value, &m->release);
	return m->has_release ||
	       error_set(m->err, "line %zu: publishDate is `%s`, expected one like 2025-06-13",
		   m->line, value);
}

static bool
take_updated(struct marked *m, const char *value)
{
	m->piece->has_updated = date_read(value, &m->piece->updated);
	return m->piece->has_updated ||
	       error_set(m->err, "line %zu: updated is `%s`, expected one like 2025-06-13", m->line,
		   value);
}

static bool
take_tags(struct marked *m, const char *value)
{
	while (*value != '\0') {
		size_t len = strcspn(value, ",");
		struct buffer tag = BUFFER_EMPTY;

		text_append_line(&tag, value, len);
		if (tag.len > 0 && !strings_contain(&m->piece->tags, tag.data))
			m->out_of_memory |= !strings_add(&m->piece->tags, tag.data);
		m->out_of_memory |= tag.failed;
		buffer_free(&tag);
		value += len + (value[len] == ',');
	}
	return true;
}

static bool
take_language(struct marked *m, const char *value)
{
	buffer_truncate(&m->piece->lang, 0);
	buffer_puts(&m->piece->lang, value);
	return true;
}

static bool
take_image(struct marked *m, const char *value)
{
	buffer_truncate(&m->piece->image, 0);
	buffer_puts(&m->piece->image, value);
	return true;
}

static bool
take_image_alt(struct marked *m, const char *value)
{
	put_words(m, &m->piece->image_alt, value);
	return true;
}

/* One entry that says so is enough, whatever another one or what stands behind it says. */
static bool
take_draft(struct marked *m, const char *value)
{
	m->piece->is_draft |= strcasecmp(value, "false") != 0 && strcasecmp(value, "no") != 0;
	return true;
}

static bool
take_published(struct marked *m, const char *value)
{
	struct timestamp day;

	if (date_read(value, &day))
		return take_date(m, value);
	m->piece->is_draft |= strcasecmp(value, "true") != 0 && strcasecmp(value, "yes") != 0;
	return true;
}

static bool
take_status(struct marked *m, const char *value)
{
	m->piece->is_draft |= strcasecmp(value, "draft") == 0 || strcasecmp(value, "ready") == 0;
	if (strcasecmp(value, "ready") == 0)
		m->out_of_memory |= !strings_add(&m->piece->head, "status = ready");
	return true;
}

/* Where it was on the web is where it was moved from. A whole URL is another site's. */
static bool
take_old_paths(struct marked *m, const char *value)
{
	while (*value != '\0') {
		size_t len = strcspn(value, ",");
		struct buffer path = BUFFER_EMPTY, line = BUFFER_EMPTY;

		text_append_line(&path, value, len);
		if (path.len > 0 && strstr(path.data, "://") == NULL) {
			buffer_puts(&line, "moved-from = /");
			const char *rest = path.data + strspn(path.data, "/");
			reference_append(&line, rest, strlen(rest));
			m->out_of_memory |=
			    line.failed || (!strings_contain(&m->piece->head, line.data) &&
					       !strings_add(&m->piece->head, line.data));
		}
		m->out_of_memory |= path.failed;
		buffer_free(&path);
		buffer_free(&line);
		value += len + (value[len] == ',');
	}
	return true;
}

/* Zola's own address for the page, which may tell its day. */
static bool
take_path(struct marked *m, const char *value)
{
	m->has_path_date |= date_read_path(value, &m->path_date);
	return take_old_paths(m, value);
}

static const struct marked_key keys[] = {
    {" title ", take_title},
    {" author authors byline ", take_author},
    {" date ", take_date},
    {" publishdate publish_date publish-date pubdate ", take_release},
    {" updated lastmod modified last_modified_at ", take_updated},
    {" tags tag categories category keywords ", take_tags},
    {" summary description excerpt dek subtitle ", take_summary},
    {" lang language ", take_language},
    {" image cover featured_image ", take_image},
    {" image-alt image_alt ", take_image_alt},
    {" draft ", take_draft},
    {" published ", take_published},
    {" status ", take_status},
    {" aliases alias redirect_from ", take_old_paths},
    {" path ", take_path},
};

/* Our own keys that no other program has: they stay as they are. */
static const char kept_keys[] = " image-credit correction moved-from retracted ";

/* Whether name[0..len) is one of the names. */
static bool
is_among(const char *names, const char *name, size_t len)
{
	for (const char *at = names; (at = strchr(at, ' ')) != NULL && at[1] != '\0'; at++)
		if (strncasecmp(at + 1, name, len) == 0 && at[1 + len] == ' ')
			return true;
	return false;
}

/* --- front matter --- */

/* Takes quotation marks off, or the brackets of a list and the marks of its words. */
static void
append_value(struct buffer *out, const char *text, size_t len)
{
	bool is_list = len >= 2 && text[0] == '[' && text[len - 1] == ']';
	bool is_quoted =
	    len >= 2 && (text[0] == '"' || text[0] == '\'') && text[len - 1] == text[0];

	if (is_list || is_quoted) {
		text++;
		len -= 2;
	}
	for (size_t i = 0; i < len; i++) {
		bool is_escape = is_quoted && text[-1] == '"' && text[i] == '\\' && i + 1 < len;

		i += is_escape;
		if (!is_list || (text[i] != '"' && text[i] != '\''))
			buffer_putc(out, text[i]);
	}
}

/* The key of that name, or NULL. */
static const struct marked_key *
find_key(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (is_among(keys[i].names, name, len))
			return &keys[i];
	return NULL;
}

static void
note_unknown(struct marked *m, const char *name, size_t len)
{
	struct buffer note = BUFFER_EMPTY;

	buffer_printf(&note, "line %zu: `%.*s` is left out", m->line, (int)len, name);
	m->out_of_memory |= note.failed || !strings_add(&m->piece->notes, buffer_text(&note));
	buffer_free(&note);
}

/* What we have no use for may keep the text from its readers elsewhere: then it does so here. */
static void
heed_unknown(struct marked *m, const char *name, size_t name_len, const char *value, size_t len)
{
	m->piece->is_draft |= keys_hiding_elsewhere(name, name_len, value, len) != KEY_COUNT;
}

static bool
take_value(struct marked *m, const struct marked_key *key, const char *text, size_t len)
{
	struct buffer raw = BUFFER_EMPTY, value = BUFFER_EMPTY;

	text_append_line(&raw, text, len);
	append_value(&value, buffer_text(&raw), raw.len);
	m->out_of_memory |= raw.failed || value.failed;
	bool ok = value.len == 0 || key->take(m, value.data);
	buffer_free(&raw);
	buffer_free(&value);
	return ok;
}

static void
keep_line(struct marked *m, const char *name, size_t name_len, const char *value, size_t len)
{
	struct buffer line = BUFFER_EMPTY;

	if (len == 0)
		return;
	buffer_printf(&line, "%.*s = ", (int)name_len, name);
	text_append_line(&line, value, len);
	m->out_of_memory |= line.failed || !strings_add(&m->piece->head, buffer_text(&line));
	buffer_free(&line);
}

static bool
is_name_byte(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.';
}

/* A line `key: value` or `key = value`. */
static bool
take_entry(struct marked *m, const char *line, size_t len)
{
	size_t name_len = 0, sign;

	while (name_len < len && is_name_byte(line[name_len]))
		name_len++;
	for (sign = name_len; sign < len && line[sign] == ' ';)
		sign++;
	if (name_len == 0 || sign == len || (line[sign] != ':' && line[sign] != '='))
		return error_set(
		    m->err, "line %zu: expected `key: value` in front matter", m->line);
	size_t at = sign + 1;
	while (at < len && isblank((unsigned char)line[at]))
		at++;
	m->list = NULL;
	if (is_among(kept_keys, line, name_len)) {
		keep_line(m, line, name_len, line + at, len - at);
		return true;
	}
	const struct marked_key *key = find_key(line, name_len);
	if (key != NULL) {
		m->list = at == len ? key : NULL;
		return take_value(m, key, line + at, len - at);
	}
	if (at < len) {
		struct buffer value = BUFFER_EMPTY;

		append_value(&value, line + at, len - at);
		heed_unknown(m, line, name_len, buffer_text(&value), value.len);
		m->out_of_memory |= value.failed;
		buffer_free(&value);
		note_unknown(m, line, name_len);
	}
	return true;
}

static bool
take_line(struct marked *m, const char *line, size_t len)
{
	size_t indent = 0;

	while (len > 0 && isspace((unsigned char)line[len - 1]))
		len--;
	while (indent < len && isblank((unsigned char)line[indent]))
		indent++;
	if (indent == len || line[indent] == '#')
		return true;
	if (line[indent] == '-' && indent + 1 < len && line[indent + 1] == ' ')
		return m->list == NULL ||
		       take_value(m, m->list, line + indent + 2, len - indent - 2);
	if (indent > 0) /* what belongs to an entry above that has no meaning here */
		return true;
	if (len > FRONTMATTER_LINE_MAX)
		return error_set(
		    m->err, "line %zu: longer than %d bytes", m->line, FRONTMATTER_LINE_MAX);
	return take_entry(m, line, len);
}

static bool
read_head(struct marked *m, const struct frontmatter *head)
{
	const char *rest = head->rest;
	size_t rest_len = head->rest_len;

	for (m->line = head->line + 1; rest_len > 0; m->line++) {
		const char *end = memchr(rest, '\n', rest_len);
		size_t len = end == NULL ? rest_len : (size_t)(end - rest);

		if (!take_line(m, rest, len))
			return false;
		len += end != NULL;
		rest += len;
		rest_len -= len;
	}
	return true;
}

/* --- front matter in TOML --- */

#define TOML_FENCE "+++"

/* Takes a line off text[0..*len), and tells whether it is a fence. */
static bool
take_fence(const char **text, size_t *len)
{
	const char *line = *text, *end = memchr(line, '\n', *len);
	size_t line_len = end == NULL ? *len : (size_t)(end - line);

	*text += line_len + (end != NULL);
	*len -= line_len + (end != NULL);
	while (line_len > 0 && isspace((unsigned char)line[line_len - 1]))
		line_len--;
	return line_len == strlen(TOML_FENCE) && memcmp(line, TOML_FENCE, line_len) == 0;
}

/* Finds the block between two lines `+++`, if the first line is one. False if no other follows. */
static bool
open_toml(struct frontmatter *head, struct error *err)
{
	const char *rest = head->body;
	size_t rest_len = head->body_len;

	if (!take_fence(&rest, &rest_len))
		return true;
	head->rest = rest;
	while (rest_len > 0 && rest - head->rest <= FRONTMATTER_MAX) {
		const char *line = rest;

		if (!take_fence(&rest, &rest_len))
			continue;
		head->is_present = true;
		head->rest_len = (size_t)(line - head->rest);
		head->body = rest;
		head->body_len = rest_len;
		return true;
	}
	return error_set(
	    err, "line 1: expected a second line `+++` within %d bytes", FRONTMATTER_MAX);
}

/* The name that counts of `extra.author`, `taxonomies.tags` or `authors.name`. */
static size_t
cut_tables(const char **name)
{
	static const char *const tables[] = {"extra.", "params.", "taxonomies."};
	size_t len;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (text_starts(*name, tables[i]))
			*name += strlen(tables[i]);
	len = strlen(*name);
	return text_ends(*name, ".name") ? len - strlen(".name") : len;
}

static bool
take_toml(void *context, const struct toml_value *value, struct error *err)
{
	struct marked *m = context;
	const char *name = value->key;
	size_t name_len = cut_tables(&name);
	const struct marked_key *key = find_key(name, name_len);
	struct buffer line = BUFFER_EMPTY;

	(void)err; /* m has it */
	m->line = value->line;
	text_append_line(&line, value->text, value->len);
	if (key == NULL)
		heed_unknown(m, name, name_len, buffer_text(&line), line.len);
	if (key == NULL && strchr(value->key, '.') == NULL)
		note_unknown(m, name, name_len);
	bool ok = key == NULL || line.len == 0 || key->take(m, line.data);
	m->out_of_memory |= line.failed;
	buffer_free(&line);
	return ok;
}

/* --- all of it --- */

/* Whether a file without front matter was meant to have some: its first line is `---`, a second
 * such line comes, too late, and the line between them that is first looks like an entry. */
static bool
is_head_too_long(const char *bytes, size_t len)
{
	const char *line = memchr(bytes, '\n', len);

	if (!text_starts(bytes, "---") || line == NULL || line - bytes > 4)
		return false;
	line++;
	size_t rest_len = len - (size_t)(line - bytes);
	size_t name_len = 0;
	while (name_len < rest_len && is_name_byte(line[name_len]))
		name_len++;
	while (name_len > 0 && name_len < rest_len && line[name_len] == ' ')
		name_len++;
	return name_len > 0 && name_len < rest_len &&
	       (line[name_len] == ':' || line[name_len] == '=') &&
	       memmem(line, rest_len, "\n---", 4) != NULL;
}

/* --- the text --- */

static void
note_words_alone(struct marked *m, const char *reason)
{
	struct buffer note = BUFFER_EMPTY;

	buffer_printf(&note, "of the HTML in its Markdown the words alone are taken: %s", reason);
	m->out_of_memory |= note.failed || !strings_add(&m->piece->notes, buffer_text(&note));
	buffer_free(&note);
}

/* The line of the file that the body begins with. */
static size_t
body_line(const char *bytes, const char *body)
{
	size_t line = 1;

	for (; bytes < body; bytes++)
		line += *bytes == '\n';
	return line;
}

static void
read_markdown(struct marked *m, const char *body, size_t len, size_t line)
{
	struct buffer plain = BUFFER_EMPTY, gemtext = BUFFER_EMPTY, reason = BUFFER_EMPTY;
	struct strings left = {0};

	m->out_of_memory |= !templates_translate(body, len, line, &plain, &left) ||
			    !prose_to_gemtext(buffer_text(&plain), plain.len, &gemtext, &reason) ||
			    gemtext.failed || reason.failed;
	m->out_of_memory |= left.count > 0 && !piece_hold_back(m->piece, &left);
	if (reason.len > 0)
		note_words_alone(m, reason.data);
	gemtext_put_document(&m->piece->body, buffer_text(&gemtext), gemtext.len);
	strings_free(&left);
	buffer_free(&plain);
	buffer_free(&gemtext);
	buffer_free(&reason);
}

/* What the file's name tells of the day: `2025-06-13-clinic.md`, or else its address or the folders
 * it lies in. Returns the rest of the name. */
static const char *
read_name(struct marked *m, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
	char day[TIME_ISO_DATE_LEN + 1] = "";

	strncat(day, name, TIME_ISO_DATE_LEN);
	struct timestamp date;
	bool has_day = timestamp_parse(day, &date);
	bool has_date = has_day || m->has_path_date || date_read_path(path, &date);
	if (has_date && !m->piece->has_date)
		m->piece->date = has_day || !m->has_path_date ? date : m->path_date;
	m->piece->has_date |= has_date;
	name += has_day ? TIME_ISO_DATE_LEN : 0;
	return has_day && strchr("-_ ", *name) != NULL && *name != '\0' && name[1] != '.' ? name + 1
											  : name;
}

static void
derive_missing(struct marked *m, const char *path)
{
	const char *name = read_name(m, path);

	if (m->has_release &&
	    (!m->piece->has_date || timestamp_seconds(&m->release, "UTC") >
					timestamp_seconds(&m->piece->date, "UTC"))) {
		m->piece->has_date = true;
		m->piece->date = m->release;
	}
	if (m->piece->title.len == 0)
		derive_title(
		    &m->piece->title, buffer_text(&m->piece->body), m->piece->body.len, name);
}

bool
marked_read(const char *path, const char *bytes, size_t len, bool is_markdown, struct pieces *out,
    struct error *err)
{
	struct marked m = {.piece = pieces_add(out), .is_markdown = is_markdown, .err = err};
	struct frontmatter head;

	if (m.piece == NULL)
		return error_set(err, "out of memory");
	frontmatter_open(&head, bytes, len);
	bool has_yaml = head.is_present;
	if (!has_yaml && !open_toml(&head, err))
		return false;
	bool has_toml = !has_yaml && head.is_present;
	if (!head.is_present && is_head_too_long(bytes, len))
		return error_set(
		    err, "line 1: its front matter is longer than %d bytes", FRONTMATTER_MAX);
	/* As gemtext what looks like front matter would be words like others. */
	const struct fences_source source = {bytes, len, is_markdown};
	if (has_toml ? !toml_read(head.rest, head.rest_len, head.line + 1, take_toml, &m, err)
		     : !read_head(&m, &head) || !fences_check(&source, err))
		return false;
	if (is_markdown)
		read_markdown(&m, head.body, head.body_len, body_line(bytes, head.body));
	else
		gemtext_put_document(&m.piece->body, head.body, head.body_len);
	derive_missing(&m, path);
	return !m.out_of_memory || error_set(err, "out of memory");
}
