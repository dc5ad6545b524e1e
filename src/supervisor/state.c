#include "supervisor/state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/io.h"
#include "ipc/unix_socket.h"

#define FOLDER_MODE  0700
#define PARENT_MODE  0755
#define CONTROL_MODE 0600
#define DEPTH_MAX    32 /* of folders below the state folder: git needs four */

static bool
is_staying(const struct user *user)
{
	return user->uid == (uid_t)-1;
}

static int
open_folder(int parent_fd, const char *name)
{
	return openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static bool give_entries(int folder_fd, const struct user *user, int depth);

/* Gives one entry of a folder. By descriptor and never through a link: whoever may write there
 * must not make root give away something else. */
static bool
give_entry(int folder_fd, const char *name, const struct user *user, int depth)
{
	int fd = open_folder(folder_fd, name);

	if (fd == -1)
		return fchownat(folder_fd, name, user->uid, user->gid, AT_SYMLINK_NOFOLLOW) == 0;
	bool ok = give_entries(fd, user, depth + 1);
	close(fd);
	return ok;
}

/* The folder itself goes last: until then its owner tells that the rest is not done yet. */
static bool
give_entries(int folder_fd, const struct user *user, int depth)
{
	DIR *listing = io_open_listing(folder_fd);
	struct dirent *entry;
	bool ok = listing != NULL && depth < DEPTH_MAX;

	while (ok && (entry = readdir(listing)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			ok = give_entry(folder_fd, entry->d_name, user, depth);
	if (listing != NULL)
		closedir(listing);
	return ok && fchown(folder_fd, user->uid, user->gid) == 0;
}

/* Makes sure that the folder is the user's. Root may give away what is root's own, not what
 * another user can still write to. */
static bool
give(int folder_fd, const char *path, const struct user *user, struct error *err)
{
	struct stat st;

	if (is_staying(user))
		return true;
	if (fstat(folder_fd, &st) == -1)
		return error_set(err, "state %s: %s", path, strerror(errno));
	if (st.st_uid == user->uid)
		return true;
	if (st.st_uid != geteuid())
		return error_set(err, "state %s belongs to user %ld: expected %s (chown -R %s %s)",
		    path, (long)st.st_uid, user->name, user->name, path);
	if (!give_entries(folder_fd, user, 0))
		return error_set(err, "state %s could not be given to %s: %s", path, user->name,
		    strerror(errno));
	return true;
}

/* Makes the folder name in parent_fd and returns it open, or -1 with the reason. */
static int
make_folder(
    int parent_fd, const char *name, const char *path, const struct user *user, struct error *err)
{
	if (mkdirat(parent_fd, name, FOLDER_MODE) == -1 && errno != EEXIST) {
		error_set(err, "state %s: %s", path, strerror(errno));
		return -1;
	}
	int fd = open_folder(parent_fd, name);
	if (fd == -1) {
		error_set(err, "state %s: %s", path, strerror(errno));
		return -1;
	}
	if (!give(fd, path, user, err)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Makes the folders above path that are missing. Failures show when path itself is made. */
static void
make_parents(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, PARENT_MODE);
		*slash = '/';
	}
}

static bool
has_entry(int folder_fd, const char *name)
{
	struct stat st;

	return fstatat(folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool
is_empty(int folder_fd)
{
	int listing_fd = open_folder(folder_fd, ".");
	DIR *listing = listing_fd == -1 ? NULL : fdopendir(listing_fd);
	struct dirent *entry;
	bool is_empty = listing != NULL;

	while (is_empty && (entry = readdir(listing)) != NULL)
		is_empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
			   strcmp(entry->d_name, "lost+found") == 0; /* of a fresh disk */
	if (listing != NULL)
		closedir(listing);
	else if (listing_fd != -1)
		close(listing_fd);
	return is_empty;
}

/* Whether there is nothing to give, or the folder is one of ours, or to become one: what
 * `state = /var/lib` would name stays root's. */
static bool
may_be_given(int folder_fd, const struct settings *settings)
{
	const struct config *config = settings->config;
	bool is_ours = has_entry(folder_fd, "lock") || has_entry(folder_fd, "editors");
	struct stat st;

	if (is_staying(&settings->user) || fstat(folder_fd, &st) == -1 || st.st_uid != geteuid() ||
	    st.st_uid == settings->user.uid)
		return true;
	for (size_t i = 0; i < config->capsule_count; i++)
		is_ours = is_ours || has_entry(folder_fd, config->capsules[i].host);
	return is_ours || is_empty(folder_fd);
}

/* The state folder itself may be a symbolic link: that is the admin's business. */
static int
open_state(const struct settings *settings, struct error *err)
{
	const char *state = settings->config->server.state;
	struct buffer path = BUFFER_EMPTY;

	buffer_puts(&path, state);
	if (path.failed) {
		error_set(err, "out of memory");
		return -1;
	}
	make_parents(path.data);
	buffer_free(&path);
	if (mkdir(state, FOLDER_MODE) == -1 && errno != EEXIST) {
		error_set(err, "state %s: %s", state, strerror(errno));
		return -1;
	}
	int fd = open(state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1) {
		error_set(err, "state %s: %s", state, strerror(errno));
		return -1;
	}
	bool ok = may_be_given(fd, settings) ||
		  error_set(err,
		      "state %s holds what is not ours: expected an empty folder, or one that the "
		      "server has made (chown %s %s, if it is meant)",
		      state, settings->user.name, state);
	if (!ok || !give(fd, state, &settings->user, err)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

bool
state_prepare(const struct settings *settings, struct error *err)
{
	const struct config *config = settings->config;
	int state_fd = open_state(settings, err);
	bool ok = state_fd != -1;

	for (size_t i = 0; ok && i < config->capsule_count; i++) {
		struct buffer path = BUFFER_EMPTY;
		const char *host = config->capsules[i].host;
		buffer_printf(&path, "%s/%s", config->server.state, host);
		int fd = make_folder(state_fd, host, buffer_text(&path), &settings->user, err);
		ok = fd != -1;
		if (ok)
			close(fd);
		buffer_free(&path);
	}
	if (state_fd != -1)
		close(state_fd);
	return ok;
}

static bool
control_path(const struct settings *settings, struct buffer *out)
{
	buffer_printf(out, "%s/control.sock", settings->config->server.state);
	return !out->failed;
}

int
state_control_open(const struct settings *settings, struct error *err)
{
	const struct user *user = &settings->user;
	struct buffer path = BUFFER_EMPTY;
	int fd = -1;

	if (!control_path(settings, &path)) {
		error_set(err, "out of memory");
		return -1;
	}
	fd = unix_socket_listen(path.data, SOCK_SEQPACKET, CONTROL_MODE, err);
	if (fd != -1 && !is_staying(user) && lchown(path.data, user->uid, user->gid) == -1) {
		error_set(err, "%s: %s", path.data, strerror(errno));
		close(fd);
		fd = -1;
	}
	buffer_free(&path);
	return fd;
}

void
state_control_unlink(const struct settings *settings)
{
	struct buffer path = BUFFER_EMPTY;

	if (control_path(settings, &path))
		unlink(path.data);
	buffer_free(&path);
}
