#include "worker/uploads.h"

#include <stddef.h>

#define NIBBLES 16 /* hex digits that make the number of a client */

uint64_t
uploads_client(const struct visitor *visitor)
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

	if (row == NULL)
		row = find(slot, 0);
	if (row == NULL)
		return false;
	row->uploads++;
	row->bytes += size;
	row->client = client;
	slot->upload_bytes += size;
	return true;
}

void
uploads_end(struct scoreboard *board, int slot, uint64_t client, uint64_t size)
{
	struct scoreboard_uploader *row = find(&board->slots[slot], client);

	if (row == NULL)
		return;
	board->slots[slot].upload_bytes -= size;
	row->bytes -= size;
	if (--row->uploads == 0)
		row->client = 0;
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

enum uploads_verdict
uploads_take(struct scoreboard *board, int slot, uint64_t client, uint64_t size, uint64_t largest)
{
	uint64_t most = UPLOADS_AT_ONCE * largest, all, own;

	if (most < UPLOADS_BYTES_MIN)
		most = UPLOADS_BYTES_MIN;
	if (!count(&board->slots[slot], client, size))
		return UPLOADS_FULL;
	sum(board, client, &all, &own);
	if (all <= most && own <= most / UPLOADS_CLIENT_PART)
		return UPLOADS_TAKEN;
	uploads_end(board, slot, client, size);
	return own > most / UPLOADS_CLIENT_PART ? UPLOADS_SHARE_HELD : UPLOADS_FULL;
}
