#include "command/alone.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <unistd.h>

#include "process/state.h"
#include "process/state_lock.h"
#include "process/writer_lock.h"

/* So that what is written belongs to whoever the server will be. */
static bool
become(const struct user *user, struct error *err)
{
	if (user->uid == (uid_t)-1)
		return true;
	if (initgroups(user->name, user->gid) == -1 || setgid(user->gid) == -1 ||
	    setuid(user->uid) == -1)
		return error_set(err, "becoming user %s: %s", user->name, strerror(errno));
	return true;
}

bool
alone_begin(struct config *config, struct alone *out, struct error *err)
{
	struct alone alone = {.state_lock_fd = -1, .writer_lock_fd = -1};

	alone.settings = settings_new(config, err);
	if (alone.settings == NULL) {
		config_free(config);
		return false;
	}
	const char *state = config->server.state;
	if (!state_prepare(alone.settings, err))
		goto failed;
	alone.state_lock_fd = state_lock_take(state, err);
	if (alone.state_lock_fd == -1 || !become(&alone.settings->user, err))
		goto failed;
	alone.writer_lock_fd = writer_lock_take(state, err);
	if (alone.writer_lock_fd == -1)
		goto failed;
	*out = alone;
	return true;
failed:
	alone_end(&alone);
	return false;
}

void
alone_end(struct alone *alone)
{
	if (alone->writer_lock_fd != -1)
		close(alone->writer_lock_fd);
	if (alone->state_lock_fd != -1)
		close(alone->state_lock_fd);
	settings_drop(alone->settings);
}
