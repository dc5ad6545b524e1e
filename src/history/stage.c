#include "history/stage.h"

#include <assert.h>
#include <git2/sys/repository.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 256

struct object {
	git_oid id;
	git_object_t type;
	void *data;
	size_t len;
};

struct stage {
	git_odb_backend backend;    /* first: libgit2 hands us this; freed with the repository */
	git_repository *repository; /* has this backend alone */
	git_odb *disk;
	git_odb_backend *loose; /* writes loose objects to the disk */
	struct object *objects; /* in the order they came */
	size_t count, capacity;
	size_t bytes;
	size_t *slots;     /* hash table of positions in objects, plus one; 0 is free */
	size_t slot_count; /* a power of two, over twice the capacity */
};

/* The table has a free slot always, or a look into it would have no end. */
static void
stage_check(const struct stage *stage)
{
	assert((stage->slot_count & (stage->slot_count - 1)) == 0);
	assert(stage->count <= stage->capacity);
	assert(stage->slot_count == 0 ? stage->capacity == 0
				      : stage->capacity < stage->slot_count / 2);
	assert((stage->slots == NULL) == (stage->slot_count == 0));
	assert(stage->count > 0 || stage->bytes == 0);
}

static size_t
slot_of(const struct stage *stage, const git_oid *id)
{
	uint64_t hash; /* the ID is one already */

	assert(stage->slot_count > 0);
	memcpy(&hash, id->id, sizeof(hash));
	size_t slot = (size_t)hash & (stage->slot_count - 1);
	while (stage->slots[slot] != 0 &&
	       git_oid_cmp(&stage->objects[stage->slots[slot] - 1].id, id) != 0)
		slot = (slot + 1) & (stage->slot_count - 1);
	return slot;
}

static const struct object *
find(const struct stage *stage, const git_oid *id)
{
	size_t at = stage->count == 0 ? 0 : stage->slots[slot_of(stage, id)];

	assert(at <= stage->count);
	return at == 0 ? NULL : &stage->objects[at - 1];
}

static bool
make_room(struct stage *stage)
{
	if (stage->count < stage->capacity)
		return true;
	size_t slot_count = stage->slot_count == 0 ? SLOTS_FIRST : stage->slot_count * 2;
	size_t capacity = slot_count / 2 - 1;
	struct object *objects = realloc(stage->objects, capacity * sizeof(*objects));
	if (objects == NULL)
		return false;
	stage->objects = objects;
	size_t *slots = calloc(slot_count, sizeof(*slots));
	if (slots == NULL)
		return false;

	free(stage->slots);
	stage->slots = slots;
	stage->slot_count = slot_count;
	stage->capacity = capacity;
	for (size_t i = 0; i < stage->count; i++)
		slots[slot_of(stage, &objects[i].id)] = i + 1;
	return true;
}

static int
stage_write(
    git_odb_backend *backend, const git_oid *id, const void *data, size_t len, git_object_t type)
{
	struct stage *stage = (struct stage *)backend;

	if (find(stage, id) != NULL)
		return 0;
	void *copy = malloc(len + 1); /* an empty object has an address too */
	stage_check(stage);
	if (copy == NULL || !make_room(stage)) {
		free(copy);
		git_error_set_oom();
		return GIT_ERROR;
	}
	if (len > 0)
		memcpy(copy, data, len);
	assert(stage->count < stage->capacity);
	stage->slots[slot_of(stage, id)] = stage->count + 1;
	stage->objects[stage->count++] =
	    (struct object){.id = *id, .type = type, .data = copy, .len = len};
	stage->bytes += len;
	stage_check(stage);
	return 0;
}

static int
stage_exists(git_odb_backend *backend, const git_oid *id)
{
	return find((struct stage *)backend, id) != NULL;
}

static int
stage_read_header(
    size_t *out_len, git_object_t *out_type, git_odb_backend *backend, const git_oid *id)
{
	struct stage *stage = (struct stage *)backend;
	const struct object *object = find(stage, id);

	if (object == NULL)
		return git_odb_read_header(out_len, out_type, stage->disk, id);
	*out_len = object->len;
	*out_type = object->type;
	return 0;
}

/* Hands out a copy, as libgit2 wants it. */
static int
copy_out(git_odb_backend *backend, const void *bytes, size_t len, void **out)
{
	char *data = git_odb_backend_data_alloc(backend, len + 1);

	if (data == NULL)
		return GIT_ERROR;
	memcpy(data, bytes, len);
	data[len] = '\0';
	*out = data;
	return 0;
}

