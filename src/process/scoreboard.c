#include "process/scoreboard.h"

#include <stddef.h>
#include <sys/mman.h>

struct scoreboard *
scoreboard_new(void)
{
	void *memory = mmap(NULL, sizeof(struct scoreboard), PROT_READ | PROT_WRITE,
	    /* cppcheck-suppress invalidFunctionArg ; an anonymous mapping wants -1 */
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	/* cppcheck-suppress memleak ; mapped for the life of the program, and returned */
	return memory == MAP_FAILED ? NULL : memory;
}

int
scoreboard_find_free(const struct scoreboard *board, int count)
{
	int free_so_far = 0;

	for (int slot = 0; slot < SCOREBOARD_SLOTS; slot++) {
		free_so_far = board->slots[slot].role == PROCESS_NONE ? free_so_far + 1 : 0;
		if (free_so_far == count)
			return slot + 1 - count;
	}
	return -1;
}

void
scoreboard_assign(struct scoreboard *board, int slot, enum process_role role, int generation)
{
	struct scoreboard_slot *s = &board->slots[slot];

	s->role = (int)role;
	s->generation = generation;
	s->pid = 0;
	s->restarts = 0;
	s->started = 0;
	scoreboard_clear(s);
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
