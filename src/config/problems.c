#include "config/problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

#define REST_MAX 64 /* bytes kept free for the sentence that counts the rest */

void
problems_add(struct problems *p, int line, const char *format, ...)
{
	struct buffer raw = BUFFER_EMPTY, text = BUFFER_EMPTY;
	struct problem *items = realloc(p->items, (p->count + 1) * sizeof(*items));
	va_list args;

	if (items == NULL) {
		p->out_of_memory = true;
		return;
	}
	p->items = items;
	va_start(args, format);
	buffer_vprintf(&raw, format, args);
	va_end(args);
	text_append_escaped(&text, buffer_text(&raw), raw.len);
	char *owned = raw.failed ? NULL : buffer_take(&text);
	if (owned == NULL)
		p->out_of_memory = true;
	else
		p->items[p->count++] = (struct problem){.line = line, .text = owned};
	buffer_free(&raw);
	buffer_free(&text);
}

/* By line; problems of one line stay in the order in which they were found, as a stable sort
 * would leave them: the list is short, so insertion it is. */
static void
sort_by_line(struct problem *items, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct problem moving = items[i];
		size_t at = i;
		for (; at > 0 && items[at - 1].line > moving.line; at--)
			items[at] = items[at - 1];
		items[at] = moving;
	}
}

static void
append_problem(struct buffer *out, const char *file, const struct problem *problem)
{
	if (out->len > 0)
		buffer_putc(out, '\n');
	if (problem->line > 0)
		buffer_printf(out, "%s:%d: %s", file, problem->line, problem->text);
	else
		buffer_printf(out, "%s: %s", file, problem->text);
}

bool
problems_settle(struct problems *p, struct error *err)
{
	struct buffer all = BUFFER_EMPTY;

	if (p->out_of_memory)
		return error_set(err, "%s: out of memory", p->file);
	if (p->count == 0)
		return true;
	sort_by_line(p->items, p->count);
	for (size_t i = 0; i < p->count; i++) {
		size_t len_before = all.len;
		append_problem(&all, p->file, &p->items[i]);
		/* The first one is shown however long it is: error_set() cuts it. */
		if (i > 0 && all.len > ERROR_TEXT_MAX - REST_MAX) {
			buffer_truncate(&all, len_before);
			buffer_printf(&all, "\n%s: %zu more like these", p->file, p->count - i);
			break;
		}
	}
	error_set(err, "%s", all.failed ? "out of memory" : buffer_text(&all));
	buffer_free(&all);
	return false;
}

void
problems_free(struct problems *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->items[i].text);
	free(p->items);
	p->items = NULL;
	p->count = 0;
}
