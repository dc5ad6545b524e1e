#include "formats/template_rules.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "article/markdown.h"
#include "base/text.h"
#include "formats/template_write.h"

typedef bool rule(struct template_place *place, const struct template_code *code);

static bool
is_shortcode(const struct template_code *code)
{
	return code->kind == TEMPLATE_SHORTCODE || code->kind == TEMPLATE_MARKDOWN;
}

/* Appends the argument's value, if it has one that can be known: words without quotation marks are
 * the name of a variable in Liquid, and code within code is not run here. */
static bool
put_known(
    struct buffer *out, const struct template_code *code, const struct template_argument *argument)
{
	if (argument == NULL || memmem(argument->value, argument->value_len, "{{", 2) != NULL ||
	    (!is_shortcode(code) && argument->quote == '\0'))
		return false;
	template_put_value(out, argument);
	return true;
}

/* --- pictures --- */

/* Takes the words that a picture has in these arguments; false if they are not known. */
static bool
take_words(const struct template_code *code, const char *keys, struct buffer *out)
{
	const struct template_argument *argument = template_argument(code, keys);

	return argument == NULL || put_known(out, code, argument);
}

/* What a figure has beside its picture. */
enum words { WORDS_TITLE, WORDS_CAPTION, WORDS_CREDIT, WORDS_COUNT };

/* A picture without words of its own takes those of its caption or its title, which are then not
 * shown again, unless they have links. */
static void
lend_words(struct buffer words[WORDS_COUNT], struct buffer *label)
{
	struct buffer *lender = &words[words[WORDS_CAPTION].len > 0 ? WORDS_CAPTION : WORDS_TITLE];
	const char *text = buffer_text(lender);

	if (label->len > 0)
		return;
	label->failed |= !markdown_to_line(text, label);
	if (strstr(text, "](") == NULL && strchr(text, '<') == NULL)
		buffer_truncate(lender, 0);
}

static void
put_picture(struct buffer *out, bool is_html, const char *url, const struct buffer *label,
    const struct buffer words[WORDS_COUNT])
{
	template_put_picture(out, is_html, url, buffer_text(label));
	for (size_t i = 0; i < WORDS_COUNT; i++)
		if (words[i].len > 0)
			buffer_printf(out, " %s", words[i].data);
}

/* Whether it is the address of a file, and not a name that only one site knows a picture by. */
static bool
is_file(const char *url)
{
	const char *slash = strrchr(url, '/');

	return strstr(url, "://") != NULL || strchr(slash == NULL ? url : slash, '.') != NULL;
}

static bool
apply_figure(struct template_place *place, const struct template_code *code)
{
	static const char *const word_keys[WORDS_COUNT] = {" title ", " caption ", " attr credit "};
	struct buffer url = BUFFER_EMPTY, label = BUFFER_EMPTY, words[WORDS_COUNT] = {BUFFER_EMPTY};
	const struct template_argument *src =
	    template_argument(code, " src url file path image_path image img ");
	const struct template_argument *alt = template_argument(code, " alt ");

	src = src == NULL ? template_position(code, 0) : src;
	alt = alt == NULL ? template_position(code, 1) : alt;
	bool is_known = put_known(&url, code, src) && is_file(buffer_text(&url)) &&
			(alt == NULL || put_known(&label, code, alt));
	for (size_t i = 0; i < WORDS_COUNT; i++)
		is_known = is_known && take_words(code, word_keys[i], &words[i]);
	if (is_known) {
		lend_words(words, &label);
		put_picture(place->out, place->is_html, buffer_text(&url), &label, words);
	}
	place->out->failed |= url.failed || label.failed;
	buffer_free(&url);
	buffer_free(&label);
	for (size_t i = 0; i < WORDS_COUNT; i++) {
		place->out->failed |= words[i].failed;
		buffer_free(&words[i]);
	}
	return is_known;
}

/* --- what lies elsewhere --- */

static const struct {
	const char *names, *address, *label;
} sites[] = {
    {" youtube youtubelite youtube-lite lite-youtube ",
	"https://www.youtube.com/watch?v=", "Video on YouTube"},
    {" vimeo ", "https://vimeo.com/", "Video on Vimeo"},
    {" gist ", "https://gist.github.com/", "Code on GitHub"},
    {" tweet twitter x ", "https://twitter.com/", "Post on Twitter"},
    {" instagram ", "https://www.instagram.com/p/", "Post on Instagram"},
};

/* Appends the argument, which may stand without quotation marks, if it can be part of an address.
 */
