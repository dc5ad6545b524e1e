#include "press/queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static char **
slot(const struct queue *queue, size_t position)
{
	return &queue->paths[(queue->first + position) % queue->capacity];
}

static bool
grow(struct queue *queue)
{
	size_t capacity = queue->capacity == 0 ? 64 : queue->capacity * 2;
	char **paths = calloc(capacity, sizeof(*paths));

	if (paths == NULL)
		return false;
	for (size_t i = 0; i < queue->count; i++)
		paths[i] = *slot(queue, i);
	free(queue->paths);
	queue->paths = paths;
	queue->first = 0;
	queue->capacity = capacity;
	return true;
}

void
queue_check(const struct queue *queue)
{
	assert(queue->count <= queue->capacity);
	assert(queue->count <= QUEUE_MAX);
	assert((queue->paths == NULL) == (queue->capacity == 0));
	assert(queue->first < queue->capacity || queue->first == 0);
}

enum queue_result
queue_add(struct queue *queue, const char *path)
{
	/* A file that is written in pieces makes one event a piece. */
	if (queue->count > 0 && strcmp(*slot(queue, queue->count - 1), path) == 0)
		return QUEUE_TAKEN;
	if (queue->count == QUEUE_MAX || (queue->count == queue->capacity && !grow(queue)))
		return QUEUE_FULL;
	char *copy = strdup(path);
	if (copy == NULL)
		return QUEUE_FULL;
	*slot(queue, queue->count++) = copy;
	queue_check(queue);
	return QUEUE_TAKEN;
}

char *
queue_take(struct queue *queue)
{
	if (queue->count == 0)
		return NULL;
	char *path = *slot(queue, 0);
	assert(path != NULL);
	queue->first = (queue->first + 1) % queue->capacity;
	queue->count--;
	return path;
}

void
queue_clear(struct queue *queue)
{
	for (char *path; (path = queue_take(queue)) != NULL;)
		free(path);
	free(queue->paths);
	*queue = (struct queue){0};
}
