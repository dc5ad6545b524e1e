/* history_diff(): two texts compared line by line, for people. */
#include <git2.h>
#include <string.h>

#include "base/text.h"
#include "history/history.h"

#define CONTEXT_LINES 3

struct diff {
	const char *old_name, *new_name;
	struct buffer *out;
	bool has_head;
};

static int
put_hunk(const git_diff_delta *delta, const git_diff_hunk *hunk, void *payload)
{
	struct diff *diff = payload;

	(void)delta;
	if (!diff->has_head) {
		buffer_puts(diff->out, "--- ");
		text_append_line(diff->out, diff->old_name, strlen(diff->old_name));
		buffer_puts(diff->out, "\n+++ ");
		text_append_line(diff->out, diff->new_name, strlen(diff->new_name));
		buffer_putc(diff->out, '\n');
	}
	diff->has_head = true;
	buffer_append(diff->out, hunk->header, hunk->header_len);
	return 0;
}

/* The marks of a missing line end come as lines of their own, which need no sign. */
static int
put_line(const git_diff_delta *delta, const git_diff_hunk *hunk, const git_diff_line *line,
    void *payload)
{
	struct diff *diff = payload;

	(void)delta, (void)hunk;
	switch (line->origin) {
	case GIT_DIFF_LINE_CONTEXT:
	case GIT_DIFF_LINE_ADDITION:
	case GIT_DIFF_LINE_DELETION:
		buffer_putc(diff->out, line->origin);
		break;
	default:
		break;
	}
	buffer_append(diff->out, line->content, line->content_len);
	return 0;
}

static bool
is_text(const char *bytes, size_t len)
{
	return memchr(bytes, '\0', len) == NULL && text_is_utf8(bytes, len);
}

static bool
compare(struct diff *diff, const char *old, size_t old_len, const char *new, size_t new_len,
    struct error *err)
{
	git_diff_options options;

	git_libgit2_init();
	git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
	options.context_lines = CONTEXT_LINES;
	options.flags = GIT_DIFF_FORCE_TEXT;
	int code = git_diff_buffers(
	    old, old_len, NULL, new, new_len, NULL, &options, NULL, NULL, put_hunk, put_line, diff);
	git_libgit2_shutdown();
	return (code == 0 && !diff->out->failed) || error_set(err, "comparing: out of memory");
}

bool
history_diff(const char *old_name, const void *old, size_t old_len, const char *new_name,
    const void *new, size_t new_len, struct buffer *out, struct error *err)
{
	struct diff diff = {.old_name = old_name, .new_name = new_name, .out = out};
	const char *before = old == NULL ? "" : old, *after = new == NULL ? "" : new;

	if (old_len == new_len && memcmp(before, after, old_len) == 0)
		return true;
	if (old_len <= HISTORY_DIFF_MAX && new_len <= HISTORY_DIFF_MAX &&
	    is_text(before, old_len) && is_text(after, new_len))
		return compare(&diff, before, old_len, after, new_len, err);
	if (old_len > HISTORY_DIFF_MAX || new_len > HISTORY_DIFF_MAX)
		buffer_puts(out, "They differ, and are too large to be compared line by line.\n");
	else
		buffer_puts(out, "They differ, and are no text that could be shown.\n");
	return !out->failed || error_set(err, "out of memory");
}
