#include "upload/frame.h"

#include <string.h>

#include "article/id.h"
#include "article/page.h"
#include "base/buffer.h"
#include "base/text.h"
#include "base/time.h"
#include "gemini/gemtext.h"

#define INSIDE  "\x01\n"   /* printed in the place of a body; no printed line can hold it */
#define BETWEEN " \u00b7 " /* parts of a byline, see article/page.c */

/* A stretch of text. */
struct span {
	const char *text;
	size_t len;
};

/* The frame of one article as it is printed. `more` tells where More news stands. */
struct frame {
	struct buffer page; /* its links to lists guessed: which address they have is not known */
	struct span top;    /* ends where the body begins */
	struct span middle; /* from the end of the body to More news */
	struct span bottom; /* what follows More news */
	struct buffer unlisted;  /* the page of an article none of whose lists is public */
	struct span bare_middle; /* of that */
};

static bool
starts(struct span s, struct span start)
{
	return s.len >= start.len && memcmp(s.text, start.text, start.len) == 0;
}

static bool
ends(struct span s, struct span end)
{
	return s.len >= end.len && memcmp(s.text + s.len - end.len, end.text, end.len) == 0;
}

static struct span
span_of(const char *text)
{
	return (struct span){text, strlen(text)};
}

static bool
is_same(struct span a, struct span b)
{
	return a.len == b.len && starts(a, b);
}

/* The span without the empty lines, blanks and line ends at its end. */
static struct span
trimmed(struct span s)
{
	while (s.len > 0 && strchr("\n \t", s.text[s.len - 1]) != NULL)
		s.len--;
	return s;
}

/* Takes a line, without its LF, off the front. False at the end. */
static bool
take_line(struct span *rest, struct span *out)
{
	const char *end = rest->len == 0 ? NULL : memchr(rest->text, '\n', rest->len);

	if (rest->len == 0)
		return false;
	out->text = rest->text;
	out->len = end == NULL ? rest->len : (size_t)(end - rest->text);
	size_t taken = out->len + (end != NULL);
	rest->text += taken;
	rest->len -= taken;
	return true;
}

static struct span
line_at(struct span s, size_t number)
{
	struct span line = {0};

	while (number-- > 0)
		if (!take_line(&s, &line))
			return (struct span){"", 0};
	return line;
}

static struct span
last_line(struct span s)
{
	struct span line = {"", 0};

	s = trimmed(s);
	while (take_line(&s, &line))
		continue;
	return line;
}

static bool
has_line(struct span s, struct span wanted)
{
	struct span line;

	while (take_line(&s, &line))
		if (is_same(trimmed(line), wanted))
			return true;
	return false;
}

/* Prints the page around INSIDE, and appends where More news would stand. */
static void
print(struct buffer *out, const struct capsule_config *capsule, const struct article *printed,
    size_t more_count)
{
	static const struct card other = {
	    .path = "/",
	    .date = "",
	    .title = "",
	    .authors = "",
	    .summary = "",
	    .lang = "",
	    .image = "",
	    .image_alt = "",
	    .image_credit = "",
	};
	struct article article = *printed;

	article.body = INSIDE;
	article.body_len = strlen(INSIDE);
	page_article(out, capsule, &article, &other, more_count, false);
}

/* What follows the body. */
static struct span
after_inside(const struct buffer *page)
{
	const char *inside = strstr(buffer_text(page), INSIDE);

	return inside == NULL ? (struct span){"", 0} : span_of(inside + strlen(INSIDE));
}

/* Prints the page without links to lists, and sets what stands there between body and More news. */
static bool
print_unlisted(
    struct frame *frame, const struct capsule_config *capsule, const struct article *printed)
{
	struct article article = *printed;

	article.tag_slugs = article.author_slugs = "";
	print(&frame->unlisted, capsule, &article, 0);
	struct span after = trimmed(after_inside(&frame->unlisted));
	if (frame->unlisted.failed || after.len < frame->bottom.len)
		return false;
	frame->bare_middle = (struct span){after.text, after.len - frame->bottom.len};
	return true;
}

/* More news begins where a page with it and a page without it part: with "#" here, "=" there. */
static bool
frame_print(struct frame *out, const struct capsule_config *capsule, const struct article *printed)
{
	struct buffer with_more = BUFFER_EMPTY;
	size_t same = 0;

	*out = (struct frame){0};
	print(&out->page, capsule, printed, 0);
	print(&with_more, capsule, printed, 1);
	struct span after = after_inside(&out->page), with = after_inside(&with_more);
	while (same < after.len && same < with.len && after.text[same] == with.text[same])
		same++;
	bool ok = !out->page.failed && !with_more.failed && after.len > 0;
	buffer_free(&with_more);
	if (!ok)
		return false;
	out->top.text = out->page.data;
	out->top.len = (size_t)(after.text - out->page.data) - strlen(INSIDE);
	out->middle = (struct span){after.text, same};
	out->bottom = trimmed((struct span){after.text + same, after.len - same});
	return print_unlisted(out, capsule, printed);
}

