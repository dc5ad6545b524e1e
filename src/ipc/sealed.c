#include "ipc/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

#define SEALS (F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK)

bool
sealed_shut(int memfd)
{
	return fcntl(memfd, F_ADD_SEALS, SEALS | F_SEAL_SEAL) == 0;
}

int
sealed_new(const void *bytes, size_t len, struct error *err)
{
	int memfd = memfd_create("body", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (memfd != -1 && io_write_all(memfd, bytes, len) && sealed_shut(memfd))
		return memfd;
	error_set(err, "memory for %zu bytes: %s", len, strerror(errno));
	if (memfd != -1)
		close(memfd);
	return -1;
}

bool
sealed_open(int memfd, uint64_t max, struct sealed *out, struct error *err)
{
	struct stat st;
	int seals = fcntl(memfd, F_GET_SEALS);

	if (seals == -1 || (seals & SEALS) != SEALS)
		return error_set(err, "what came is not sealed against changes");
	if (fstat(memfd, &st) == -1)
		return error_set(err, "looking at what came: %s", strerror(errno));
	if ((uint64_t)st.st_size > max)
		return error_set(
		    err, "%jd bytes are too many: at most %" PRIu64, (intmax_t)st.st_size, max);
	*out = (struct sealed){.bytes = "", .len = (size_t)st.st_size};
	if (out->len == 0)
		return true;
	void *at = mmap(NULL, out->len, PROT_READ, MAP_PRIVATE, memfd, 0);
	if (at == MAP_FAILED)
		return error_set(err, "mapping %zu bytes: %s", out->len, strerror(errno));
	out->bytes = at;
	return true;
}

void
sealed_done(struct sealed *sealed)
{
	if (sealed->len > 0)
		munmap((void *)sealed->bytes, sealed->len);
	*sealed = (struct sealed){.bytes = ""};
}
