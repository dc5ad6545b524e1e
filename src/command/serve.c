/*
 * serve - the life of the server: parse, open what needs privilege, then supervise.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "command/command.h"
#include "command/credentials.h"
#include "command/options.h"
#include "config/load.h"
#include "net/access_log.h"
#include "supervisor/descriptors.h"
#include "supervisor/orphans.h"
#include "supervisor/state.h"
#include "supervisor/state_lock.h"
#include "supervisor/supervisor.h"

static const char usage_text[] =
    "usage: broadsheet serve [-c FILE]\n"
    "\n"
    "Serves the publications in the foreground until SIGTERM. One line on standard output tells\n"
    "when all is ready: serving gemini://example.org:1965/\n"
    "\n"
    "  SIGHUP, SIGUSR1   read the ini file again and reopen the logs\n"
    "  SIGUSR2           execute the new binary in place\n"
    "  SIGTERM, SIGINT   finish running requests, 5 seconds at most, and end\n";

static const struct usage usage = {.text = usage_text};

/* A failure before anything runs: one line for whoever typed the command. */
static int
fail(int status, const struct error *err)
{
	fprintf(stderr, "broadsheet: %s\n", err->text);
	return status;
}

/* The lock is the user's too, so that a verb working alone may take it when no server runs. */
static bool
take_lock(struct supervisor_setup *setup, struct error *err)
{
	const struct user *user = &setup->settings->user;

	setup->lock_fd = state_lock_take(setup->settings->config->server.state, err);
	if (setup->lock_fd == -1)
		return false;
	if (user->uid != (uid_t)-1 && fchown(setup->lock_fd, user->uid, user->gid) == -1)
		return error_set(err, "state lock: %s", strerror(errno));
	return true;
}

static bool
open_listeners(struct supervisor_setup *setup, struct error *err)
{
	const struct settings *settings = setup->settings;

	return listeners_open(
	    &settings->config->server.listen, NULL, settings->user.gid, &setup->listeners, err);
}

static bool
open_control(struct supervisor_setup *setup, struct error *err)
{
	setup->commons.control_fd = state_control_open(setup->settings, err);
	return setup->commons.control_fd != -1;
}

/* Orphans may still have the sockets. */
static bool
open_in_time(bool (*open)(struct supervisor_setup *, struct error *),
    struct supervisor_setup *setup, struct error *err)
{
	int waited_ms = 0;

	while (!open(setup, err))
		if (!orphans_wait(&waited_ms))
			return false;
	return true;
}

/* The sockets of a first start: those a service manager left, else those of the ini file. */
static bool
open_sockets(struct supervisor_setup *setup, struct error *err)
{
	struct listeners inherited;

	if (!listeners_inherit(&inherited, err))
		return false;
	setup->listeners = inherited;
	return (inherited.count > 0 || open_in_time(open_listeners, setup, err)) &&
	       open_in_time(open_control, setup, err);
}

static bool
make_ticket_key(struct commons *commons, struct error *err)
{
	ssize_t len = sizeof(commons->ticket_key);

	if (getrandom(commons->ticket_key, (size_t)len, 0) != len)
		return error_set(err, "no random numbers: %s", strerror(errno));
	return true;
}

static bool
start_first(struct supervisor_setup *setup, struct error *err)
{
	access_log_publish(&setup->settings->config->log); /* nobody writes to another one */
	return state_prepare(setup->settings, err) && take_lock(setup, err) &&
	       open_sockets(setup, err) && make_ticket_key(&setup->commons, err);
}

/* After an upgrade: lock, sockets and ticket key are there, and so are the children. A new address
 * that cannot be had is no reason to leave readers alone with the old ones. */
static bool
start_upgraded(struct supervisor_setup *setup, struct handover *handover, struct error *err)
{
	const struct strings *addresses = &setup->settings->config->server.listen;

	setup->lock_fd = handover->lock_fd;
	setup->commons.control_fd = handover->control_fd;
	setup->adopted = handover->children;
	memcpy(setup->commons.ticket_key, handover->ticket_key, sizeof(handover->ticket_key));
	if (!state_prepare(setup->settings, err))
		return false;
	if (!listeners_open(addresses, &handover->listeners, setup->settings->user.gid,
		&setup->listeners, err)) {
		log_error("%s: going on with the addresses from before the upgrade", err->text);
		setup->listeners = handover->listeners;
		return true;
	}
	listeners_forget(&handover->listeners, &setup->listeners);
	listeners_unlink(&handover->listeners);
	listeners_close(&handover->listeners);
	return true;
}

static bool
start(struct supervisor_setup *setup, struct error *err)
{
	const struct config *config = setup->settings->config;
	struct handover handover;

	setup->commons.board = scoreboard_new(&setup->commons.board_memory);
	if (setup->commons.board == NULL)
		return error_set(err, "out of memory");
	setup->commons.supervisor_pid = getpid();
	setup->commons.board->supervisor_pid = setup->commons.supervisor_pid;
	setup->commons.board->started = time(NULL);
	if (!access_log_open(&config->log, err))
		return false;
	switch (upgrade_receive(&handover, err)) {
	case UPGRADE_NONE:
		return start_first(setup, err);
	case UPGRADE_RECEIVED:
		return start_upgraded(setup, &handover, err);
	case UPGRADE_BROKEN:
		break;
	}
	return false;
}

/* An upgrade goes on with what it has: a certificate that was spoiled meanwhile ends nothing. */
static bool
may_start(const struct config *config)
{
	return upgrade_is_under_way() || credentials_look(config);
}

static void
warn_about_root(const struct config *config)
{
	if (geteuid() == 0 && config->server.user == NULL)
		log_warning(
		    "started as root, and [server] user is not set: all processes stay root");
}

int
command_serve(int argc, char **argv)
{
	struct options options;
	struct error err;
	struct supervisor_setup setup = {.lock_fd = -1, .commons = {.control_fd = -1}};
	int status = options_read(&usage, argc, argv, &options);

	if (status != OPTIONS_GO_ON)
		return status;
	struct config *config = options_config(&options, CONFIG_TO_SERVE);
	if (config == NULL)
		return EXIT_USAGE;
	if (!may_start(config)) {
		config_free(config);
		return EXIT_USAGE;
	}

	log_set_name("supervisor");
	log_set_json(config->log.json);
	descriptors_raise();
	setup.settings = settings_new(config, &err);
	if (setup.settings == NULL) {
		config_free(config);
		return fail(EXIT_USAGE, &err);
	}
	setup.config_path =
	    options.config_path != NULL ? options.config_path : config_default_path();
	if (!program_find(&setup.program, options.config_path, &err) || !start(&setup, &err)) {
		listeners_unlink(&setup.listeners);
		settings_drop(setup.settings);
		return fail(EXIT_FAILED, &err);
	}
	warn_about_root(config);
	return supervisor_run(&setup);
}
