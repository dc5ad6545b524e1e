#include "article/markdown_tree.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "article/markdown_tame.h"

/* A piece of cmark's memory, in a ring of all of them: when one is not to be had, the others are
 * found and released. */
struct markdown_block {
	struct markdown_block *next, *previous;
	max_align_t data[];
};

/* cmark's allocator is told nothing of whom it works for, so that has to be remembered here,
 * for as long as a call of markdown_tree_open() or _close() lasts. */
static _Thread_local struct {
	struct markdown_block *ring;
	jmp_buf out_of_memory;
} working;

static struct markdown_block *
block_of(void *data)
{
	return (struct markdown_block *)((char *)data - offsetof(struct markdown_block, data));
}

static void
unlink_block(struct markdown_block *block)
{
	block->previous->next = block->next;
	block->next->previous = block->previous;
}

static void
link_block(struct markdown_block *block)
{
	block->next = working.ring->next;
	block->previous = working.ring;
	block->next->previous = block;
	working.ring->next = block;
}

static void *
tree_calloc(size_t count, size_t size)
{
	struct markdown_block *block = NULL;

	if (size == 0 || count <= (PTRDIFF_MAX - sizeof(*block)) / size)
		block = calloc(1, sizeof(*block) + count * size);
	if (block == NULL)
		longjmp(working.out_of_memory, 1);
	link_block(block);
	return block->data;
}

static void *
tree_realloc(void *data, size_t size)
{
	struct markdown_block *block, *grown = NULL;

	if (data == NULL)
		return tree_calloc(1, size);
	block = block_of(data);
	unlink_block(block);
	if (size <= PTRDIFF_MAX - sizeof(*block))
		grown = realloc(block, sizeof(*block) + size);
	link_block(grown != NULL ? grown : block);
	if (grown == NULL)
		longjmp(working.out_of_memory, 1);
	return grown->data;
}

static void
tree_free(void *data)
{
	if (data == NULL)
		return;
	unlink_block(block_of(data));
	free(block_of(data));
}

static cmark_mem tree_memory = {tree_calloc, tree_realloc, tree_free};

static void
free_ring(struct markdown_block *ring)
{
	if (ring == NULL)
		return;
	while (ring->next != ring) {
		struct markdown_block *block = ring->next;

		unlink_block(block);
		free(block);
	}
	free(ring);
}

static cmark_iter *
parse(const char *bytes, size_t len)
{
	cmark_parser *parser = cmark_parser_new_with_mem(CMARK_OPT_DEFAULT, &tree_memory);
	cmark_node *root;

	cmark_parser_feed(parser, bytes, len);
	root = cmark_parser_finish(parser);
	cmark_parser_free(parser);
	return cmark_iter_new(root);
}

bool
markdown_tree_open(struct markdown_tree *tree, const char *bytes, size_t len)
{
	struct buffer tame = BUFFER_EMPTY;

	markdown_tame(&tame, bytes, len);
	tree->owned = tame.failed ? NULL : calloc(1, sizeof(*tree->owned));
	if (tree->owned == NULL) {
		buffer_free(&tame);
		return false;
	}
	tree->owned->next = tree->owned->previous = tree->owned;
	working.ring = tree->owned;
	if (setjmp(working.out_of_memory) != 0) {
		buffer_free(&tame);
		markdown_tree_close(tree);
		return false;
	}
	tree->steps = parse(buffer_text(&tame), tame.len);
	buffer_free(&tame);
	return true;
}

bool
markdown_tree_put_html(struct markdown_tree *tree, struct buffer *out)
{
	working.ring = tree->owned;
	if (setjmp(working.out_of_memory) != 0)
		return false; /* what it has asked for is freed with the tree */
	char *html = cmark_render_html(cmark_iter_get_root(tree->steps), CMARK_OPT_UNSAFE);
	buffer_puts(out, html);
	tree_free(html);
	return !out->failed;
}

void
markdown_tree_close(struct markdown_tree *tree)
{
	free_ring(tree->owned);
	*tree = (struct markdown_tree){0};
}
