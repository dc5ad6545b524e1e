#include "press/root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"

void
root_open(struct press *press)
{
	struct stat st;

	press->root_fd = open(press->capsule->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (press->root_fd == -1 || fstat(press->root_fd, &st) == -1) {
		log_error("%s: root %s: %s; waiting for it", press->capsule->host,
		    press->capsule->root, strerror(errno));
		press->root_is_missing = true;
		return;
	}
	press->root_device = st.st_dev;
	press->root_inode = st.st_ino;
}

/* Whether nothing but hidden files is in the root. */
static bool
is_empty(const struct press *press)
{
	struct dirent *entry;
	bool is_empty = true;

	DIR *dir = io_open_listing(press->root_fd);
	if (dir == NULL)
		return false;
	/* cppcheck-suppress readdirCalled ; nobody else reads this stream */
	while (is_empty && (entry = readdir(dir)) != NULL)
		is_empty = entry->d_name[0] == '.';
	closedir(dir);
	return is_empty;
}

static bool
has_printed(struct press *press)
{
	struct edition_writer *edition = works_first(press);
	struct edition_counts counts;

	if (edition == NULL)
		return false;
	writer_counts(edition, &counts);
	return counts.articles > 0;
}

static bool
is_lost(struct press *press, const char *reason)
{
	if (!press->root_is_missing)
		log_error("%s: root %s: %s; the last edition stands, waiting for the files",
		    press->capsule->host, press->capsule->root, reason);
	press->root_is_missing = true;
	return false;
}

static bool
is_replaced(struct press *press)
{
	log_notice("%s: root %s is another folder now", press->capsule->host, press->capsule->root);
	press->root_was_replaced = true;
	return false;
}

bool
root_is_usable(struct press *press)
{
	const char *root = press->capsule->root;
	struct stat st;

	if (press->root_was_replaced)
		return false;
	if (stat(root, &st) == -1)
		return is_lost(press, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return is_lost(press, "is not a folder");
	if (press->root_fd == -1) /* the sandbox was built without it */
		return access(root, R_OK | X_OK) == 0 && is_replaced(press);
	if (st.st_dev != press->root_device || st.st_ino != press->root_inode)
		return is_replaced(press);
	if (is_empty(press) && has_printed(press))
		return is_lost(press, "is empty");
	if (press->root_is_missing) {
		log_notice("%s: root %s is back", press->capsule->host, root);
		press->root_is_missing = false;
		works_rescan(press);
	}
	return true;
}
