#include "command/alone.h"

#include <unistd.h>

#include "publisher/writer_lock.h"
#include "sandbox/privileges.h"
#include "supervisor/state.h"
#include "supervisor/state_lock.h"

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
	const struct user *user = &alone.settings->user; /* whose is what the server writes */
	if (alone.state_lock_fd == -1 || !privileges_become(user->name, user->uid, user->gid, err))
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
