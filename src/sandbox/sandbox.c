#include "sandbox/sandbox.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"
#include "sandbox/landlock.h"
#include "sandbox/privileges.h"
#include "sandbox/seccomp.h"

/* The sanitizers' runtime makes calls of its own that no list of ours foresees. */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_FILTER 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_FILTER 0
#endif
#endif
#ifndef HAS_FILTER
#define HAS_FILTER 1
#endif

bool
sandbox_drop(const struct child_setup *setup, struct error *err)
{
	if (!privileges_become(setup->user, setup->uid, setup->gid, err))
		return false;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return error_set(err, "no_new_privs: %s", strerror(errno));
	if (HAS_FILTER && setup->config->server.sandbox &&
	    seccomp_refuse_rings(err) == SECCOMP_FAILED)
		return false;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return error_set(err, "dumpable: %s", strerror(errno));
	/* Becoming somebody else has cleared it. If the supervisor died before, nobody will tell.
	 */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1)
		return error_set(err, "parent death signal: %s", strerror(errno));
	if (getppid() != setup->supervisor_pid)
		return error_set(err, "the supervisor is gone");
	return true;
}

/* --- files --- */

/* What the publisher reads outside: time zones, and the database of file types. */
static const char *const system_files[] = {
    "/usr/share/zoneinfo",
    "/etc/localtime",
    "/etc/magic",
    "/etc/magic.mime",
    "/usr/share/misc/magic",
    "/usr/share/misc/magic.mgc",
    "/usr/share/file",
    "/usr/lib/file",
};

static bool
allow_own_folders(const struct config *config, int rules_fd, int version,
    enum landlock_access access, struct error *err)
{
	if (!landlock_allow(rules_fd, version, config->server.state, access))
		return error_set(
		    err, "Landlock: state %s: %s", config->server.state, strerror(errno));
	for (size_t i = 0; i < config->capsule_count; i++) {
		const struct capsule_config *capsule = &config->capsules[i];
		if (landlock_allow(rules_fd, version, capsule->root, access))
			continue;
		if (errno != ENOENT)
			return error_set(
			    err, "Landlock: root %s: %s", capsule->root, strerror(errno));
		log_warning("root %s of capsule %s is missing: the sandbox opens without it",
		    capsule->root, capsule->host);
	}
	return true;
}

static bool
enter_landlock(const struct config *config, enum sandbox_kind kind, int version, struct error *err)
{
	bool is_publisher = kind == SANDBOX_PUBLISHER;
	int rules_fd = landlock_begin(version, err);

	if (rules_fd == -1)
		return false;
	if (!allow_own_folders(config, rules_fd, version,
		is_publisher ? LANDLOCK_READ_AND_WRITE : LANDLOCK_READ, err)) {
		close(rules_fd);
		return false;
	}
	for (size_t i = 0; is_publisher && i < sizeof(system_files) / sizeof(system_files[0]); i++)
		landlock_allow(rules_fd, version, system_files[i], LANDLOCK_READ);
	return landlock_enforce(rules_fd, err);
}

/* --- both, and what the log says --- */

static bool
enter_seccomp(enum sandbox_kind kind, const char **out_words, struct error *err)
{
	if (!HAS_FILTER) {
		*out_words = "no seccomp (this is a build with AddressSanitizer)";
		return true;
	}
	switch (seccomp_enter(kind, err)) {
	case SECCOMP_ON:
		*out_words = "seccomp";
		return true;
	case SECCOMP_ABSENT:
		*out_words = "no seccomp (the kernel lacks it)";
		return true;
	case SECCOMP_FAILED:
		break;
	}
	return false;
}

/* Before the first version with REFER, nothing may be renamed from folder to folder: history and
 * printing need that, so the publisher goes without Landlock there. */
static bool
is_enough(int version, enum sandbox_kind kind)
{
	return version >= (kind == SANDBOX_PUBLISHER ? 2 : 1);
}

/* One line, said by the first worker and the publisher: the other workers are like the first. */
static void
say(const struct child_setup *setup, const char *landlock, const char *seccomp)
{
	char who[80];

	if (setup->worker > 0)
		return;
	if (setup->user[0] != '\0')
		snprintf(who, sizeof(who), "user %s", setup->user);
	else
		snprintf(who, sizeof(who), "user %s", geteuid() == 0 ? "root" : "as started");
	log_notice("sandbox: %s, %s, %s", who, landlock, seccomp);
}

bool
sandbox_enter(const struct child_setup *setup, enum sandbox_kind kind, struct error *err)
{
	char landlock[64] = "no Landlock (the kernel lacks it)";
	const char *seccomp;

	if (!setup->config->server.sandbox) {
		say(setup, "no Landlock", "no seccomp ([server] sandbox = no)");
		return true;
	}
	int version = landlock_version();
	if (is_enough(version, kind)) {
		if (!enter_landlock(setup->config, kind, version, err))
			return false;
		snprintf(landlock, sizeof(landlock), "Landlock ABI %d", version);
	}
	if (!enter_seccomp(kind, &seccomp, err))
		return false;
	say(setup, landlock, seccomp);
	return true;
}