static int
read_disk(void **out_data, size_t *out_len, git_object_t *out_type, struct stage *stage,
    const git_oid *id)
{
	git_odb_object *object = NULL;
	int code = git_odb_read(&object, stage->disk, id);

	if (code == 0)
		code = copy_out(&stage->backend, git_odb_object_data(object),
		    git_odb_object_size(object), out_data);
	if (code == 0) {
		*out_len = git_odb_object_size(object);
		*out_type = git_odb_object_type(object);
	}
	git_odb_object_free(object);
	return code;
}

static int
stage_read(void **out_data, size_t *out_len, git_object_t *out_type, git_odb_backend *backend,
    const git_oid *id)
{
	struct stage *stage = (struct stage *)backend;
	const struct object *object = find(stage, id);

	if (object == NULL)
		return read_disk(out_data, out_len, out_type, stage, id);
	*out_len = object->len;
	*out_type = object->type;
	return copy_out(backend, object->data, object->len, out_data);
}

static void
stage_free(git_odb_backend *backend)
{
	struct stage *stage = (struct stage *)backend;

	stage_clear(stage);
	free(stage->objects);
	free(stage->slots);
	if (stage->loose != NULL)
		stage->loose->free(stage->loose);
	git_odb_free(stage->disk);
	free(stage);
}

/* A writer of loose objects that is not asked whether the stage has them already. */
static int
open_loose(struct stage *stage, git_repository *repository)
{
	git_buf path = GIT_BUF_INIT;
	int code = git_repository_item_path(&path, repository, GIT_REPOSITORY_ITEM_OBJECTS);

	if (code == 0)
		code = git_odb_backend_loose(&stage->loose, path.ptr, -1, 1, 0, 0);
	git_buf_dispose(&path);
	return code;
}

/* Opens the repository once more, with the stage for all its objects. */
static int
open_repository(struct stage *stage, const char *path)
{
	git_odb *odb = NULL;
	int code = git_repository_open_bare(&stage->repository, path);

	if (code == 0)
		code = git_odb_new(&odb);
	if (code == 0)
		code = git_odb_add_backend(odb, &stage->backend, 1);
	if (code == 0)
		git_repository_set_odb(stage->repository, odb); /* it cannot fail */
	git_odb_free(odb);
	return code;
}

struct stage *
stage_open(git_repository *repository)
{
	struct stage *stage = calloc(1, sizeof(*stage));

	if (stage == NULL) {
		git_error_set_oom();
		return NULL;
	}
	git_odb_init_backend(&stage->backend, GIT_ODB_BACKEND_VERSION);
	stage->backend.read = stage_read;
	stage->backend.read_header = stage_read_header;
	stage->backend.write = stage_write;
	stage->backend.exists = stage_exists;
	stage->backend.free = stage_free;
	if (git_repository_odb(&stage->disk, repository) == 0 &&
	    open_loose(stage, repository) == 0 &&
	    open_repository(stage, git_repository_path(repository)) == 0)
		return stage;
	git_repository_free(stage->repository);
	stage_free(&stage->backend);
	return NULL;
}

void
stage_close(struct stage *stage)
{
	if (stage != NULL)
		git_repository_free(stage->repository); /* and the stage with it */
}

git_repository *
stage_repository(const struct stage *stage)
{
	return stage->repository;
}

size_t
stage_bytes(const struct stage *stage)
{
	return stage->bytes;
}

static int
write_loose(struct stage *stage)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < stage->count; i++) {
		const struct object *object = &stage->objects[i];
		code = stage->loose->write(
		    stage->loose, &object->id, object->data, object->len, object->type);
	}
	return code;
}

static int
write_pack(struct stage *stage)
{
	git_packbuilder *builder = NULL;
	int code = git_packbuilder_new(&builder, stage->repository);

	if (code == 0)
		git_packbuilder_set_threads(builder, 1);
	for (size_t i = 0; code == 0 && i < stage->count; i++)
		code = git_packbuilder_insert(builder, &stage->objects[i].id, NULL);
	if (code == 0)
		code = git_packbuilder_write(builder, NULL, 0, NULL, NULL);
	git_packbuilder_free(builder);
	return code;
}

int
stage_flush(struct stage *stage)
{
	int code = stage->count < STAGE_LOOSE_MAX ? write_loose(stage) : write_pack(stage);

	if (code == 0)
		stage_clear(stage);
	assert(code != 0 || stage->count == 0);
	return code;
}

void
stage_clear(struct stage *stage)
{
	for (size_t i = 0; i < stage->count; i++)
		free(stage->objects[i].data);
	stage->count = 0;
	stage->bytes = 0;
	if (stage->slots != NULL)
		memset(stage->slots, 0, stage->slot_count * sizeof(*stage->slots));
	stage_check(stage);
}
