#include "upload/manuscript.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "article/derive.h"
#include "article/frontmatter.h"
#include "article/head.h"
#include "article/markdown.h"
#include "article/source.h"
#include "base/text.h"
#include "base/time.h"
#include "upload/keeping.h"
#include "upload/kinds.h"
#include "upload/naming.h"
#include "upload/printings.h"
#include "upload/returned.h"
#include "upload/reupload.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"
#define NO_NAME         "-" /* of a file: no title can be read off it */
#define TITLE_MAX       80  /* characters of a title made of the first words */

/* Why a text is kept beside what somebody else did. */
#define SAVED_MEANWHILE "somebody saved another version meanwhile"
#define DELETED         "it was deleted or moved meanwhile"

/* The text, and what is made of it. */
struct manuscript {
	struct arrival *arrival;
	struct errand *errand;
	struct buffer sent;    /* cleaned: what is kept if it is refused */
	struct source *parsed; /* what sent says */
	struct buffer lines, body;
	struct buffer source;        /* completed: what is stored */
	char path[RULES_PATH_MAX];   /* where to */
	struct buffer date, updated; /* to derive */
	bool is_markdown;            /* was sent as Markdown */
	const struct person *writer; /* who sent it; NULL: the admin */
	bool is_page;                /* was sent as it was printed */
	bool is_merged;              /* with what others saved meanwhile */
	bool is_kept;                /* as a draft already: nothing is lost if it is refused */
};

/* A step of the way. False when the answer is set. */
typedef bool manuscript_step(struct manuscript *m);

void
manuscript_clean(struct buffer *out, const char *bytes, size_t len)
{
	size_t mark_len = strlen(BYTE_ORDER_MARK);

	if (len >= mark_len && memcmp(bytes, BYTE_ORDER_MARK, mark_len) == 0) {
		bytes += mark_len;
		len -= mark_len;
	}
	while (len > 0) {
		const char *end = memmem(bytes, len, "\r\n", 2);
		size_t before = end == NULL ? len : (size_t)(end - bytes);

		buffer_append(out, bytes, before);
		if (end != NULL)
			buffer_putc(out, '\n');
		before += end == NULL ? 0 : 2;
		bytes += before;
		len -= before;
	}
}

static bool
lack_memory(struct manuscript *m)
{
	response_set(
	    m->errand->out, GEMINI_TEMPORARY_FAILURE, "Not saved, try again: out of memory");
	return false;
}

static bool
is_folder(const struct manuscript *m)
{
	return m->arrival->target.place == RULES_ARTICLE_FOLDER ||
	       m->arrival->target.place == RULES_DRAFT_FOLDER;
}

static bool
keep(struct manuscript *m, enum naming_kept why, enum gemini_status status, const char *reason)
{
	char name[RULES_PATH_MAX + 8];
	size_t stem_len = strlen(m->path) - (text_ends(m->path, ".gmi") ? strlen(".gmi") : 0);
	struct keeping text = {
	    name, is_folder(m) ? NULL : m->path, buffer_text(&m->sent), m->sent.len};

	/* What is Markdown still is called so, or it would be read as gemtext. */
	snprintf(name, sizeof(name), "%.*s%s", (int)(m->is_markdown ? stem_len : strlen(m->path)),
	    m->path, m->is_markdown ? ".md" : "");
	if (m->is_kept)
		response_set(m->errand->out, status, "Correct it first: %s", reason);
	else
		keeping_keep(m->errand, &text, why, status, reason);
	return false;
}

static bool
refuse(struct manuscript *m, const char *reason)
{
	return keep(m, NAMING_REFUSED, GEMINI_FAILURE, reason);
}

/* Gives a text that cannot be read, but was sent to a folder, a path to be kept by. */
static void
name_unread(struct manuscript *m)
{
	struct buffer lines = BUFFER_EMPTY, title = BUFFER_EMPTY;
	struct frontmatter_entry entry;
	char slug[TEXT_SLUG_MAX + 1] = "";
	size_t len;

	head_take(&lines, buffer_text(&m->sent), m->sent.len, &len);
	if (head_find(&lines, "title", &entry))
		text_append_line(&title, entry.value, entry.value_len);
	text_slug(buffer_text(&title), slug);
	snprintf(m->path, sizeof(m->path), "/drafts/%s.gmi", *slug == '\0' ? "text" : slug);
	buffer_free(&lines);
	buffer_free(&title);
}

