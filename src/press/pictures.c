#include "press/pictures.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "picture/picture.h"
#include "store/folder.h"
#include "store/media.h"

static bool
is_link(const struct press *press, const char *path)
{
	struct stat st;

	return fstatat(press->root_fd, path + 1, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISLNK(st.st_mode);
}

static bool
looks_like(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Somebody put another file there while we worked: it goes back, and is looked at when its turn
 * comes. */
static bool
put_back(const struct press *press, const char *path, int former_fd, struct error *err)
{
	struct buffer bytes = BUFFER_EMPTY;

	bool ok = lseek(former_fd, 0, SEEK_SET) == 0 &&
		  folder_read_open(former_fd, SIZE_MAX, &bytes, err) &&
		  folder_write(press->root_fd, path, buffer_text(&bytes), bytes.len, err);
	buffer_free(&bytes);
	if (ok)
		return error_set(err, "it changed while it was cleaned");
	log_error("%s%s: it changed while it was cleaned, and cannot be put back: %s",
	    press->capsule->root, path, err->text);
	return false;
}

/* Opens what lies there now in place of *fd, and gives it the time of change of *st, or almost: a
 * copy of the original laid over it once more, with that very time, has to look different. */
static bool
reopen(const struct press *press, const char *path, int *fd, struct stat *st, struct error *err)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, st->st_mtim};
	int new_fd = -1;

	if (++times[1].tv_nsec == 1000000000)
		times[1] = (struct timespec){times[1].tv_sec + 1, 0};
	if (folder_open(press->root_fd, path, &new_fd, st) != FOLDER_FILE) {
		if (new_fd != -1)
			close(new_fd);
		return error_set(err, "it cannot be opened after it was cleaned");
	}
	close(*fd);
	*fd = new_fd;
	(void)!futimens(new_fd, times); /* failing at that is no loss */
	return fstat(new_fd, st) == 0 || error_set(err, "%s", strerror(errno));
}

static bool
replace(const struct press *press, const char *path, const struct buffer *cleaned, int *fd,
    struct stat *st, struct error *err)
{
	struct stat former;
	int former_fd = -1;

	if (!folder_replace(
		press->root_fd, path, buffer_text(cleaned), cleaned->len, &former_fd, err))
		return false;
	bool is_ours = former_fd != -1 && fstat(former_fd, &former) == 0 && looks_like(&former, st);
	bool ok = former_fd == -1 || is_ours || put_back(press, path, former_fd, err);
	if (former_fd != -1)
		close(former_fd);
	return ok && reopen(press, path, fd, st, err);
}

/* Links to the picture at path are looked at again when it was cleaned, and no others: there may be
 * many, and what waits in the queue would wait for all of them each time. */
static void
queue_linked(struct press *press, const char *path)
{
	char target[FOLDER_PATH_MAX];
	size_t kept = 0;

	for (size_t i = 0; i < press->linked.count; i++) {
		char *link = press->linked.items[i];
		bool leads_on = folder_real_path(press->root_fd, link, target);

		if (leads_on && strcmp(target, path) != 0) {
			press->linked.items[kept++] = link;
			continue;
		}
		if (leads_on)
			works_queue(press, link);
		free(link);
	}
	press->linked.count = kept;
	if (kept == 0)
		strings_free(&press->linked);
}

static enum pictures_result
take_cleaned(struct press *press, const char *path, const struct buffer *cleaned, unsigned found,
    int *fd, struct stat *st, struct error *reason)
{
	struct buffer words = BUFFER_EMPTY;

	picture_put_words(&words, found);
	bool ok = false;
	if (is_link(press, path)) {
		error_set(reason, "it is a link to a picture with %s in it", buffer_text(&words));
		if (!strings_contain(&press->linked, path) && !strings_add(&press->linked, path))
			error_set(reason, "out of memory");
	} else {
		ok = replace(press, path, cleaned, fd, st, reason);
	}
	if (ok) {
		log_notice("%s%s: taken out of the picture: %s", press->capsule->root, path,
		    buffer_text(&words));
		queue_linked(press, path);
	}
	buffer_free(&words);
	return ok ? PICTURES_FINE : PICTURES_AGAIN;
}

static enum pictures_result
tend(struct press *press, const char *path, int *fd, struct stat *st, struct error *reason)
{
	struct buffer bytes = BUFFER_EMPTY, cleaned = BUFFER_EMPTY;
	enum pictures_result result = PICTURES_AGAIN;
	unsigned found;

	bool is_read =
	    lseek(*fd, 0, SEEK_SET) == 0 && folder_read_open(*fd, PICTURE_MAX, &bytes, reason);
	switch (is_read ? picture_clean(
			      (const uint8_t *)bytes.data, bytes.len, &cleaned, &found, reason)
			: PICTURE_BROKEN) {
	case PICTURE_CLEAN:
		result = PICTURES_FINE;
		break;
	case PICTURE_OTHER:
		error_set(reason, "its name is that of a picture, and its bytes are not");
		result = PICTURES_HELD;
		break;
	case PICTURE_CLEANED:
		result = take_cleaned(press, path, &cleaned, found, fd, st, reason);
		break;
	case PICTURE_BROKEN:
	case PICTURE_SEALED:
		result = is_read || bytes.len > PICTURE_MAX ? PICTURES_HELD : PICTURES_AGAIN;
		break;
	case PICTURE_NO_MEMORY:
		error_set(reason, "out of memory");
		break;
	}
	buffer_free(&bytes);
	buffer_free(&cleaned);
	(void)lseek(*fd, 0, SEEK_SET);
	return result;
}

enum pictures_result
pictures_tend(struct press *press, const char *path, int *fd, struct stat *st, struct error *reason)
{
	uint8_t sample[PICTURE_SAMPLE];

	if (press->capsule->keep_metadata)
		return PICTURES_FINE;
	ssize_t n = pread(*fd, sample, sizeof(sample), 0);
	if (n <= 0 || !media_is_picture(path, sample, (size_t)n))
		return PICTURES_FINE;
	enum pictures_result result = tend(press, path, fd, st, reason);
	if (result != PICTURES_FINE)
		error_prefix(reason, "held back: what its camera wrote into the picture cannot be "
				     "taken out");
	return result;
}

bool
pictures_for_history(const struct press *press, const char *path, struct buffer *out,
    const void **bytes, size_t *len)
{
	unsigned found;

	if (press->capsule->keep_metadata || !media_is_picture(path, *bytes, *len))
		return true;
	if (*len > PICTURE_MAX)
		return false;
	switch (picture_clean(*bytes, *len, out, &found, NULL)) {
	case PICTURE_CLEAN:
		return true;
	case PICTURE_CLEANED:
		*bytes = out->data;
		*len = out->len;
		return true;
	case PICTURE_OTHER:
	case PICTURE_BROKEN:
	case PICTURE_SEALED:
	case PICTURE_NO_MEMORY:
		break;
	}
	return false;
}

bool
pictures_are_clean(const struct press *press, const char *path, const void *bytes, size_t len)
{
	struct buffer cleaned = BUFFER_EMPTY;
	const void *kept = bytes;

	bool is_clean = pictures_for_history(press, path, &cleaned, &kept, &len) && kept == bytes;
	buffer_free(&cleaned);
	return is_clean;
}
