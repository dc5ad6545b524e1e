#include "worker/upload_quota.h"

#include <assert.h>
#include <stddef.h>

#define NIBBLES 16 /* hex digits that make the number of a client */

uint64_t
upload_quota_client(const struct visitor *visitor)
{
	uint64_t number = 0;

	for (size_t i = 0; i < NIBBLES; i++) {
		unsigned char digit = (unsigned char)visitor->certificate[i];

		number = number << 4 | (digit <= '9' ? digit & 0xFU : (digit & 0xFU) + 9U);
	}
	return number == 0 ? 1 : number;
}

/* The row of a client in a slot; with 0, one that is free. NULL if there is none. */
static struct scoreboard_uploader *
find(struct scoreboard_slot *slot, uint64_t client)
{
	for (size_t i = 0; i < SCOREBOARD_UPLOADERS; i++)
		if (slot->uploaders[i].client == client)
			return &slot->uploaders[i];
	return NULL;
}

static bool
count(struct scoreboard_slot *slot, uint64_t client, uint64_t size)
{
	struct scoreboard_uploader *row = find(slot, client);

	assert(client != 0); /* that is a free row */
	if (row == NULL)
		row = find(slot, 0);
	if (row == NULL)
		return false;
	assert(row->client == client || (row->uploads == 0 && row->bytes == 0));
	row->uploads++;
	row->bytes += size;
	row->client = client;
	slot->upload_bytes += size;
	assert(row->uploads > 0 && row->bytes <= slot->upload_bytes);
	return true;
}

void
upload_quota_end(struct scoreboard *board, int slot, uint64_t client, uint64_t size)
{
	assert(client != 0 && slot >= 0 && slot < SCOREBOARD_SLOTS);
	struct scoreboard_uploader *row = find(&board->slots[slot], client);

	if (row == NULL)
		return;
	assert(row->uploads > 0);
	assert(size <= row->bytes && row->bytes <= board->slots[slot].upload_bytes);
	board->slots[slot].upload_bytes -= size;
	row->bytes -= size;
	if (--row->uploads == 0)
		row->client = 0;
	assert(row->uploads > 0 || row->bytes == 0);
}

#define SAID_MAX ((uint64_t)1 << 50) /* bytes: what a worker says beyond is nonsense */

/* A worker's number, such that sums of them do not overflow. */
static uint64_t
said(uint64_t bytes)
{
	return bytes < SAID_MAX ? bytes : SAID_MAX;
}

/* What all hold, and this client. */
static void
sum(struct scoreboard *board, uint64_t client, uint64_t *out_all, uint64_t *out_own)
{
	*out_all = *out_own = 0;
	for (size_t i = 0; i < SCOREBOARD_SLOTS; i++) {
		struct scoreboard_slot *slot = &board->slots[i];
		struct scoreboard_uploader *row =
		    slot->upload_bytes == 0 ? NULL : find(slot, client);

		*out_all += said(slot->upload_bytes);
		*out_own += row == NULL ? 0 : said(row->bytes);
	}
}

enum upload_quota_verdict
upload_quota_take(
    struct scoreboard *board, int slot, uint64_t client, uint64_t size, uint64_t largest)
{
	uint64_t most = UPLOAD_QUOTA_AT_ONCE * largest, all, own;

	assert(slot >= 0 && slot < SCOREBOARD_SLOTS);
	if (most < UPLOAD_QUOTA_BYTES_MIN)
		most = UPLOAD_QUOTA_BYTES_MIN;
	if (!count(&board->slots[slot], client, size))
		return UPLOAD_QUOTA_FULL;
	sum(board, client, &all, &own);
	if (all <= most && own <= most / UPLOAD_QUOTA_CLIENT_PART)
		return UPLOAD_QUOTA_TAKEN;
	upload_quota_end(board, slot, client, size);
	return own > most / UPLOAD_QUOTA_CLIENT_PART ? UPLOAD_QUOTA_SHARE_HELD : UPLOAD_QUOTA_FULL;
}
