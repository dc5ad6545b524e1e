/*
 * A PROXY header gives the same verdict however it arrives, claims no byte that is not there, and
 * names a client only when there is one.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/proxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* From memory of exactly that size, so that a sanitizer sees who reads on. */
static enum proxy_verdict
parse_exactly(const uint8_t *data, size_t size, struct sockaddr_storage *client, size_t *used)
{
	uint8_t *exact = malloc(size > 0 ? size : 1);
	enum proxy_verdict verdict;

	assert(exact != NULL);
	memcpy(exact, data, size);
	verdict = proxy_parse(exact, size, client, used);
	free(exact);
	return verdict;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sockaddr_storage client, early_client;
	size_t used = 0, early_used = 0;
	enum proxy_verdict early = PROXY_MORE;
	enum proxy_verdict verdict = parse_exactly(data, size, &client, &used);

	for (size_t len = 0; len < size && early == PROXY_MORE; len++)
		early = parse_exactly(data, len, &early_client, &early_used);
	assert(early == PROXY_MORE || (early == verdict && early_used == used));
	assert(used <= size);
	switch (verdict) {
	case PROXY_READY:
		assert(client.ss_family == AF_INET || client.ss_family == AF_INET6 ||
		       client.ss_family == AF_UNIX);
		assert(used >= 16);
		break;
	case PROXY_LOCAL:
		assert(client.ss_family == AF_UNSPEC);
		break;
	case PROXY_MORE:
	case PROXY_BAD:
		assert(used == 0);
		break;
	}
	return 0;
}
