#include "net/clients.h"

#include <assert.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#include "base/shared.h"

#define NOBODY 0 /* the key of no client */

/* One client in a worker's table. Open addressing with linear probing: a client stands at the
 * slot of its hash or behind it, with no empty slot in between. */
struct slot {
	_Atomic uint64_t key; /* NOBODY: empty */
	_Atomic uint32_t connections;
};

/* Of the requests of a client only one number needs to be known: when its bucket will be full
 * again (the "generic cell rate algorithm"). It stands together with a part of the client's hash
 * in one word, so that workers can share it by compare-and-swap. */
#define TICKS_PER_MS   16
#define TICKS_A_MINUTE ((uint64_t)60 * 1000 * TICKS_PER_MS)
#define TICK_BITS      44 /* 34 years */
#define TICK_MASK      (((uint64_t)1 << TICK_BITS) - 1)
#define WAYS           4 /* where a client's word may stand: one cache line holds two such sets */

struct bucket_set {
	_Atomic uint64_t words[WAYS]; /* tag, then ticks; 0: empty */
};

/* Each process has its own: what is shared holds no pointer and no size. */
struct clients {
	uint64_t seed;
	size_t mask;                /* slots in a table, less one; also of bucket sets */
	struct bucket_set *buckets; /* written by all workers */
	struct shared
	    tables; /* of mask+1 slots, a piece for each worker, which writes that alone */
	int workers;
};

/* --- who is who ---------------------------------------------------------------------------- */

/* The upper half of an IPv6 address; an IPv4 one as a /64 that nobody can have (0:ffff:…). */
static uint64_t
client_key(const struct sockaddr_storage *client)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)client;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)client;
	uint64_t key = 0;

	if (client->ss_family == AF_INET)
		return UINT64_C(0xffff) << 32 | ntohl(in->sin_addr.s_addr);
	if (client->ss_family != AF_INET6)
		return NOBODY;
	if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
		for (size_t i = 12; i < 16; i++)
			key = key << 8 | in6->sin6_addr.s6_addr[i];
		return UINT64_C(0xffff) << 32 | key;
	}
	for (size_t i = 0; i < 8; i++)
		key = key << 8 | in6->sin6_addr.s6_addr[i];
	return key != NOBODY ? key : 1; /* ::/64 holds ::1, who is somebody */
}

