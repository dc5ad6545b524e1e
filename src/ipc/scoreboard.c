#include "ipc/scoreboard.h"

#include <assert.h>
#include <stddef.h>

#define CONNECTIONS_MAX (1 << 20) /* of one process: no more descriptors are to be had */

_Static_assert(offsetof(struct scoreboard, slots) == SCOREBOARD_PIECE, "one piece before slots");
_Static_assert(sizeof(struct scoreboard_slot) == SCOREBOARD_PIECE, "one piece each");

struct scoreboard *
scoreboard_new(struct shared *out_memory)
{
	if (!shared_open(out_memory, SCOREBOARD_PIECE, SCOREBOARD_PIECE_OF(SCOREBOARD_SLOTS)))
		return NULL;
	return (struct scoreboard *)(void *)out_memory->memory;
}

int
scoreboard_find_free(const struct scoreboard *board, int count)
{
	int free_so_far = 0;

	assert(count > 0);
	for (int slot = 0; slot < SCOREBOARD_SLOTS; slot++) {
		free_so_far = board->entries[slot].role == PROCESS_NONE ? free_so_far + 1 : 0;
		if (free_so_far == count)
			return slot + 1 - count;
	}
	return -1;
}

void
scoreboard_assign(struct scoreboard *board, int slot, enum process_role role, int generation)
{
	assert(slot >= 0 && slot < SCOREBOARD_SLOTS);
	struct scoreboard_entry *entry = &board->entries[slot];

	/* Given to nobody who has not been let go of, and taken from nobody who still runs. */
	assert(role == PROCESS_NONE || entry->role == PROCESS_NONE);
	assert(role != PROCESS_NONE || entry->pid == 0);
	entry->role = (int)role;
	entry->generation = generation;
	entry->pid = 0;
	entry->restarts = 0;
	entry->started = 0;
	scoreboard_clear(&board->slots[slot]);
}

void
scoreboard_clear(struct scoreboard_slot *slot)
{
	slot->connections = 0;
	slot->waiting_since = 0;
	slot->upload_bytes = 0;
	for (size_t i = 0; i < SCOREBOARD_UPLOADERS; i++) {
		slot->uploaders[i].client = 0;
		slot->uploaders[i].bytes = 0;
		slot->uploaders[i].uploads = 0;
	}
}

int
scoreboard_connections(const struct scoreboard_slot *slot)
{
	int said = atomic_load_explicit(&slot->connections, memory_order_relaxed);

	return said < 0 ? 0 : said > CONNECTIONS_MAX ? CONNECTIONS_MAX : said;
}