/* The bytes of an address that a guessed one may lack: `-` and digits of a hash. */
static size_t
hash_len(struct span s)
{
	size_t len = s.len > 0 && s.text[0] == '-';

	while (len < s.len && strchr("0123456789abcdef", s.text[len]) != NULL)
		len++;
	return len;
}

/* Whether a line of a page is the printed one; links to lists may have a hash in their address, or
 * not have it. */
static bool
is_printed_line(struct span line, struct span printed)
{
	bool is_link =
	    starts(printed, span_of("=> /tags/")) || starts(printed, span_of("=> /authors/"));
	const char *blank = is_link ? memchr(printed.text + 3, ' ', printed.len - 3) : NULL;

	if (blank == NULL)
		return is_same(line, printed);
	struct span address = {printed.text, (size_t)(blank - printed.text)};
	struct span label = {blank, printed.len - address.len};
	if (!starts(line, address) || !ends(line, label) || line.len < address.len + label.len)
		return false;
	struct span hash = {line.text + address.len, line.len - address.len - label.len};
	return hash_len(hash) == hash.len;
}

/* Takes the last line, with its LF, off the end. */
static bool
take_last_line(struct span *rest, struct span *out)
{
	if (rest->len == 0 || rest->text[rest->len - 1] != '\n')
		return false;
	const char *before = memrchr(rest->text, '\n', rest->len - 1);
	size_t kept = before == NULL ? 0 : (size_t)(before - rest->text) + 1;

	*out = (struct span){rest->text + kept, rest->len - kept - 1};
	rest->len = kept;
	return true;
}

/* Takes printed lines off the end. A link to a list that shows nothing to the public is missing. */
static bool
take_lines_off(struct span *rest, struct span expected)
{
	struct span left = *rest, line, printed;

	while (take_last_line(&expected, &printed)) {
		struct span before = left;

		if (take_last_line(&left, &line) && is_printed_line(line, printed))
			continue;
		if (!starts(printed, span_of("=> /tags/")) &&
		    !starts(printed, span_of("=> /authors/")))
			return false;
		left = before;
	}
	*rest = left;
	return expected.len == 0;
}

/* Takes what stands between body and More news off the end. */
static bool
take_middle_off(struct span *rest, const struct frame *frame)
{
	return take_lines_off(rest, frame->middle) || take_lines_off(rest, frame->bare_middle);
}

/* `(2025-06-13)` with a blank before it. */
static bool
ends_with_date(struct span line)
{
	char day[TIME_ISO_DATE_LEN + 1] = "";
	struct timestamp t;
	size_t len = strlen(" ()") + TIME_ISO_DATE_LEN;

	if (line.len < len)
		return false;
	const char *end = line.text + line.len - len;
	memcpy(day, end + 2, TIME_ISO_DATE_LEN);
	return end[0] == ' ' && end[1] == '(' && end[len - 1] == ')' && timestamp_parse(day, &t);
}

/* `=> /articles/x.gmi Title (2025-06-13)`. */
static bool
is_news_link(struct span line)
{
	return starts(line, span_of("=> /articles/")) && ends_with_date(line);
}

/* `=> /more/ID Show more`. */
static bool
is_show_more(struct span line, const struct capsule_config *capsule)
{
	struct span start = span_of("=> /more/");
	char id_text[ID_TEXT_LEN + 1] = "";
	int64_t id;

	if (!starts(line, start) || line.len <= start.len + ID_TEXT_LEN)
		return false;
	memcpy(id_text, line.text + start.len, ID_TEXT_LEN);
	struct span label = {
	    line.text + start.len + ID_TEXT_LEN + 1, line.len - start.len - ID_TEXT_LEN - 1};
	return id_read(id_text, &id) && line.text[start.len + ID_TEXT_LEN] == ' ' &&
	       is_same(label, span_of(capsule->labels.text[LABEL_SHOW_MORE]));
}

/* Whether the lines are those of More news below its heading, as a page could have printed them. */
static bool
is_news(struct span rest, const struct capsule_config *capsule)
{
	struct span line;
	size_t count = 0;

	if (!take_line(&rest, &line) || line.len > 0)
		return false;
	while (take_line(&rest, &line) && is_news_link(line))
		count++;
	if (is_show_more(line, capsule) && !take_line(&rest, &line))
		return false;
	return count >= 1 && count <= PAGE_MORE_NEWS && line.len == 0 && rest.len == 0;
}

/* Where the last line that is `heading` begins, or NULL. */
static const char *
find_heading(struct span s, struct span heading)
{
	struct span line;
	const char *found = NULL;

	while (take_line(&s, &line))
		if (is_same(line, heading))
			found = line.text;
	return found;
}

