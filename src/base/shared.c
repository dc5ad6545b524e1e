#include "base/shared.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010 /* from Linux 5.1 on */
#endif

static void
shared_check(const struct shared *shared, size_t piece)
{
	assert(piece < shared->count);
	assert(shared->piece_bytes > 0);
	assert(shared->memory != NULL && shared->twins != NULL);
	assert(shared->memory != shared->twins);
}

#define RESERVED (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

static void *
reserve(size_t bytes)
{
	/* cppcheck-suppress invalidFunctionArg ; an anonymous mapping wants -1 */
	void *memory = mmap(NULL, bytes, PROT_NONE, RESERVED, -1, 0);

	/* cppcheck-suppress memleak ; it is what is returned */
	return memory == MAP_FAILED ? NULL : memory;
}

/* Maps a piece twice, into the room that was reserved for it. Each is a file of its own, so that
 * a mapping that is made longer holds nothing more. The seal makes what is mapped after it, the
 * twin, read-only for good; a kernel that lacks it leaves it read-only until a child objects. */
static bool
map_piece(const struct shared *shared, size_t piece)
{
	size_t bytes = shared->piece_bytes;
	char *memory = shared->memory + piece * bytes, *twin = shared->twins + piece * bytes;
	shared_check(shared, piece);
	int fd = memfd_create("broadsheet-shared", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd == -1)
		return false;
	bool ok =
	    ftruncate(fd, (off_t)bytes) == 0 &&
	    /* cppcheck-suppress leakReturnValNotUsed ; it is where it was told to be */
	    mmap(memory, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == memory &&
	    madvise(memory, bytes, MADV_DONTFORK) == 0 &&
	    (fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_GROW) == 0 ||
		errno == EINVAL) &&
	    /* cppcheck-suppress leakReturnValNotUsed ; the same */
	    mmap(twin, bytes, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0) == twin;
	int saved = errno;
	close(fd);
	errno = saved;
	return ok;
}

bool
shared_open(struct shared *out, size_t piece_bytes, size_t count)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct shared made = {
	    .piece_bytes = (piece_bytes + page - 1) / page * page, .count = count};

	assert(count > 0 && made.piece_bytes > 0 && made.piece_bytes % page == 0);
	made.memory = reserve(made.piece_bytes * count);
	made.twins = reserve(made.piece_bytes * count);
	bool ok = made.memory != NULL && made.twins != NULL;
	for (size_t piece = 0; ok && piece < count; piece++)
		ok = map_piece(&made, piece);
	if (ok)
		*out = made;
	else
		shared_close(&made);
	return ok;
}

void
shared_close(struct shared *shared)
{
	size_t bytes = shared->piece_bytes * shared->count;
	int saved = errno;

	if (shared->memory != NULL)
		munmap(shared->memory, bytes);
	if (shared->twins != NULL)
		munmap(shared->twins, bytes);
	*shared = (struct shared){0};
	errno = saved;
}

bool
shared_lend(const struct shared *shared, size_t piece, bool is_lent)
{
	shared_check(shared, piece);
	return madvise(shared->memory + piece * shared->piece_bytes, shared->piece_bytes,
		   is_lent ? MADV_DOFORK : MADV_DONTFORK) == 0;
}

bool
shared_settle(const struct shared *shared, size_t piece)
{
	size_t bytes = shared->piece_bytes;

	shared_check(shared, piece);
	for (size_t i = 0; i < shared->count; i++)
		if (i != piece &&
		    mremap(shared->twins + i * bytes, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED,
			shared->memory + i * bytes) == MAP_FAILED)
			return false;
	return true;
}
