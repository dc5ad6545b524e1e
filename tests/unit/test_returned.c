/* Tests of desk/returned: printed pages that come back when somebody else has saved meanwhile. */
#include "newsroom.h"

#include "site/answer.h"
#include "upload/printings.h"

#define PATH     "/articles/clinic.gmi"
#define COPY_MAX 8192
#define SAVED    "30 gemini://example.org/articles/"
#define KEPT     "50 Kept as draft clinic-conflict-1: somebody saved another version meanwhile"
#define ANY_KEPT "50 Kept as draft clinic-conflict-"

static const char *path = PATH; /* of the article that it is all about */

/* The page as somebody loads it ("": without a certificate), copied; and the desk hears of it. */
static void
loads(struct newsroom *n, const char *who, char out[static COPY_MAX])
{
	struct visitor visitor = newsroom_visitor(n, who);
	struct response page;
	struct url url;
	char reason[256];
	struct error err;
	struct site *site = site_open(&n->shop.config, &n->shop.capsule, &err);
	char line[256];

	assert_non_null(site);
	snprintf(line, sizeof(line), "gemini://example.org%s", path);
	assert_int_equal(url_parse(line, strlen(line), &url, reason, sizeof(reason)), URL_OK);
	response_init(&page);
	site_answer(site, &url, &visitor, &page);
	assert_int_equal(page.status, GEMINI_SUCCESS);
	if (site_printing(site) != 0)
		desk_note_printing(n->desk, &visitor, url.path, site_printing(site));
	snprintf(out, COPY_MAX, "%s", buffer_text(&page.body));
	response_free(&page);
	site_close(site);
}

/* Keeps a text beyond the next look. */
static void
copy(char out[static COPY_MAX], const char *text)
{
	assert_true(strlen(text) < COPY_MAX);
	strcpy(out, text);
}

