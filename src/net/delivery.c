#include "net/delivery.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* No more is taken than there is. */
static void
delivery_check(const struct delivery *d)
{
	assert(d->head_taken <= d->head.len);
	assert(d->body_taken <= d->response.body.len);
	assert(d->body_taken == 0 || d->head_taken == d->head.len); /* in their order, */
	assert(d->file_taken == 0 || d->body_taken == d->response.body.len);
	assert(d->response.file_fd == -1 ? d->file_taken == 0
					 : d->file_taken <= d->response.file_bytes);
}

void
delivery_init(struct delivery *d)
{
	*d = (struct delivery){.response.file_fd = -1};
}

void
delivery_done(struct delivery *d)
{
	response_free(&d->response);
	buffer_free(&d->head);
}

bool
delivery_begin(struct delivery *d, struct response *r)
{
	struct response taken = *r;

	assert(d->head.len == 0 && d->file_taken == 0); /* one answer each */
	assert(r->file_fd != -1 || r->file_bytes == 0);
	assert(r->file_bytes >= 0);
	response_init(r);
	response_free(&d->response);
	d->response = taken;
	response_head(&d->response, &d->head);
	return !d->head.failed;
}

/* Copies what is left behind *taken bytes of from, as much as there is space for. */
static size_t
take(const struct buffer *from, size_t *taken, char *out, size_t space)
{
	size_t left = from->len - *taken;
	size_t len = left < space ? left : space;

	assert(*taken <= from->len);
	if (len == 0) /* and the data perhaps NULL */
		return 0;
	memcpy(out, from->data + *taken, len);
	*taken += len;
	return len;
}

static bool
file_is_over(const struct delivery *d)
{
	return d->response.file_fd == -1 || d->file_taken >= d->response.file_bytes;
}

/* To be asked after reading: a write stamps the file before its bytes can be read. */
static bool
was_changed(const struct response *r)
{
	struct stat st;

	if (r->file_changed.tv_sec == 0 && r->file_changed.tv_nsec == 0)
		return false;
	return fstat(r->file_fd, &st) == -1 || st.st_ctim.tv_sec != r->file_changed.tv_sec ||
	       st.st_ctim.tv_nsec != r->file_changed.tv_nsec;
}

/* Reads on in the file, if one belongs to the answer. */
static bool
take_file(struct delivery *d, char *out, size_t space, size_t *out_len)
{
	off_t left = d->response.file_bytes - d->file_taken;
	ssize_t len;

	*out_len = 0;
	if (space == 0 || file_is_over(d))
		return true;
	if ((off_t)space > left)
		space = (size_t)left;
	do
		len = pread(d->response.file_fd, out, space, d->file_taken);
	while (len == -1 && errno == EINTR);
	if (len <= 0 || was_changed(&d->response))
		return false;
	d->file_taken += len;
	delivery_check(d);
	*out_len = (size_t)len;
	return true;
}

/* Only a full record's worth of body is worth the detour around the copy. */
bool
delivery_next(struct delivery *d, char record[static DELIVERY_RECORD_BYTES], const char **out,
    size_t *out_len)
{
	const struct buffer *body = &d->response.body;
	size_t size = DELIVERY_RECORD_BYTES, len, file_len;

	delivery_check(d);
	assert(!delivery_is_over(d)); /* a record holds something */
	if (d->head_taken == d->head.len && body->len - d->body_taken >= size) {
		*out = body->data + d->body_taken;
		*out_len = size;
		d->body_taken += size;
		return true;
	}
	len = take(&d->head, &d->head_taken, record, size);
	len += take(body, &d->body_taken, record + len, size - len);
	if (!take_file(d, record + len, size - len, &file_len))
		return false;
	assert(len + file_len > 0 && len + file_len <= size);
	*out = record;
	*out_len = len + file_len;
	return true;
}

bool
delivery_is_over(const struct delivery *d)
{
	return d->head_taken == d->head.len && d->body_taken == d->response.body.len &&
	       file_is_over(d);
}