/* Seeded, so that nobody can choose addresses that collide (splitmix64). */
static uint64_t
client_hash(const struct clients *clients, uint64_t key)
{
	uint64_t x = key ^ clients->seed;

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* --- the memory ---------------------------------------------------------------------------- */

static size_t
power_of_two(size_t at_least)
{
	size_t size = 64;

	while (size < at_least)
		size *= 2;
	assert((size & (size - 1)) == 0); /* a mask is made of it */
	return size;
}

static size_t
bucket_bytes(const struct clients *clients)
{
	return (clients->mask + 1) * sizeof(struct bucket_set);
}

static bool
map_tables(struct clients *clients)
{
	void *buckets = mmap(NULL, bucket_bytes(clients), PROT_READ | PROT_WRITE,
	    /* cppcheck-suppress invalidFunctionArg ; an anonymous mapping wants -1 */
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (buckets == MAP_FAILED)
		return false;
	clients->buckets = buckets;
	return madvise(buckets, bucket_bytes(clients), MADV_DONTFORK) == 0 &&
	       shared_open(&clients->tables, (clients->mask + 1) * sizeof(struct slot),
		   (size_t)clients->workers);
}

struct clients *
clients_new(int workers, int connections)
{
	struct clients *clients = calloc(1, sizeof(*clients));

	assert(workers > 0 && connections > 0);
	if (clients == NULL)
		return NULL;
	clients->workers = workers;
	/* Half empty: probes stay short. */
	clients->mask = power_of_two(2 * (size_t)connections) - 1;
	if (getrandom(&clients->seed, sizeof(clients->seed), 0) != sizeof(clients->seed))
		clients->seed = (uint64_t)(uintptr_t)clients; /* better than none */
	if (map_tables(clients))
		return clients;
	clients_free(clients);
	return NULL;
}

void
clients_free(struct clients *clients)
{
	if (clients == NULL)
		return;
	if (clients->buckets != NULL)
		munmap(clients->buckets, bucket_bytes(clients));
	shared_close(&clients->tables);
	free(clients);
}

bool
clients_lend(const struct clients *clients, int worker, bool is_lent)
{
	return madvise(clients->buckets, bucket_bytes(clients),
		   is_lent ? MADV_DOFORK : MADV_DONTFORK) == 0 &&
	       shared_lend(&clients->tables, (size_t)worker, is_lent);
}

bool
clients_settle(const struct clients *clients, int worker)
{
	return shared_settle(&clients->tables, (size_t)worker);
}

static struct slot *
worker_table(const struct clients *clients, int worker)
{
	char *piece = clients->tables.memory + (size_t)worker * clients->tables.piece_bytes;

	assert(worker >= 0 && worker < clients->workers);
	assert((clients->mask + 1) * sizeof(struct slot) <= clients->tables.piece_bytes);
	return (struct slot *)(void *)piece;
}

void
clients_reset(struct clients *clients, int worker)
{
	struct slot *table = worker_table(clients, worker);

	for (size_t i = 0; i <= clients->mask; i++) {
		if (table[i].key == NOBODY)
			continue;
		table[i].key = NOBODY;
		table[i].connections = 0;
	}
}

/* --- connections --------------------------------------------------------------------------- */

/* The slot of key in a table, else the empty one where it would stand, else NULL. */
static struct slot *
find_slot(const struct clients *clients, struct slot *table, uint64_t key)
{
	size_t i = client_hash(clients, key) & clients->mask;

	assert(key != NOBODY);
	for (size_t probes = 0; probes <= clients->mask; probes++, i = (i + 1) & clients->mask) {
		uint64_t found = atomic_load_explicit(&table[i].key, memory_order_relaxed);

		if (found == key || found == NOBODY)
			return &table[i];
	}
	return NULL;
}

static uint32_t
count_in(const struct clients *clients, int worker, uint64_t key)
{
	const struct slot *slot = find_slot(clients, worker_table(clients, worker), key);

	if (slot == NULL || atomic_load_explicit(&slot->key, memory_order_relaxed) != key)
		return 0;
	return atomic_load_explicit(&slot->connections, memory_order_relaxed);
}

int
clients_enter(struct clients *clients, int worker, const struct sockaddr_storage *client)
{
	uint64_t key = client_key(client);
	struct slot *slot;
	uint32_t count = 0;

	if (key == NOBODY)
		return 0;
	slot = find_slot(clients, worker_table(clients, worker), key);
	if (slot != NULL) { /* the table is twice as large as what the owner lets in */
		assert((slot->key == NOBODY) == (slot->connections == 0));
		slot->connections++;
		slot->key = key;
	}
	for (int i = 0; i < clients->workers; i++)
		count += count_in(clients, i, key);
	return (int)count;
}

/* Empties a slot and moves up those behind it that would not be found across the gap. */
static void
remove_slot(struct clients *clients, struct slot *table, size_t gap)
{
	size_t mask = clients->mask, i = gap;

	assert(gap <= mask && table[gap].key != NOBODY && table[gap].connections == 0);
	for (size_t probes = 0; probes < mask; probes++) {
		i = (i + 1) & mask;
		if (table[i].key == NOBODY)
			break;
		size_t home = client_hash(clients, table[i].key) & mask;

		if (((i - home) & mask) < ((i - gap) & mask))
			continue; /* at home behind the gap */
		assert(table[i].connections > 0);
		table[gap].connections = table[i].connections;
		table[gap].key = table[i].key;
		gap = i;
	}
	table[gap].key = NOBODY;
	table[gap].connections = 0;
}

void
clients_leave(struct clients *clients, int worker, const struct sockaddr_storage *client)
{
	uint64_t key = client_key(client);
	struct slot *table = worker_table(clients, worker), *slot;

	if (key == NOBODY)
		return;
	slot = find_slot(clients, table, key);
	if (slot == NULL || slot->key != key)
		return;
	assert(slot->connections > 0); /* or its slot would be empty */
	if (--slot->connections == 0)
		remove_slot(clients, table, (size_t)(slot - table));
}

/* --- requests ------------------------------------------------------------------------------ */

/* The word of the client with that tag, else the one that tells least: whose bucket is full, or
 * will be first. */
static _Atomic uint64_t *
find_word(struct bucket_set *set, uint64_t tag)
{
	_Atomic uint64_t *least = &set->words[0];

	for (size_t i = 0; i < WAYS; i++) {
		if ((set->words[i] & ~TICK_MASK) == tag)
			return &set->words[i];
		if ((set->words[i] & TICK_MASK) < (*least & TICK_MASK))
			least = &set->words[i];
	}
	return least;
}

int
clients_request(
    struct clients *clients, const struct sockaddr_storage *client, int per_minute, int64_t now_ms)
{
	uint64_t key = client_key(client), hash = client_hash(clients, key);
	uint64_t tag = hash & ~TICK_MASK, now = (uint64_t)now_ms * TICKS_PER_MS & TICK_MASK;
	struct bucket_set *set = &clients->buckets[hash & clients->mask];
	uint64_t cost, full_at, seen;
	_Atomic uint64_t *word;

	assert(now_ms >= 0);
	if (per_minute <= 0 || key == NOBODY)
		return 0;
	cost = TICKS_A_MINUTE / (uint64_t)per_minute;
	do {
		word = find_word(set, tag);
		seen = *word;
		full_at = (seen & ~TICK_MASK) == tag ? seen & TICK_MASK : 0;
		if (full_at < now)
			full_at = now;
		full_at += cost;
		if (full_at > now + TICKS_A_MINUTE) {
			uint64_t wait = full_at - now - TICKS_A_MINUTE;
			assert(wait > 0);
			return (int)((wait + 1000 * TICKS_PER_MS - 1) / (1000 * TICKS_PER_MS));
		}
		assert(full_at >= now && full_at - now <= TICKS_A_MINUTE);
	} while (!atomic_compare_exchange_weak(word, &seen, tag | full_at));
	return 0;
}
