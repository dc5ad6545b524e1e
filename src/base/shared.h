/*
 * shared - memory in pieces that processes share: all read all of it, and each child writes the
 * one piece that was lent to it. What a child may not write it cannot make writable either.
 *
 * The parent opens it and may write everything. A piece is lent right before the fork, taken back
 * right after it, and settled by the child before it reads anything there. What was not settled
 * is not there in a child.
 */
#ifndef BASE_SHARED_H
#define BASE_SHARED_H

#include <stdbool.h>
#include <stddef.h>

struct shared {
	char *memory;       /* of count pieces, one behind the other: the same address everywhere */
	char *twins;        /* the same pieces to be read only, from which children make theirs */
	size_t piece_bytes; /* a multiple of the page size */
	size_t count;
};

/* Maps count zeroed pieces of that many bytes at least. False with errno set. */
bool shared_open(struct shared *out, size_t piece_bytes, size_t count);
/* Nothing that was not opened is a no-op. */
void shared_close(struct shared *shared);

/* Whether children that are forked from now on may write that piece. False with errno set. */
bool shared_lend(const struct shared *shared, size_t piece, bool is_lent);
/* In a child: makes all pieces readable but that one, which was lent to it. False with errno
 * set; the child can do nothing then but end. */
bool shared_settle(const struct shared *shared, size_t piece);

#endif