/* Reads what was sent, as it was sent: what is wrong is told by the lines that the sender knows. */
static bool
read_sent(struct manuscript *m)
{
	const char *bytes = buffer_text(&m->sent);
	char as[RULES_PATH_MAX + 8];
	struct error err;

	snprintf(as, sizeof(as), "%s%s%s", m->path, is_folder(m) ? NO_NAME : "",
	    m->is_markdown ? ".md"
	    : is_folder(m) ? ".gmi"
			   : "");
	m->parsed = source_parse(as, bytes, m->sent.len, &err);
	if (m->parsed != NULL)
		return true;
	if (is_folder(m))
		name_unread(m);
	return keep(m, NAMING_REFUSED,
	    text_is_utf8(bytes, m->sent.len) ? GEMINI_FAILURE : GEMINI_BAD_REQUEST, err.text);
}

static bool
has_words(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (strchr(" \t\r\n", text[i]) == NULL || text[i] == '\0')
			return true;
	return false;
}

/* A form that says nothing yet needs no keeping. */
static bool
refuse_empty(struct manuscript *m)
{
	head_drop_empty(&m->lines);
	head_drop(&m->lines, "revision");
	if (m->lines.len > 0)
		return keep(m, NAMING_REFUSED, GEMINI_BAD_REQUEST, "it has neither title nor text");
	response_set(
	    m->errand->out, GEMINI_BAD_REQUEST, "Write something: neither title nor text has come");
	return false;
}

/* A title or summary in Markdown loses its marks with the text. */
static void
convert_value(struct buffer *lines, const char *key)
{
	struct frontmatter_entry entry;
	struct buffer value = BUFFER_EMPTY, line = BUFFER_EMPTY;

	if (!head_find(lines, key, &entry))
		return;
	buffer_append(&value, entry.value, entry.value_len);
	lines->failed |= value.failed || !markdown_to_line(buffer_text(&value), &line);
	head_set(lines, key, buffer_text(&line), line.len);
	buffer_free(&value);
	buffer_free(&line);
}

/* Parts the text, and turns Markdown into gemtext where it is stored as such. */
static bool
take_apart(struct manuscript *m)
{
	size_t len, html_line;
	const char *body = head_take(&m->lines, buffer_text(&m->sent), m->sent.len, &len);
	struct frontmatter_entry title;

	if (!has_words(body, len) && !head_find(&m->lines, "title", &title))
		return refuse_empty(m);
	if (!m->is_markdown) {
		buffer_append(&m->body, body, len);
		return true;
	}
	convert_value(&m->lines, "title");
	convert_value(&m->lines, "summary");
	return markdown_to_gemtext(body, len, &m->body, &html_line) || lack_memory(m);
}

/* A text without a title that was sent to a folder has not even the name of its file: its path is
 * made of its first words, and they are its title too, in the writer's letters. */
static void
set_title(struct manuscript *m)
{
	const struct card *card = &m->parsed->article.card;
	size_t len = strlen(card->summary);
	size_t kept = text_cut_word(card->summary, len, TITLE_MAX);
	struct buffer title = BUFFER_EMPTY;
	struct frontmatter_entry given;

	if (!is_folder(m) || strcmp(card->title, NO_NAME) != 0 || kept == 0 ||
	    head_find(&m->lines, "title", &given))
		return;
	buffer_append(&title, card->summary, kept);
	if (kept < len)
		buffer_puts(&title, "\u2026");
	head_set(&m->lines, "title", buffer_text(&title), title.len);
	m->lines.failed |= title.failed;
	buffer_free(&title);
}

/* Whether somebody else saved, as far as is known, since the sender was given the source. What came
 * without a revision replaces what is there in any other case. */
static bool
is_overtaken(const struct manuscript *m)
{
	const struct person *person = m->errand->person;
	const struct buffer *stored = &m->arrival->stored;

	if (person == NULL || !m->arrival->has_stored || m->is_page || m->is_kept)
		return false;
	struct printings_given given =
	    printings_find(m->errand->desk->revisions, person->id, m->path);
	return given.count > 0 &&
	       given.printings[0] != office_revision_number(buffer_text(stored), stored->len);
}

