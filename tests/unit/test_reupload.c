/* Tests of desk/head and desk/reupload: front matter edited, and a text completed. */
#include "check.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "article/head.h"
#include "upload/reupload.h"

static size_t comparisons; /* of keys */

/* Instead of the C library's. */
int
strncasecmp(const char *a, const char *b, size_t len)
{
	int order = 0;

	comparisons++;
	for (size_t i = 0; i < len && order == 0; i++) {
		order = tolower((unsigned char)a[i]) - tolower((unsigned char)b[i]);
		if (a[i] == '\0')
			break;
	}
	return order;
}

static bool
may_claim_below_old(void *context, const char *path)
{
	(void)context;
	return strncmp(path, "/old/", 5) == 0;
}

static const struct reupload by_heidi = {
    .editor = "heidi",
    .author = "Heidi",
    .date = "2025-06-13T09:30:00Z",
    .updated = NULL,
    .may_claim = may_claim_below_old,
};

/* Completes text; the result is a string. */
static const char *
completed(const struct reupload *how, const char *text)
{
	static char result[8192];
	struct buffer lines = BUFFER_EMPTY, out = BUFFER_EMPTY;
	size_t len;
	const char *body = head_take(&lines, text, strlen(text), &len);

	reupload_complete(how, &lines, body, len, &out);
	assert_false(out.failed);
	snprintf(result, sizeof(result), "%s", buffer_text(&out));
	buffer_free(&lines);
	buffer_free(&out);
	return result;
}