/* Replaces the first `from` by `to`. */
static void
change(char text[static COPY_MAX], const char *from, const char *to)
{
	char result[COPY_MAX];
	const char *at = strstr(text, from);

	if (at == NULL)
		fail_msg("no \"%s\" in \"%s\"", from, text);
	snprintf(result, sizeof(result), "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	strcpy(text, result);
}

/* Somebody saves a whole text; keys are taken over. */
static void
saves(struct newsroom *n, const char *who, const char *text)
{
	begins("saved", newsroom_send(n, who, path, text), "30 ");
}

/* Ada's article, updated a moment ago, so that all that follows looks the same but for its text. */
static void
publish(struct newsroom *n)
{
	saves(n, "ada", "---\ntitle = Clinic\ndate = 2025-06-01\n---\nOne.\n\nTwo.\n");
	saves(n, "ada", "One.\n\nTwo.\n\nThree.\n");
}

static void
check_live(const struct newsroom *n, const char *label, const char *body)
{
	const char *source = newsroom_file(n, path);
	const char *end = strstr(source + 4, "---\n");

	assert_non_null(end);
	check_row_text(label, end + 4, body);
}

/* What Heidi saves after Ada loaded the page, and what Ada changes in that; what is live then. */
static const struct story {
	const char *label, *saved, *from, *to, *said, *live;
} stories[] = {
    {"changes apart", "One, says Heidi.\n\nTwo.\n\nThree.\n", "Three.", "Three, says Ada.", SAVED,
	"One, says Heidi.\n\nTwo.\n\nThree, says Ada.\n"},
    {"the same line", "One.\n\nTwo, says Heidi.\n\nThree.\n", "Two.", "Two, says Ada.", ANY_KEPT,
	"One.\n\nTwo, says Heidi.\n\nThree.\n"},
    {"lines side by side", "One.\n* Heidi\n\nTwo.\n\nThree.\n", "One.", "One, says Ada.", ANY_KEPT,
	"One.\n* Heidi\n\nTwo.\n\nThree.\n"},
    {"a line that is gone", "One.\n\nThree.\n", "Two.", "Two, says Ada.", ANY_KEPT,
	"One.\n\nThree.\n"},
    {"another line that is gone", "One.\n\nTwo.\n", "One.", "One, says Ada.", SAVED,
	"One, says Ada.\n\nTwo.\n"},
    {"both at the end", "One.\n\nTwo.\n\nThree.\n\nHeidi.\n", "Three.\n", "Three.\n\nAda.\n",
	ANY_KEPT, "One.\n\nTwo.\n\nThree.\n\nHeidi.\n"},
    {"the same change", "One.\n\nTwo!\n\nThree.\n", "Two.", "Two!", SAVED,
	"One.\n\nTwo!\n\nThree.\n"},
    {"no change", "One.\n\nHeidi.\n\nThree.\n", "Two.", "Two.", SAVED,
	"One.\n\nHeidi.\n\nThree.\n"},
    {"no change and none", "One.\n\nTwo.\n\nThree.\n", "Two.", "Two.", SAVED,
	"One.\n\nTwo.\n\nThree.\n"},
    {"nobody else", "One.\n\nTwo.\n\nThree.\n", "Two.", "Two, says Ada.", SAVED,
	"One.\n\nTwo, says Ada.\n\nThree.\n"},
};

static void
tell(struct newsroom *n, const char *reader)
{
	char page[COPY_MAX], of_its_own[64];

	for (size_t i = 0; i < ROWS(stories); i++) {
		const struct story *story = &stories[i];

		snprintf(of_its_own, sizeof(of_its_own), "/articles/%zu/clinic.gmi", i);
		path = of_its_own;
		publish(n);
		loads(n, reader, page);
		saves(n, "heidi", story->saved);
		change(page, story->from, story->to);
		begins(story->label, newsroom_send(n, "ada", path, page), story->said);
		check_live(n, story->label, story->live);
	}
	path = PATH;
}

static void
what_others_saved_meanwhile_is_kept(void **state)
{
	tell(*state, "ada");
}

static void
what_is_not_remembered_is_inferred(void **state)
{
	tell(*state, "");
}

#define OLD "One.\n\nTwo.\n\nThree.\n"
#define NEW "One.\n\nTwo, says Heidi, who was there.\n\nThree.\n"

/* Ada was given the page before Heidi saved and after it; what she changes in one of them. */
static const struct {
	const char *label;
	bool is_old;
	const char *from, *to, *said, *live;
} both_given[] = {
    {"old, apart", true, "Three.", "Three, says Ada.", SAVED,
	"One.\n\nTwo, says Heidi, who was there.\n\nThree, says Ada.\n"},
    {"old, the same line", true, "Two.", "Two, says Ada.", ANY_KEPT, NEW},
    {"old, the same line and another", true, "Two.\n\nThree.", "Ada.", ANY_KEPT, NEW},
    {"old, all of it", true, OLD, "Quite another text.\n", ANY_KEPT, NEW},
    {"old, no change", true, "Two.", "Two.", ANY_KEPT, NEW},
    {"new, apart", false, "Three.", "Three, says Ada.", SAVED,
	"One.\n\nTwo, says Heidi, who was there.\n\nThree, says Ada.\n"},
    {"new, more in the same line", false, "there.", "there. Ada, too.", SAVED,
	"One.\n\nTwo, says Heidi, who was there. Ada, too.\n\nThree.\n"},
    {"new, taken back", false, "Two, says Heidi, who was there.", "Two.", ANY_KEPT, NEW},
    {"new, taken away", false, "Two, says Heidi, who was there.\n\n", "", ANY_KEPT, NEW},
    {"new, no change", false, "Two", "Two", SAVED, NEW},
};

static void
of_several_printings_that_were_given_it_is_an_edit_of_the_one_it_shows(void **state)
{
	struct newsroom *n = *state;
	char old[COPY_MAX], new[COPY_MAX], of_its_own[64];

	for (size_t i = 0; i < ROWS(both_given); i++) {
		char *page = both_given[i].is_old ? old : new;

		snprintf(of_its_own, sizeof(of_its_own), "/articles/%zu/clinic.gmi", i);
		path = of_its_own;
		publish(n);
		loads(n, "ada", old);
		saves(n, "heidi", NEW);
		loads(n, "ada", new);
		change(page, both_given[i].from, both_given[i].to);
		begins(
		    both_given[i].label, newsroom_send(n, "ada", path, page), both_given[i].said);
		check_live(n, both_given[i].label, both_given[i].live);
	}
	path = PATH;
}

/* More printings were given since than are remembered. */
static void
what_was_given_and_is_forgotten_may_come_back_all_the_same(void **state)
{
	struct newsroom *n = *state;
	char old[COPY_MAX], page[COPY_MAX], text[256] = NEW;

	publish(n);
	loads(n, "ada", old);
	saves(n, "heidi", NEW);
	for (size_t i = 0; i < PRINTINGS_EACH + 1; i++) {
		snprintf(text, sizeof(text), NEW "\nAda %zu.\n", i);
		saves(n, "ada", text);
		loads(n, "ada", page);
	}
	change(old, "Two.", "Two, says Ada.");
	begins("old", newsroom_send(n, "ada", path, old), KEPT " (Heidi), see /desk/");
	check_live(n, "old", text);
	change(page, "One.", "One, says Ada.");
	begins("new", newsroom_send(n, "ada", path, page), SAVED);
	assert_non_null(strstr(newsroom_file(n, PATH), "One, says Ada.\n\nTwo, says Heidi"));
}

static void
a_conflict_says_who_saved_and_keeps_the_text_alone(void **state)
{
	struct newsroom *n = *state;
	char page[COPY_MAX];

	publish(n);
	loads(n, "ada", page);
	saves(n, "heidi", "One.\n\nHeidi.\n\nThree.\n");
	change(page, "Two.", "Ada.");
	assert_string_equal(newsroom_send(n, "ada", PATH, page), KEPT " (Heidi), see /desk/");
	assert_string_equal(newsroom_file(n, "/drafts/clinic-conflict-1.gmi"),
	    "---\neditor = ada\nsent-to = " PATH "\n---\nOne.\n\nAda.\n\nThree.\n");
}

static void
nobody_is_named_who_did_not_save_meanwhile(void **state)
{
	struct newsroom *n = *state;
	char page[COPY_MAX];

	publish(n);
	saves(n, "heidi", "One.\n\nHeidi.\n\nThree.\n");
	loads(n, "ada", page);
	saves(n, "ada", "One.\n\nAda.\n\nThree.\n");
	change(page, "Heidi.", "Ada again.");
	begins("herself", newsroom_send(n, "ada", PATH, page), KEPT ", see /desk/");
}

static void
what_was_changed_by_hand_is_kept_too(void **state)
{
	struct newsroom *n = *state;
	char page[COPY_MAX], source[COPY_MAX];

	publish(n);
	loads(n, "ada", page);
	copy(source, newsroom_file(n, PATH));
	change(source, "Two.", "By hand.");
	workshop_put(&n->shop, PATH, source);
	change(page, "Two.", "Ada.");
	begins("touching", newsroom_send(n, "ada", PATH, page), KEPT ", see /desk/");
	change(page, "Ada.", "Two.");
	change(page, "Three.", "Ada.");
	begins("apart", newsroom_send(n, "ada", PATH, page), SAVED);
	check_live(n, "apart", "One.\n\nBy hand.\n\nAda.\n");
}

static void
who_saw_a_change_may_take_it_back(void **state)
{
	struct newsroom *n = *state;
	char page[COPY_MAX];

	publish(n);
	saves(n, "heidi", "One.\n\nHeidi.\n\nThree.\n");
	loads(n, "ada", page);
	change(page, "Heidi.", "Two.");
	begins("taken back", newsroom_send(n, "ada", PATH, page), SAVED);
	check_live(n, "taken back", "One.\n\nTwo.\n\nThree.\n");
}

static void
what_somebody_saved_alone_is_no_conflict_with_it(void **state)
{
	struct newsroom *n = *state;
	char page[COPY_MAX];

	publish(n);
	saves(n, "ada", "One.\n\nTwo, says Ada.\n\nThree.\n");
	loads(n, "", page);
	change(page, "Two, says Ada.", "Two, says Ada again, and at length.");
	begins("again", newsroom_send(n, "ada", PATH, page), SAVED);
	check_live(n, "again", "One.\n\nTwo, says Ada again, and at length.\n\nThree.\n");
}

static void
what_others_saved_before_is_no_conflict(void **state)
{
	struct newsroom *n = *state;
	char page[COPY_MAX];

	publish(n);
	saves(n, "heidi", "One, says Heidi.\n\nTwo.\n\nThree.\n");
	saves(n, "ada", "One, says Heidi.\n\nTwo, says Ada.\n\nThree.\n");
	loads(n, "", page);
	change(page, "Two, says Ada.", "Quite another text.");
	begins("her own", newsroom_send(n, "ada", PATH, page), SAVED);
	check_live(n, "her own", "One, says Heidi.\n\nQuite another text.\n\nThree.\n");
}

static void
a_frame_that_changed_meanwhile_comes_off_and_stays(void **state)
{
	struct newsroom *n = *state;
	static const char *const readers[] = {"ada", ""};
	char page[COPY_MAX];

	for (size_t i = 0; i < ROWS(readers); i++) {
		saves(n, "ada", "---\ntitle = Clinic\ndate = 2025-06-01\n---\nOne.\n\nTwo.\n");
		loads(n, readers[i], page);
		saves(n, "heidi",
		    "---\ntitle = Clinics\nsummary = Dek.\ntags = health\n---\nOne.\n\nTwo.\n");
		change(page, "Two.", "Ada.");
		begins("page", newsroom_send(n, "ada", PATH, page), SAVED);
		assert_non_null(strstr(newsroom_file(n, PATH), "title = Clinics\n"));
		assert_non_null(strstr(newsroom_file(n, PATH), "summary = Dek.\ntags = health\n"));
		check_live(n, readers[i], "One.\n\nAda.\n");
	}
}

static void
what_was_never_printed_is_not_missed(void **state)
{
	struct newsroom *n = *state;
	char page[COPY_MAX], source[COPY_MAX];

	publish(n);
	copy(source, newsroom_file(n, PATH));
	workshop_put(&n->shop, PATH, "---\ndate = soon\n---\nOne.\n");
	press_look(n->shop.press, PATH);
	workshop_put(&n->shop, PATH, source);
	press_look(n->shop.press, PATH);
	loads(n, "", page);
	change(page, "Three.", "Heidi.");
	begins("not the first", newsroom_send(n, "heidi", PATH, page), SAVED);
}

static void
a_merge_is_named_in_history(void **state)
{
	struct newsroom *n = *state;
	char page[COPY_MAX];

	publish(n);
	loads(n, "ada", page);
	saves(n, "heidi", "Heidi.\n\nTwo.\n\nThree.\n");
	change(page, "Three.", "Ada.");
	begins("merged", newsroom_send(n, "ada", PATH, page), SAVED);
	assert_string_equal(newsroom_commit(n), "Ada L\u00f6w <ada@example.org> merge " PATH);
}

static void
without_history_only_what_is_remembered_is_replaced(void **state)
{
	struct newsroom *n = *state;
	char page[COPY_MAX];

	publish(n);
	n->shop.capsule.history = false;
	loads(n, "", page);
	change(page, "Two.", "Ada.");
	begins("not remembered", newsroom_send(n, "ada", PATH, page), KEPT ", see /desk/");
	loads(n, "ada", page);
	change(page, "Two.", "Ada.");
	begins("remembered", newsroom_send(n, "ada", PATH, page), SAVED);
	check_live(n, "remembered", "One.\n\nAda.\n\nThree.\n");
	loads(n, "ada", page);
	change(page, "Ada.", "Ada again.");
	begins("her own", newsroom_send(n, "ada", PATH, page), SAVED);
	saves(n, "heidi", "One.\n\nHeidi.\n\nThree.\n");
	loads(n, "ada", page);
	change(page, "One.", "One, says Ada.");
	begins("one of several", newsroom_send(n, "ada", PATH, page), ANY_KEPT);
	check_live(n, "one of several", "One.\n\nHeidi.\n\nThree.\n");
}

static void
a_page_of_what_was_deleted_is_kept_without_its_frame(void **state)
{
	struct newsroom *n = *state;
	char page[COPY_MAX];

	publish(n);
	loads(n, "ada", page);
	n->shop.capsule.titan_delete = true;
	saves(n, "heidi", "");
	change(page, "Two.", "Ada.");
	assert_string_equal(newsroom_send(n, "ada", PATH, page),
	    "50 Kept as draft clinic-conflict-1: it was deleted or moved meanwhile (Heidi), see "
	    "/desk/");
	assert_string_equal(newsroom_file(n, "/drafts/clinic-conflict-1.gmi"),
	    "---\neditor = ada\nsent-to = " PATH "\n---\nOne.\n\nAda.\n\nThree.\n");
}

static void
a_page_of_what_was_broken_by_hand_is_kept_without_its_frame(void **state)
{
	struct newsroom *n = *state;
	char page[COPY_MAX];

	publish(n);
	loads(n, "ada", page);
	workshop_put(&n->shop, PATH, "---\ntitle = Clinic\neditor = ada\ndate = soon\n---\nOne.\n");
	change(page, "Two.", "Ada.");
	begins("broken", newsroom_send(n, "ada", PATH, page), KEPT);
	assert_string_equal(newsroom_file(n, "/drafts/clinic-conflict-1.gmi"),
	    "---\neditor = ada\nsent-to = " PATH "\n---\nOne.\n\nAda.\n\nThree.\n");
}

static void
strangers_are_not_remembered(void **state)
{
	struct newsroom *n = *state;
	struct visitor stranger = newsroom_visitor(n, "mallory");
	char page[COPY_MAX];

	publish(n);
	desk_note_printing(n->desk, &stranger, PATH, 1);
	loads(n, "mallory", page);
	loads(n, "ada", page);
	desk_note_printing(n->desk, &stranger, PATH, 1);
	change(page, "Two.", "Ada.");
	begins("ada", newsroom_send(n, "ada", PATH, page), SAVED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    NEWSROOM_TEST(what_others_saved_meanwhile_is_kept),
	    NEWSROOM_TEST(what_is_not_remembered_is_inferred),
	    NEWSROOM_TEST(of_several_printings_that_were_given_it_is_an_edit_of_the_one_it_shows),
	    NEWSROOM_TEST(what_was_given_and_is_forgotten_may_come_back_all_the_same),
	    NEWSROOM_TEST(a_conflict_says_who_saved_and_keeps_the_text_alone),
	    NEWSROOM_TEST(nobody_is_named_who_did_not_save_meanwhile),
	    NEWSROOM_TEST(what_was_changed_by_hand_is_kept_too),
	    NEWSROOM_TEST(who_saw_a_change_may_take_it_back),
	    NEWSROOM_TEST(what_somebody_saved_alone_is_no_conflict_with_it),
	    NEWSROOM_TEST(what_others_saved_before_is_no_conflict),
	    NEWSROOM_TEST(a_frame_that_changed_meanwhile_comes_off_and_stays),
	    NEWSROOM_TEST(what_was_never_printed_is_not_missed),
	    NEWSROOM_TEST(a_merge_is_named_in_history),
	    NEWSROOM_TEST(without_history_only_what_is_remembered_is_replaced),
	    NEWSROOM_TEST(a_page_of_what_was_deleted_is_kept_without_its_frame),
	    NEWSROOM_TEST(a_page_of_what_was_broken_by_hand_is_kept_without_its_frame),
	    NEWSROOM_TEST(strangers_are_not_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