/* Whether the version that the sender had before them is the one that is there. */
static bool
is_revision_current(const struct manuscript *m)
{
	const struct buffer *stored = &m->arrival->stored;
	char revision[OFFICE_REVISION_LEN + 1];
	struct frontmatter_entry given;

	if (is_folder(m))
		return true;
	if (!head_find(&m->lines, "revision", &given))
		return !is_overtaken(m);
	if (!m->arrival->has_stored)
		return false;
	office_revision(buffer_text(stored), stored->len, revision);
	return given.value_len == OFFICE_REVISION_LEN &&
	       strncasecmp(given.value, revision, OFFICE_REVISION_LEN) == 0;
}

/* Others changed meanwhile what this changes: it is kept, without what was printed around it, as
 * that would be taken off again when the draft is published. */
static bool
keep_apart(struct manuscript *m, bool is_gone, const char *saver)
{
	struct buffer text = BUFFER_EMPTY;
	char reason[PEOPLE_NAME_MAX + 64];

	snprintf(reason, sizeof(reason), "%s%s%s%s", is_gone ? DELETED : SAVED_MEANWHILE,
	    *saver == '\0' ? "" : " (", saver, *saver == '\0' ? "" : ")");
	head_put(&text, &m->lines, buffer_text(&m->body), m->body.len);
	if (text.failed) {
		buffer_free(&text);
		return lack_memory(m);
	}
	if (!m->is_markdown) {
		buffer_free(&m->sent);
		m->sent = text;
	} else {
		buffer_free(&text);
	}
	return keep(m, NAMING_CONFLICT, GEMINI_FAILURE, reason);
}

/* The text of the page, without what was printed around it, becomes the body. */
static bool
take_returned(struct manuscript *m, enum returned_result result, struct returned *returned)
{
	switch (result) {
	case RETURNED_NOT:
		return true;
	case RETURNED_CURRENT:
	case RETURNED_MERGED:
	case RETURNED_CONFLICT:
	case RETURNED_GONE:
		if (text_ends(m->path, ".md"))
			return refuse(m, "the article is in Markdown, use Edit on the desk");
		buffer_free(&m->body);
		m->body = returned->body;
		returned->body = BUFFER_EMPTY;
		m->is_page = true;
		m->is_merged = result == RETURNED_MERGED;
		return result == RETURNED_CURRENT || result == RETURNED_MERGED ||
		       keep_apart(m, result == RETURNED_GONE, returned->saver);
	case RETURNED_ALTERED:
		return refuse(m, "the title or another line printed around the text "
				 "differs, use Edit on the desk for that");
	case RETURNED_FAILED:
		break;
	}
	return lack_memory(m);
}

/* A page that was loaded as readers see it comes back with all that is printed around it. */
static bool
remove_frame(struct manuscript *m)
{
	struct frontmatter_entry given;
	struct returned_page page = {
	    .errand = m->errand,
	    .path = m->path,
	    .stored = m->arrival->has_stored ? &m->arrival->stored : NULL,
	    .text = buffer_text(&m->body),
	    .len = m->body.len,
	    .is_replacement = m->is_kept || head_find(&m->lines, "revision", &given),
	};
	struct returned returned;

	if (m->arrival->target.place != RULES_ARTICLE)
		return true;
	enum returned_result result = returned_read(&page, &returned);
	bool ok = take_returned(m, result, &returned);
	returned_done(&returned);
	return ok;
}

static bool
may_claim(void *context, const char *path)
{
	const struct manuscript *m = context;
	char written[RULES_PATH_MAX + 16];
	enum gemini_status status;
	bool is_list = text_ends(path, "/");

	if (is_list && text_starts(path, "/articles/"))
		return false;
	/* What was a folder elsewhere would be its index here. */
	snprintf(written, sizeof(written), "%s%s", path, is_list ? "index.gmi" : "");
	return !rules_is_generated(path) && office_refusal(m->errand, written, &status) == NULL;
}

/* When the article counts as published if it does not say so: as it did up to now. */
static void
derive_dates(struct manuscript *m, struct reupload *reupload)
{
	struct desk *desk = m->errand->desk;
	struct file_row file;

	office_put_now(m->errand, &m->updated);
	if (!m->arrival->has_stored || !press_file(desk->press, m->path, &file)) {
		office_put_now(m->errand, &m->date);
	} else {
		int64_t second = file.published != 0 ? file.published : m->errand->now;
		struct timestamp t = timestamp_at(second, desk->capsule->timezone);

		timestamp_append(&m->date, &t);
		if (file.state == FILE_ARTICLE)
			reupload->updated = buffer_text(&m->updated);
	}
	reupload->date = buffer_text(&m->date);
}