static void
a_new_text_is_completed_by_who_sends_it(void **state)
{
	static const struct {
		const char *label, *sent, *stored;
	} rows[] = {
	    {"no front matter", "# T\n\nText.\n",
		"---\nauthor = Heidi\ndate = 2025-06-13T09:30:00Z\neditor = heidi\n---\n# "
		"T\n\nText.\n"},
	    {"a form, empty keys and all",
		"---\ntitle = T\nauthor = \ndate = \ntags =\nstatus = \n---\n\nText.\n",
		"---\ntitle = T\nauthor = Heidi\ndate = 2025-06-13T09:30:00Z\neditor = "
		"heidi\n---\n\nText.\n"},
	    {"what it says itself stays",
		"---\nauthor: Ida\nauthor: Bo\ndate: 2025-01-01\n---\nText.\n",
		"---\nauthor: Ida\nauthor: Bo\ndate: 2025-01-01\neditor = heidi\n---\nText.\n"},
	    {"another's editor", "---\neditor = ida\ndate = 2025-01-01\nauthor = H\n---\nText.\n",
		"---\neditor = heidi\ndate = 2025-01-01\nauthor = H\n---\nText.\n"},
	    {"a revision is never stored",
		"---\nrevision = 0123456789ab\nauthor = H\ndate = 2025-01-01\n---\nText.\n",
		"---\nauthor = H\ndate = 2025-01-01\neditor = heidi\n---\nText.\n"},
	    {"where it was sent is for us to say",
		"---\nsent-to = /articles/x.gmi\nauthor = H\ndate = 2025-01-01\n---\nText.\n",
		"---\nauthor = H\ndate = 2025-01-01\neditor = heidi\n---\nText.\n"},
	    {"capitals mean the same",
		"---\nREVISION = 0123456789ab\nSent-To = /articles/x.gmi\nEditor = ida\n"
		"Moved-From = /articles/another.gmi\nAuthor = H\nDate = 2025-01-01\n---\nText.\n",
		"---\neditor = heidi\nAuthor = H\nDate = 2025-01-01\n---\nText.\n"},
	    {"a draft by a capital", "---\nStatus = Draft\nauthor = H\n---\nText.\n",
		"---\nStatus = Draft\nauthor = H\neditor = heidi\n---\nText.\n"},
	    {"a draft has its date to come", "---\nstatus = draft\n---\nText.\n",
		"---\nstatus = draft\nauthor = Heidi\neditor = heidi\n---\nText.\n"},
	    {"unknown keys and comments stay in place",
		"---\n# mine\nmood = fine\nauthor = H\ndate = 2025-01-01\n---\nText.\n",
		"---\n# mine\nmood = fine\nauthor = H\ndate = 2025-01-01\neditor = "
		"heidi\n---\nText.\n"},
	    {"claims that are allowed",
		"---\nmoved-from = /old/x\nmoved-from = /articles/another.gmi\n"
		"moved-from = gemini://example.org/old/y\nauthor = H\ndate = "
		"2025-01-01\n---\nText.\n",
		"---\nmoved-from = /old/x\nmoved-from = gemini://example.org/old/y\n"
		"author = H\ndate = 2025-01-01\neditor = heidi\n---\nText.\n"},
	    {"rules at the end are text", "Text.\n---\nMore.\n",
		"---\nauthor = Heidi\ndate = 2025-06-13T09:30:00Z\neditor = heidi\n---\n"
		"Text.\n---\nMore.\n"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row_text(rows[i].label, completed(&by_heidi, rows[i].sent), rows[i].stored);
}

static void
a_text_to_drafts_gets_no_date(void **state)
{
	struct reupload to_drafts = by_heidi;

	(void)state;
	to_drafts.is_draft = true;
	assert_string_equal(
	    completed(&to_drafts, "Text.\n"), "---\nauthor = Heidi\neditor = heidi\n---\nText.\n");
}

static void
the_admin_leaves_no_name(void **state)
{
	struct reupload by_admin = by_heidi;

	(void)state;
	by_admin.editor = by_admin.author = "";
	assert_string_equal(
	    completed(&by_admin, "Text.\n"), "---\ndate = 2025-06-13T09:30:00Z\n---\nText.\n");
}

static const char stored_text[] = "---\ntitle = Old\nauthor = Ida\nauthor = Bo\ndate = 2025-01-01\n"
				  "updated = 2025-01-02\nmoved-from = /articles/first.gmi\n"
				  "editor = ida\n---\nText.\n";

static struct reupload
over_stored(void)
{
	struct reupload how = by_heidi;

	how.stored = stored_text;
	how.stored_len = strlen(stored_text);
	how.updated = "2025-06-13T09:30:00Z";
	return how;
}

static void
an_editor_of_control_characters_is_nobody(void **state)
{
	static const char stored[] = "---\neditor = \x01\n---\nText.\n";
	struct reupload how = by_heidi;

	(void)state;
	how.stored = stored;
	how.stored_len = strlen(stored);
	assert_string_equal(completed(&how, "---\ndate = 2025-01-01\n---\nText.\n"),
	    "---\ndate = 2025-01-01\neditor = heidi\n---\nText.\n");
}

static void
what_is_missing_is_taken_over_from_the_version_replaced(void **state)
{
	static const struct {
		const char *label, *sent, *stored;
	} rows[] = {
	    {"everything", "Text.\n",
		"---\ntitle = Old\nauthor = Ida\nauthor = Bo\ndate = 2025-01-01\n"
		"updated = 2025-01-02\nmoved-from = /articles/first.gmi\neditor = "
		"ida\n---\nText.\n"},
	    {"empty keys are missing", "---\ntitle =\nauthor =\n---\nText.\n",
		"---\ntitle = Old\nauthor = Ida\nauthor = Bo\ndate = 2025-01-01\n"
		"updated = 2025-01-02\nmoved-from = /articles/first.gmi\neditor = "
		"ida\n---\nText.\n"},
	    {"a list is one value", "---\nauthor = Heidi\ntitle = New\n---\nText.\n",
		"---\nauthor = Heidi\ntitle = New\ndate = 2025-01-01\nupdated = 2025-01-02\n"
		"moved-from = /articles/first.gmi\neditor = ida\n---\nText.\n"},
	    {"the editor stays", "---\neditor = heidi\ntitle = New\nauthor = A\n---\nText.\n",
		"---\neditor = ida\ntitle = New\nauthor = A\ndate = 2025-01-01\nupdated = "
		"2025-01-02\n"
		"moved-from = /articles/first.gmi\n---\nText.\n"},
	    {"an old address that was granted stays",
		"---\ntitle = N\nauthor = A\ndate = 2025-01-01\nmoved-from = /articles/first.gmi\n"
		"moved-from = /articles/theirs.gmi\n---\nText.\n",
		"---\ntitle = N\nauthor = A\ndate = 2025-01-01\nmoved-from = /articles/first.gmi\n"
		"updated = 2025-01-02\neditor = ida\n---\nText.\n"},
	};
	struct reupload how = over_stored();

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row_text(rows[i].label, completed(&how, rows[i].sent), rows[i].stored);
}

static void
updated_is_set_when_the_text_of_a_public_article_changed(void **state)
{
	static const struct {
		const char *label, *sent, *updated;
		bool is_public;
	} rows[] = {
	    {"changed", "New text.\n", "updated = 2025-06-13T09:30:00Z\n", true},
	    {"changed, sent with the old one", "---\nupdated = 2025-01-02\n---\nNew.\n",
		"updated = 2025-06-13T09:30:00Z\n", true},
	    {"changed, sent with one older still", "---\nupdated = 2025-01-01T23:00Z\n---\nNew.\n",
		"updated = 2025-06-13T09:30:00Z\n", true},
	    {"changed, with its own", "---\nupdated = 2025-03-03\n---\nNew.\n",
		"updated = 2025-03-03\n", true},
	    {"the same but for its end", "Text.\n\n\n", "updated = 2025-01-02\n", true},
	    {"made a draft", "---\nstatus = draft\n---\nNew.\n", "updated = 2025-01-02\n", true},
	    {"not public yet", "New.\n", "updated = 2025-01-02\n", false},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct reupload how = over_stored();

		if (!rows[i].is_public)
			how.updated = NULL;
		const char *result = completed(&how, rows[i].sent);
		check_row(rows[i].label, strstr(result, rows[i].updated) != NULL);
		check_row(rows[i].label, strstr(strstr(result, "updated") + 1, "updated") == NULL);
	}
}

static void
a_version_sent_twice_is_the_same(void **state)
{
	static const char a[] = "---\ntitle = T\nupdated = 2025-01-02\n---\nText.\n";
	static const char b[] =
	    "---\ntitle = T\nupdated = 2025-01-03\nrevision = 00\n---\nText.\n\n";
	static const char c[] = "---\ntitle = U\nupdated = 2025-01-02\n---\nText.\n";

	(void)state;
	assert_true(reupload_is_same(a, strlen(a), b, strlen(b)));
	assert_false(reupload_is_same(a, strlen(a), c, strlen(c)));
}

static void
a_body_that_begins_like_a_head_stays_a_body(void **state)
{
	struct buffer none = BUFFER_EMPTY, out = BUFFER_EMPTY;

	(void)state;
	head_put(&out, &none, "---\nx = y\n---\n", 14);
	assert_string_equal(buffer_text(&out), "---\n---\n---\nx = y\n---\n");
	buffer_free(&out);
}

/* As many different keys as a head holds, none of them in both versions. */
static void
put_keys(struct buffer *out, int first)
{
	for (int i = first; out->len < FRONTMATTER_MAX - 64; i++)
		buffer_printf(out, "%x=a\n", (unsigned)i);
}

static void
the_largest_heads_are_completed_with_few_comparisons(void **state)
{
	struct buffer stored = BUFFER_EMPTY, lines = BUFFER_EMPTY, out = BUFFER_EMPTY;
	struct reupload how = by_heidi;

	(void)state;
	buffer_puts(&stored, "---\n");
	put_keys(&stored, 0x1000);
	buffer_puts(&stored, "---\nText.\n");
	put_keys(&lines, 0x8000);
	how.stored = buffer_text(&stored);
	how.stored_len = stored.len;
	size_t keys = 2 * FRONTMATTER_MAX / strlen("8000=a\n");
	comparisons = 0;
	reupload_complete(&how, &lines, "Text.\n", 6, &out);
	assert_in_range(comparisons, keys, 100 * keys); /* not each with each */
	assert_true(out.len > 2 * (FRONTMATTER_MAX - 64));
	buffer_free(&stored);
	buffer_free(&lines);
	buffer_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_new_text_is_completed_by_who_sends_it),
	    cmocka_unit_test(a_text_to_drafts_gets_no_date),
	    cmocka_unit_test(the_admin_leaves_no_name),
	    cmocka_unit_test(an_editor_of_control_characters_is_nobody),
	    cmocka_unit_test(what_is_missing_is_taken_over_from_the_version_replaced),
	    cmocka_unit_test(updated_is_set_when_the_text_of_a_public_article_changed),
	    cmocka_unit_test(a_version_sent_twice_is_the_same),
	    cmocka_unit_test(a_body_that_begins_like_a_head_stays_a_body),
	    cmocka_unit_test(the_largest_heads_are_completed_with_few_comparisons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
