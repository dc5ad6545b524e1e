/*
 * delivery - an answer being cut into TLS records: its head, its body, and the file behind that.
 * Pure, but for reading the file.
 */
#ifndef NET_DELIVERY_H
#define NET_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "gemini/response.h"

#define DELIVERY_RECORD_BYTES (16 * 1024) /* plaintext of a full TLS record */

/* Start with delivery_init(); end with delivery_done(). */
struct delivery {
	struct response response;
	struct buffer head;
	size_t head_taken, body_taken;
	off_t file_taken;
};

void delivery_init(struct delivery *delivery);
void delivery_done(struct delivery *delivery);

/* Takes over r's body and descriptor, and leaves r empty. False if out of memory. */
bool delivery_begin(struct delivery *delivery, struct response *r);

/* The next record: of head, body and file what fits. *out is in record, or borrowed from the body.
 * False when the file is shorter than promised, was changed (where its ctime is told) or cannot be
 * read. */
bool delivery_next(struct delivery *delivery, char record[static DELIVERY_RECORD_BYTES],
    const char **out, size_t *out_len);

/* Whether all of it was taken. */
bool delivery_is_over(const struct delivery *delivery);

#endif