/* What a source at m->path says of itself besides what was sent; stored: what lies there, or NULL.
 */
static struct reupload
reupload_of(struct manuscript *m, const struct buffer *stored)
{
	const struct person *person = m->writer;

	return (struct reupload){
	    .stored = stored == NULL ? NULL : buffer_text(stored),
	    .stored_len = stored == NULL ? 0 : stored->len,
	    .is_draft = text_starts(m->path, "/drafts/"),
	    .editor = person == NULL ? "" : person->id,
	    .author = person == NULL ? "" : person->name,
	    .may_claim = may_claim,
	    .context = m,
	};
}

static bool
complete(struct manuscript *m)
{
	struct reupload reupload =
	    reupload_of(m, m->arrival->has_stored ? &m->arrival->stored : NULL);

	derive_dates(m, &reupload);
	reupload_complete(&reupload, &m->lines, buffer_text(&m->body), m->body.len, &m->source);
	if (m->source.failed || m->body.failed || m->date.failed || m->updated.failed)
		return lack_memory(m);
	return true;
}

/* Whether what lies there is theirs who sent this: the admin's texts have no editor. */
static bool
is_own(const struct manuscript *m, const struct buffer *stored)
{
	struct frontmatter_entry editor;
	struct buffer lines = BUFFER_EMPTY;
	size_t len;

	if (m->errand->person != NULL)
		return office_holder(m->errand, buffer_text(stored), stored->len) == RULES_OWN;
	head_take(&lines, buffer_text(stored), stored->len, &len);
	bool is_nobodys = !head_find(&lines, "editor", &editor);
	buffer_free(&lines);
	return is_nobodys;
}

/* Whether this text, sent once more to the path that was made for it, would change nothing there:
 * then it is what lies there, and m->arrival holds that from now on. */
static bool
is_it(void *context, const char *path)
{
	struct manuscript *m = context;
	struct arrival *a = m->arrival;
	struct buffer lines = BUFFER_EMPTY, again = BUFFER_EMPTY, stored = BUFFER_EMPTY;
	bool is_same = false;

	if (office_read(m->errand->desk, path, &stored, NULL) == OFFICE_FOUND &&
	    is_own(m, &stored)) {
		struct reupload reupload = reupload_of(m, &stored);

		reupload.date = "";
		buffer_append(&lines, buffer_text(&m->lines), m->lines.len);
		reupload_complete(&reupload, &lines, buffer_text(&m->body), m->body.len, &again);
		is_same = !again.failed && reupload_is_same(buffer_text(&again), again.len,
					       buffer_text(&stored), stored.len);
	}
	if (is_same) {
		buffer_free(&a->stored);
		a->stored = stored;
		a->has_stored = true;
	} else {
		buffer_free(&stored);
	}
	buffer_free(&lines);
	buffer_free(&again);
	return is_same;
}

/* A text that was sent to a folder gets a path made from its title and date. If a publisher died of
 * it, that may be done already. */
static bool
find_path(struct manuscript *m)
{
	const struct rules_target *target = &m->arrival->target;
	naming_is_it *is_done = m->errand->is_repeated ? is_it : NULL;

	if (target->place == RULES_ARTICLE_FOLDER)
		return naming_article(m->errand, target->path, m->parsed, is_done, m, m->path);
	if (target->place == RULES_DRAFT_FOLDER)
		return naming_draft(m->errand, target->path, m->parsed, is_done, m, m->path);
	return true;
}

/* What was completed is looked at once more: it is what will be read from now on. */
static bool
check_completed(struct manuscript *m)
{
	struct frontmatter head;
	struct error err;

	frontmatter_open(&head, buffer_text(&m->source), m->source.len);
	if (!head.is_present && text_starts(buffer_text(&m->source), "---\n"))
		return refuse(m, "its front matter is larger than 64 KB");
	if (m->source.len > m->errand->desk->config->limits.upload_size + FRONTMATTER_MAX)
		return refuse(m, "as gemtext it is larger than an upload may be, divide it");
	struct source *source = source_parse(m->path, buffer_text(&m->source), m->source.len, &err);
	if (source == NULL)
		return refuse(m, err.text);
	source_free(source);
	return true;
}

