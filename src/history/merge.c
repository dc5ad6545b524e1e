/* history_merge(), history_distance(): what became of a text in two hands. */
#include <git2.h>
#include <string.h>

#include "history/history.h"

static git_merge_file_input
input_of(const char *bytes, size_t len)
{
	git_merge_file_input input;

	git_merge_file_input_init(&input, GIT_MERGE_FILE_INPUT_VERSION);
	input.ptr = bytes;
	input.size = len;
	return input;
}

enum history_merged
history_merge(const struct history_text *base, const struct history_text *ours,
    const struct history_text *theirs, struct buffer *out)
{
	git_merge_file_input inputs[] = {input_of(base->bytes, base->len),
	    input_of(ours->bytes, ours->len), input_of(theirs->bytes, theirs->len)};
	git_merge_file_result result = {0};
	enum history_merged merged = HISTORY_MERGE_FAILED;

	git_libgit2_init();
	if (git_merge_file(&result, &inputs[0], &inputs[1], &inputs[2], NULL) == 0) {
		merged = result.automergeable ? HISTORY_MERGED : HISTORY_TOUCHING;
		if (result.automergeable)
			buffer_append(out, result.ptr, result.len);
		git_merge_file_result_free(&result);
	}
	git_libgit2_shutdown();
	return out->failed ? HISTORY_MERGE_FAILED : merged;
}

/* Puts each word on a line of its own: a paragraph is one line, and says little as a whole. */
static void
put_words(struct buffer *out, const struct history_text *text)
{
	for (size_t i = 0; i < text->len; i++)
		buffer_putc(out, text->bytes[i] == ' ' ? '\n' : text->bytes[i]);
}

static int
count_line(const git_diff_delta *delta, const git_diff_hunk *hunk, const git_diff_line *line,
    void *payload)
{
	size_t *distance = payload;

	(void)delta, (void)hunk;
	if (line->origin == GIT_DIFF_LINE_ADDITION || line->origin == GIT_DIFF_LINE_DELETION)
		*distance += line->content_len;
	return 0;
}

bool
history_distance(const struct history_text *a, const struct history_text *b, size_t *out)
{
	struct buffer words_of_a = BUFFER_EMPTY, words_of_b = BUFFER_EMPTY;
	git_diff_options options;
	size_t distance = 0;

	put_words(&words_of_a, a);
	put_words(&words_of_b, b);
	bool ok = !words_of_a.failed && !words_of_b.failed;
	git_libgit2_init();
	git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
	options.context_lines = 0;
	options.flags = GIT_DIFF_FORCE_TEXT;
	ok = ok && git_diff_buffers(buffer_text(&words_of_a), words_of_a.len, NULL,
		       buffer_text(&words_of_b), words_of_b.len, NULL, &options, NULL, NULL, NULL,
		       count_line, &distance) == 0;
	git_libgit2_shutdown();
	buffer_free(&words_of_a);
	buffer_free(&words_of_b);
	if (ok)
		*out = distance;
	return ok;
}
