/* What a child can do to the pieces that are not its own: each attempt is made by a child. */
#include "check.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/shared.h"

#define PIECES 4
#define OWN    1
#define OTHER  2

static struct shared shared;

static int
open_pieces(void **state)
{
	(void)state;
	return !shared_open(&shared, 100, PIECES);
}

static int
close_pieces(void **state)
{
	(void)state;
	shared_close(&shared);
	return 0;
}

static volatile char *
piece(size_t number)
{
	return shared.memory + number * shared.piece_bytes;
}

/* --- attempts: each returns whether it worked --- */

static bool
read_all(void)
{
	return piece(0)[0] == 'a' && piece(OWN)[0] == 'b' && piece(OTHER)[0] == 'c';
}

static bool
write_own(void)
{
	piece(OWN)[0] = 'B';
	return true;
}

static bool
write_other(void)
{
	piece(OTHER)[0] = 'X';
	return true;
}

static bool
write_first(void)
{
	piece(0)[0] = 'X';
	return true;
}

static bool
write_twin(void)
{
	*(volatile char *)(shared.twins + OWN * shared.piece_bytes) = 'X';
	return true;
}

static bool
make_other_writable(void)
{
	return mprotect((char *)piece(OTHER), shared.piece_bytes, PROT_READ | PROT_WRITE) == 0;
}

static bool
write_past_own(void)
{
	char *longer =
	    mremap((char *)piece(OWN), shared.piece_bytes, 2 * shared.piece_bytes, MREMAP_MAYMOVE);

	if (longer == MAP_FAILED)
		return false;
	*(volatile char *)(longer + shared.piece_bytes) = 'X';
	return true;
}

static bool
punch_other(void)
{
	return madvise((char *)piece(OTHER), shared.piece_bytes, MADV_REMOVE) == 0;
}

/* --- trying them --- */

/* What became of a child that makes an attempt: a signal, 0 (worked) or -1 (was refused). */
static int
outcome_of(bool (*attempt)(void), bool is_settled)
{
	int status;

	assert_true(shared_lend(&shared, OWN, true));
	pid_t pid = fork();
	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL); /* cmocka would go on with the next test */
		signal(SIGBUS, SIG_DFL);
		if (is_settled && !shared_settle(&shared, OWN))
			_exit(99);
		_exit(attempt() ? 0 : 1);
	}
	assert_true(shared_lend(&shared, OWN, false));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		return WTERMSIG(status);
	assert_int_not_equal(WEXITSTATUS(status), 99);
	return -WEXITSTATUS(status);
}

static bool
has_failed(int outcome)
{
	return outcome == SIGSEGV || outcome == SIGBUS || outcome == -1;
}

static void
child_reads_all_and_writes_its_own(void **state)
{
	(void)state;
	piece(0)[0] = 'a';
	piece(OWN)[0] = 'b';
	piece(OTHER)[0] = 'c';
	assert_int_equal(outcome_of(read_all, true), 0);
	assert_int_equal(outcome_of(write_own, true), 0);
	assert_int_equal(piece(OWN)[0], 'B');
	piece(OWN)[0] = 'b';
}

static void
child_cannot_write_what_is_not_its_own(void **state)
{
	static const struct {
		const char *label;
		bool (*attempt)(void);
	} cases[] = {
	    {"another's piece", write_other},
	    {"the first piece", write_first},
	    {"its own where it is to be read", write_twin},
	    {"another's piece, made writable", make_other_writable},
	    {"behind its own, made longer", write_past_own},
	    {"a hole in another's", punch_other},
	};

	(void)state;
	piece(0)[0] = 'a';
	piece(OTHER)[0] = 'c';
	for (size_t i = 0; i < ROWS(cases); i++) {
		check_row(cases[i].label, has_failed(outcome_of(cases[i].attempt, true)));
		check_row(cases[i].label, piece(0)[0] == 'a' && piece(OTHER)[0] == 'c');
	}
}

static void
child_that_has_not_settled_cannot_write_either(void **state)
{
	(void)state;
	assert_true(has_failed(outcome_of(write_other, false)));
	assert_true(has_failed(outcome_of(write_first, false)));
}

static void
pieces_are_zeroed_and_whole_pages(void **state)
{
	(void)state;
	assert_int_equal(shared.piece_bytes % (size_t)sysconf(_SC_PAGESIZE), 0);
	for (size_t i = 0; i < PIECES * shared.piece_bytes; i++)
		assert_int_equal(shared.memory[i], 0);
}

static void
what_does_not_fit_is_refused(void **state)
{
	struct shared none = {0};

	(void)state;
	errno = 0;
	assert_false(shared_open(&none, (size_t)1 << 46, 64));
	assert_int_not_equal(errno, 0);
	assert_null(none.memory);
	shared_close(&none);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pieces_are_zeroed_and_whole_pages),
	    cmocka_unit_test(child_reads_all_and_writes_its_own),
	    cmocka_unit_test(child_cannot_write_what_is_not_its_own),
	    cmocka_unit_test(child_that_has_not_settled_cannot_write_either),
	    cmocka_unit_test(what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, open_pieces, close_pieces);
}