/* Somebody saved in between: theirs stays, unless this is what they saved. */
static bool
check_conflict(struct manuscript *m, bool is_current)
{
	const struct buffer *stored = &m->arrival->stored;

	if (is_current ||
	    (m->arrival->has_stored && reupload_is_same(buffer_text(&m->source), m->source.len,
					   buffer_text(stored), stored->len)))
		return true;
	return keep(
	    m, NAMING_CONFLICT, GEMINI_FAILURE, m->arrival->has_stored ? SAVED_MEANWHILE : DELETED);
}

/* The sender knows what was saved by knowing what it replaced. Without history nobody else can tell
 * any more that it was the sender alone who saved in between. */
static void
note_saved(struct manuscript *m)
{
	struct desk *desk = m->errand->desk;
	const struct person *person = m->errand->person;

	if (person == NULL || !m->arrival->has_stored)
		return;
	printings_replace(desk->revisions, person->id, m->path,
	    office_revision_number(buffer_text(&m->arrival->stored), m->arrival->stored.len),
	    office_revision_number(buffer_text(&m->source), m->source.len));
	if (desk->capsule->history)
		return;
	printings_replace(desk->printings, person->id, m->path,
	    returned_printing(m->errand, m->path, &m->arrival->stored),
	    returned_printing(m->errand, m->path, &m->source));
}

static bool
store(struct manuscript *m)
{
	const struct buffer *stored = &m->arrival->stored;
	bool has_stored = m->arrival->has_stored;
	struct press_change change = {m->path, buffer_text(&m->source), m->source.len};

	if (has_stored && reupload_is_same(buffer_text(&m->source), m->source.len,
			      buffer_text(stored), stored->len)) { /* sent twice */
		press_look(m->errand->desk->press, m->path);
		return true;
	}
	bool ok = office_put(m->errand, &change, 1,
	    m->is_merged ? "merge"
	    : has_stored ? "update"
			 : "publish",
	    m->path);
	if (ok)
		note_saved(m);
	return ok;
}

/* Makes the source of what was sent. */
static bool
compose(struct manuscript *m)
{
	struct error slip;
	/* What looks like a header and is none would be printed, and a date to come not be heeded.
	 */
	bool is_mended = keeping_mend(&m->sent, m->is_markdown ? ".md" : m->path, &slip);

	if (m->sent.failed)
		return lack_memory(m);
	if (!read_sent(m) || !take_apart(m))
		return false;
	set_title(m);
	if (!find_path(m) || (is_mended && !refuse(m, slip.text)))
		return false;
	if (!remove_frame(m))
		return false;
	bool is_current = is_revision_current(m);
	return complete(m) && check_completed(m) && check_conflict(m, is_current);
}

static void
begin(struct manuscript *m, struct arrival *arrival, const char *bytes, size_t len)
{
	*m = (struct manuscript){
	    .arrival = arrival,
	    .errand = arrival->errand,
	    .writer = arrival->errand->person,
	    .is_markdown =
		kinds_is_markdown(arrival->upload->mime) && !text_ends(arrival->target.path, ".md"),
	};
	manuscript_clean(&m->sent, bytes, len);
	snprintf(m->path, sizeof(m->path), "%s", arrival->target.path);
}

static void
end(struct manuscript *m)
{
	source_free(m->parsed);
	buffer_free(&m->sent);
	buffer_free(&m->lines);
	buffer_free(&m->body);
	buffer_free(&m->source);
	buffer_free(&m->date);
	buffer_free(&m->updated);
}

void
manuscript_put(struct arrival *arrival, const char *bytes, size_t len)
{
	struct manuscript m;

	begin(&m, arrival, bytes, len);
	if (m.sent.failed)
		lack_memory(&m);
	else if (arrival->came_too_late)
		keep(&m, NAMING_CONFLICT, GEMINI_FAILURE, "somebody else wrote it meanwhile");
	else if (compose(&m) && store(&m))
		office_show(m.errand, m.path);
	end(&m);
}

bool
manuscript_compose(struct arrival *arrival, const struct person *writer, const char *bytes,
    size_t len, struct buffer *out)
{
	struct manuscript m;

	begin(&m, arrival, bytes, len);
	m.writer = writer;
	m.is_kept = true;
	bool ok = m.sent.failed ? lack_memory(&m) : compose(&m);
	if (ok)
		buffer_append(out, buffer_text(&m.source), m.source.len);
	end(&m);
	return ok;
}
