#include "workshop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/wait.h>

#include "store/database.h"

/* Where the first half of the index's header has its count of changes (SQLite, walformat). */
#define CHANGES_AT 8

enum { READ };
static const char *const texts[] = {[READ] = "SELECT value FROM t"};

static struct workshop shop; /* for its folder */
static char path[600];
static struct database database;
static pid_t writer_pid;
static int leave_fd; /* closed, the writer goes */

static sqlite3_syscall_ptr real_open;
static int (*real_sleep)(sqlite3_vfs *, int);
static int index_fd;
static int naps, naps_until_mended;

/* As for a worker, which may not write to the index of the log. */
static int
open_as_a_worker(const char *name, int flags, int mode)
{
	size_t len = strlen(name);

	if (len > 4 && strcmp(name + len - 4, "-shm") == 0 && (flags & O_ACCMODE) != O_RDONLY) {
		errno = EACCES;
		return -1;
	}
	return ((int (*)(const char *, int, int))real_open)(name, flags, mode);
}

static void
flip(void)
{
	unsigned char byte;

	assert_int_equal(pread(index_fd, &byte, 1, CHANGES_AT), 1);
	byte ^= 1;
	assert_int_equal(pwrite(index_fd, &byte, 1, CHANGES_AT), 1);
}

/* Instead of sleeping: what happens elsewhere meanwhile. */
static int
nap(sqlite3_vfs *vfs, int us)
{
	(void)vfs;
	if (++naps == naps_until_mended)
		flip();
	return us;
}

/* A process that has written once and keeps the database open, as the publisher does. */
static void
writer_live(int ready_fd, int end_fd)
{
	sqlite3 *db;
	char byte;

	sqlite3_open(path, &db);
	sqlite3_exec(db,
	    "PRAGMA journal_mode = WAL; CREATE TABLE t (value); INSERT INTO t VALUES (7)", NULL,
	    NULL, NULL);
	close(ready_fd);
	_exit(read(end_fd, &byte, 1) != 0);
}

static void
writer_start(void)
{
	int ready[2], end[2];
	char byte;

	assert_int_equal(pipe(ready) | pipe(end), 0);
	writer_pid = fork();
	if (writer_pid == 0) {
		close(ready[0]);
		close(end[1]);
		writer_live(ready[1], end[0]);
	}
	close(ready[1]);
	close(end[0]);
	assert_int_equal(read(ready[0], &byte, 1), 0);
	close(ready[0]);
	leave_fd = end[1];
}

static int
set_up(void **state)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	struct error err;
	char index[sizeof(path) + 4];

	(void)state;
	workshop_open(&shop);
	snprintf(path, sizeof(path), "%s/database", shop.folder);
	snprintf(index, sizeof(index), "%s-shm", path);
	writer_start();
	index_fd = open(index, O_RDWR | O_CLOEXEC);
	real_open = vfs->xGetSystemCall(vfs, "open");
	vfs->xSetSystemCall(vfs, "open", (sqlite3_syscall_ptr)open_as_a_worker);
	real_sleep = vfs->xSleep;
	vfs->xSleep = nap;
	naps = naps_until_mended = 0;
	return !database_open(&database, path, DATABASE_READ, texts, 1, &err);
}

static int
tear_down(void **state)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	int status;

	(void)state;
	database_close(&database);
	vfs->xSetSystemCall(vfs, "open", NULL);
	vfs->xSleep = real_sleep;
	close(index_fd);
	close(leave_fd);
	waitpid(writer_pid, &status, 0);
	workshop_close(&shop);
	return status;
}

static void
assert_is_read(void)
{
	sqlite3_stmt *row = database_statement(&database, READ);

	assert_true(database_step(&database, row));
	assert_int_equal(sqlite3_column_int(row, 0), 7);
	assert_int_equal(database.trouble, DATABASE_FINE);
	sqlite3_reset(row);
}

static void
test_reader_waits_for_a_commit_to_be_whole(void **state)
{
	(void)state;
	assert_is_read();
	assert_int_equal(naps, 0);
	flip();
	naps_until_mended = 3;
	assert_is_read();
	assert_int_equal(naps, 3);
}

static void
test_reader_does_not_wait_for_ever(void **state)
{
	(void)state;
	assert_is_read();
	flip();
	assert_false(database_step(&database, database_statement(&database, READ)));
	assert_int_equal(database.trouble, DATABASE_FAILED);
	assert_in_range(naps, 10, 1000);
	flip();
	database_forgive(&database);
	assert_is_read();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_reader_waits_for_a_commit_to_be_whole),
	    TEST(test_reader_does_not_wait_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