static bool
append_heading(struct buffer *out, const struct capsule_config *capsule)
{
	gemtext_put_heading(out, 2, capsule->labels.text[LABEL_MORE_NEWS]);
	if (!out->failed)
		buffer_truncate(out, out->len - 1); /* the line without its end */
	return !out->failed;
}

/* Takes More news off the end, if it is as a page could have printed it. */
static bool
take_news_off(struct span *rest, const struct capsule_config *capsule, struct span heading)
{
	const char *news = find_heading(*rest, heading);

	if (news == NULL)
		return false;
	size_t before = (size_t)(news - rest->text), taken = before + heading.len + 1;
	if (!is_news((struct span){rest->text + taken, rest->len - taken}, capsule))
		return false;
	rest->len = before;
	return true;
}

/* Whether a body seems to end with More news that was altered. */
static bool
shows_news(
    struct span body, const struct capsule_config *capsule, struct span heading, struct span own)
{
	struct span line = last_line(body);

	return (has_line(body, heading) && !has_line(own, heading)) ||
	       ((is_news_link(line) || is_show_more(line, capsule)) && !has_line(own, line));
}

/* Takes the whole frame off, if it is as it was printed. */
static bool
take_off(const struct frame *frame, const struct capsule_config *capsule, struct span heading,
    struct span text, struct span own, struct span *out)
{
	struct span rest = trimmed(text);

	if (!starts(rest, frame->top) || !ends(rest, frame->bottom) ||
	    rest.len < frame->top.len + frame->bottom.len)
		return false;
	rest.text += frame->top.len;
	rest.len -= frame->top.len + frame->bottom.len;
	bool had_news = take_news_off(&rest, capsule, heading);
	if (!take_middle_off(&rest, frame))
		return false;
	*out = rest;
	return had_news || !shows_news(*out, capsule, heading, own);
}

/* Whether a text begins as pages do: title, empty line, and a byline that ends with a day. */
static bool
has_top(struct span text)
{
	struct span byline = trimmed(line_at(text, 3));
	char day[TIME_ISO_DATE_LEN + 1] = "";
	struct timestamp t;

	if (!starts(text, span_of("# ")) || line_at(text, 2).len > 0 ||
	    byline.len <= TIME_ISO_DATE_LEN)
		return false;
	memcpy(day, byline.text + byline.len - TIME_ISO_DATE_LEN, TIME_ISO_DATE_LEN);
	return timestamp_parse(day, &t) &&
	       memmem(byline.text, byline.len, BETWEEN, strlen(BETWEEN)) != NULL;
}

/* Whether a text shows signs of the frame that the source's own body does not show. */
static bool
shows_frame(const struct frame *frame, struct span text, struct span own)
{
	struct span byline = line_at(frame->top, 3);
	struct span way_back = last_line(frame->bottom);

	return (has_top(text) && !has_top(own)) ||
	       (has_line(text, byline) && !has_line(own, byline)) ||
	       (is_same(last_line(text), way_back) && !is_same(last_line(own), way_back));
}

/* Nothing is at the path, so what was printed there is not known any more. */
static enum frame_result
judge_by_shape(const struct capsule_config *capsule, struct span text)
{
	struct buffer way_back = BUFFER_EMPTY;

	gemtext_put_link(&way_back, "/", capsule->title);
	bool is_page =
	    has_top(text) &&
	    is_same(last_line(text), trimmed((struct span){buffer_text(&way_back), way_back.len}));
	enum frame_result result = way_back.failed ? FRAME_FAILED
				   : is_page       ? FRAME_ALTERED
						   : FRAME_NONE;
	buffer_free(&way_back);
	return result;
}

enum frame_result
frame_remove(const struct capsule_config *capsule, const struct article *printed, const char *own,
    size_t own_len, const char *text, size_t len, const char **out_body, size_t *out_body_len)
{
	struct span arrived = {text, len}, body_of_own = {own, own_len}, inside;
	struct frame frame;
	struct buffer heading = BUFFER_EMPTY;
	enum frame_result result = FRAME_FAILED;

	if (printed == NULL)
		return judge_by_shape(capsule, arrived);
	if (frame_print(&frame, capsule, printed) && append_heading(&heading, capsule)) {
		struct span news = {heading.data, heading.len};

		result = shows_frame(&frame, arrived, body_of_own) ? FRAME_ALTERED : FRAME_NONE;
		if (take_off(&frame, capsule, news, arrived, body_of_own, &inside)) {
			*out_body = inside.text;
			*out_body_len = inside.len;
			result = FRAME_REMOVED;
		}
	}
	buffer_free(&frame.page);
	buffer_free(&frame.unlisted);
	buffer_free(&heading);
	return result;
}