static bool
put_id(struct buffer *out, const struct template_argument *argument)
{
	if (argument == NULL || argument->value_len == 0)
		return false;
	for (size_t i = 0; i < argument->value_len; i++)
		if (argument->value[i] == '\0' ||
		    (!isalnum((unsigned char)argument->value[i]) &&
			strchr("-_/:.?=&", argument->value[i]) == NULL))
			return false;
	template_put_value(out, argument);
	return true;
}

/* Appends what an address on the site at that index has behind the site's own. */
static bool
put_place(struct buffer *out, const struct template_code *code, size_t site)
{
	const struct template_argument *id = template_argument(code, " id video videoid video_id ");
	const struct template_argument *user = template_argument(code, " user ");
	bool is_tweet = strstr(sites[site].names, " tweet ") != NULL;
	bool is_gist = strstr(sites[site].names, " gist ") != NULL;

	if (is_gist && is_shortcode(code) && id == NULL && user == NULL) {
		user = template_position(code, 0);
		id = template_position(code, 1);
	}
	id = id == NULL ? template_position(code, 0) : id;
	if (user != NULL && put_id(out, user))
		buffer_putc(out, '/');
	else if (is_tweet)
		buffer_puts(out, "i/");
	if (is_tweet)
		buffer_puts(out, "status/");
	return put_id(out, id);
}

static bool
apply_site(struct template_place *place, const struct template_code *code)
{
	struct buffer address = BUFFER_EMPTY, label = BUFFER_EMPTY;
	size_t site = 0;

	while (!template_is_among(sites[site].names, code->name, code->name_len))
		site++;
	bool is_known =
	    put_place(&address, code, site) && take_words(code, " title label ", &label);
	if (label.len == 0)
		buffer_puts(&label, sites[site].label);
	if (is_known) {
		bool is_whole = text_starts(buffer_text(&address), "http");
		struct buffer url = BUFFER_EMPTY;

		buffer_printf(&url, "%s%s", is_whole ? "" : sites[site].address, address.data);
		template_put_link(
		    place->out, place->is_html, buffer_text(&url), buffer_text(&label));
		place->out->failed |= url.failed;
		buffer_free(&url);
	}
	place->out->failed |= address.failed || label.failed;
	buffer_free(&address);
	buffer_free(&label);
	return is_known;
}

/* --- links within the site --- */

/* Appends the path of a page; one without an ending is Markdown. */
static bool
put_page(struct buffer *out, const char *path)
{
	size_t len = strcspn(path, "#");
	const char *name = memrchr(path, '/', len);
	struct buffer whole = BUFFER_EMPTY;

	name = name == NULL ? path : name + 1;
	size_t name_len = (size_t)(path + len - name);
	buffer_append(&whole, path, len);
	if (name_len > 0 && memchr(name, '.', name_len) == NULL)
		buffer_puts(&whole, ".md");
	buffer_puts(&whole, path + len);
	template_put_destination(out, buffer_text(&whole));
	out->failed |= whole.failed;
	bool is_there = whole.len > 0;
	buffer_free(&whole);
	return is_there;
}

static bool
apply_reference(struct template_place *place, const struct template_code *code)
{
	const struct template_argument *path = template_argument(code, " path ");
	struct buffer value = BUFFER_EMPTY;

	path = path == NULL ? template_position(code, 0) : path;
	bool is_known = is_shortcode(code) && put_known(&value, code, path) && value.len > 0 &&
			put_page(place->out, value.data);
	place->out->failed |= value.failed;
	buffer_free(&value);
	return is_known;
}

/* {% link _posts/2025-06-13-clinic.md %}, {% post_url 2025-06-13-clinic %} */
static bool
apply_link(struct template_place *place, const struct template_code *code)
{
	const struct template_argument *path = template_position(code, 0);
	struct buffer value = BUFFER_EMPTY;

	if (code->kind != TEMPLATE_TAG || path == NULL ||
	    memmem(path->value, path->value_len, "{{", 2) != NULL)
		return false;
	if (code->name_len == strlen("link") && path->value_len > 0 && path->value[0] != '/')
		buffer_putc(&value, '/');
	template_put_value(&value, path);
	bool is_known = value.len > 0 && put_page(place->out, value.data);
	place->out->failed |= value.failed;
	buffer_free(&value);
	return is_known;
}

/* --- blocks --- */

enum block { BLOCK_HIGHLIGHT, BLOCK_RAW, BLOCK_COMMENT };

/* Whether text, which begins with `{`, may be what ends the code: `{% endraw`, `{{< /raw`. */
static bool
may_end(const struct template_code *code, const char *text, size_t len)
{
	const char *start = is_shortcode(code) ? "/" : "end";
	size_t at = is_shortcode(code) ? 3 : 2;

	while (at < len && strchr(" -\n", text[at]) != NULL && text[at] != '\0')
		at++;
	if (len - at < strlen(start) + code->name_len || at > len ||
	    memcmp(text + at, start, strlen(start)) != 0)
		return false;
	at += strlen(start);
	while (is_shortcode(code) && len - at > code->name_len && text[at] == ' ')
		at++;
	return memcmp(text + at, code->name, code->name_len) == 0;
}

static bool
ends(const struct template_code *code, const struct template_code *end)
{
	size_t start_len = is_shortcode(code) ? 0 : strlen("end");

	return is_shortcode(code) == is_shortcode(end) &&
	       (end->is_closing || end->kind == TEMPLATE_TAG) &&
	       end->name_len == start_len + code->name_len;
}

/* How much there is before the end of a block, and how long the code is that ends it. False if it
 * has no end. */
static bool
find_end(struct template_place *place, enum block block, const struct template_code *code,
    size_t *out_len, size_t *out_end_len)
{
	bool *is_never_closed = &place->is_never_ended[block][code->kind];
	bool have_no_close[TEMPLATE_KINDS] = {false};
	const char *at = *is_never_closed ? NULL : memchr(place->rest, '{', place->len);

	for (; at != NULL; at = memchr(at + 1, '{', place->len - (size_t)(at + 1 - place->rest))) {
		size_t len = place->len - (size_t)(at - place->rest);
		struct template_code end;

		if (may_end(code, at, len) && template_code_read(at, len, have_no_close, &end) &&
		    ends(code, &end)) {
			*out_len = (size_t)(at - place->rest);
			*out_end_len = end.len;
			return true;
		}
	}
	*is_never_closed = true;
	return false;
}

static void
take(struct template_place *place, size_t len)
{
	place->rest += len;
	place->len -= len;
}

static bool
apply_highlight(struct template_place *place, const struct template_code *code)
{
	const struct template_argument *language = template_position(code, 0);
	struct buffer name = BUFFER_EMPTY;
	size_t len, end_len, first = 0;

	if (!find_end(place, BLOCK_HIGHLIGHT, code, &len, &end_len))
		return false;
	const char *text = place->rest;
	size_t text_len = len;
	while (text_len > 0 && isspace((unsigned char)text[text_len - 1]))
		text_len--;
	while (first < text_len && strchr(" \t\r", text[first]) != NULL && text[first] != '\0')
		first++;
	first = first < text_len && text[first] == '\n' ? first + 1 : 0;
	(void)put_id(&name, language);
	template_put_listing(
	    place->out, place->is_html, buffer_text(&name), text + first, text_len - first);
	place->out->failed |= name.failed;
	buffer_free(&name);
	take(place, len + end_len);
	return true;
}

static bool
apply_raw(struct template_place *place, const struct template_code *code)
{
	return find_end(place, BLOCK_RAW, code, &place->literal_len, &place->literal_end_len);
}

static bool
apply_comment(struct template_place *place, const struct template_code *code)
{
	size_t len, end_len;

	if (!find_end(place, BLOCK_COMMENT, code, &len, &end_len))
		return false;
	take(place, len + end_len);
	return true;
}

/* --- which rule --- */

static rule apply_include;

static const struct {
	const char *names; /* with a blank before and behind each */
	rule *apply;
} rules[] = {
    {" figure figure_with_caption fig img image picture ", apply_figure},
    {" youtube youtubelite youtube-lite lite-youtube vimeo gist tweet twitter x instagram ",
	apply_site},
    {" ref relref ", apply_reference},
    {" link post_url ", apply_link},
    {" highlight ", apply_highlight},
    {" raw rawhtml verbatim ", apply_raw},
    {" comment ", apply_comment},
    {" include include_relative include_cached include-cached ", apply_include},
};

static bool
apply_named(struct template_place *place, const struct template_code *code)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (template_is_among(rules[i].names, code->name, code->name_len))
			return rules[i].apply(place, code);
	return false;
}

/* {% include figure.html src="a.png" %}: the file's name tells what it is for. */
static bool
apply_include(struct template_place *place, const struct template_code *code)
{
	struct template_code included = *code;

	if (code->kind != TEMPLATE_TAG || code->argument_count == 0 ||
	    code->arguments[0].key_len > 0)
		return false;
	const char *path = code->arguments[0].value;
	size_t len = code->arguments[0].value_len;
	const char *slash = memrchr(path, '/', len);
	included.name = slash == NULL ? path : slash + 1;
	size_t name_len = (size_t)(path + len - included.name);
	const char *dot = memchr(included.name, '.', name_len);
	included.name_len = dot == NULL ? name_len : (size_t)(dot - included.name);
	included.argument_count--;
	memmove(included.arguments, included.arguments + 1,
	    included.argument_count * sizeof(included.arguments[0]));
	if (template_is_among(rules[0].names, included.name, included.name_len))
		return apply_figure(place, &included);
	return template_is_among(rules[1].names, included.name, included.name_len) &&
	       apply_site(place, &included);
}

/* --- what is printed --- */

/* Takes the first of some parts with `|` between them off; a `|` in quotation marks parts
 * nothing. */
static void
take_part(const char **text, size_t *len, const char **out_part, size_t *out_len)
{
	char quote = '\0';
	size_t at = 0;

	for (; at < *len && (quote != '\0' || (*text)[at] != '|'); at++)
		if (quote == '\0' && ((*text)[at] == '"' || (*text)[at] == '\''))
			quote = (*text)[at];
		else if ((*text)[at] == quote)
			quote = '\0';
	*out_part = *text;
	*out_len = at;
	at += at < *len;
	*text += at;
	*len -= at;
	while (*out_len > 0 && isspace((unsigned char)**out_part)) {
		++*out_part;
		--*out_len;
	}
	while (*out_len > 0 && isspace((unsigned char)(*out_part)[*out_len - 1]))
		--*out_len;
}

/* Whether all filters only make an address of what they are given. */
static bool
are_address_filters(const char *text, size_t len)
{
	static const char names[] = " url relative_url absolute_url htmlbaseurl escape safe "
				    "uri_escape xml_escape ";
	static const char prepend[] = "prepend:";

	while (len > 0) {
		const char *part;
		size_t part_len;

		take_part(&text, &len, &part, &part_len);
		if (part_len > strlen(prepend) && memcmp(part, prepend, strlen(prepend)) == 0) {
			part += strlen(prepend);
			part_len -= strlen(prepend);
			while (part_len > 0 && *part == ' ') {
				part++;
				part_len--;
			}
			if (!template_is_among(" site.baseurl site.url ", part, part_len))
				return false;
		} else if (!template_is_among(names, part, part_len)) {
			return false;
		}
	}
	return true;
}

/* Whether what is put here is the beginning of an address. */
static bool
begins_address(const struct template_place *place)
{
	const struct buffer *out = place->out;

	return (place->len > 0 && strchr("/{", *place->rest) != NULL && *place->rest != '\0') ||
	       (out->len > 0 && strchr("(\"'=<", out->data[out->len - 1]) != NULL);
}

/* {{ site.baseurl }}, {{ "/x" | url }}, {{ "{{" }} */
static bool
apply_output(struct template_place *place, const struct template_code *code)
{
	const char *filters = code->inner, *part;
	size_t filters_len = code->inner_len, len;

	take_part(&filters, &filters_len, &part, &len);
	if (!are_address_filters(filters, filters_len))
		return false;
	if (template_is_among(" site.baseurl site.url ", part, len))
		return begins_address(place);
	bool is_text = len >= 2 && (*part == '"' || *part == '\'') && part[len - 1] == *part &&
		       memchr(part + 1, *part, len - 2) == NULL;
	if (!is_text)
		return false;
	char *text = strndup(part + 1, len - 2);
	place->out->failed |= text == NULL;
	if (text != NULL && filters_len > 0)
		template_put_destination(place->out, text);
	else if (text != NULL)
		template_put_literal(place->out, text, strlen(text));
	free(text);
	return true;
}

bool
template_rules_apply(struct template_place *place, const struct template_code *code)
{
	if (code->kind == TEMPLATE_COMMENT)
		return true;
	if (code->is_literal) {
		struct buffer shown = BUFFER_EMPTY;

		template_put_shown(&shown, code);
		template_put_literal(place->out, buffer_text(&shown), shown.len);
		place->out->failed |= shown.failed;
		buffer_free(&shown);
		return true;
	}
	if (code->kind == TEMPLATE_OUTPUT && apply_output(place, code))
		return true;
	return !code->is_odd && !code->is_closing && apply_named(place, code);
}
