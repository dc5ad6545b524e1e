#include "history/history.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <git2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/text.h"
#include "history/git_name.h"
#include "history/history_inside.h"

#define BRANCH       "refs/heads/main"
#define CACHE_BYTES  (16 * 1024 * 1024)
#define MAPPED_BYTES (64 * 1024 * 1024)

bool
history_failure(struct error *err, const char *doing)
{
	const git_error *error = git_error_last();

	return error_set(err, "history: %s: %s", doing,
	    error == NULL || error->message == NULL ? "unknown error" : error->message);
}

/* No configuration from outside: below a sandbox it cannot be read, and must not matter. */
static void
set_options(void)
{
	git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_SYSTEM, "");
	git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_XDG, "");
	git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL, "");
	git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_PROGRAMDATA, "");
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)CACHE_BYTES);
	git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)MAPPED_BYTES);
}

/* libgit2 would say "config value 'safe.directory' was not found", which helps nobody. */
static bool
prepare_folder(const char *path, struct error *err)
{
	struct stat st;

	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		return error_set(err, "history: making %s: %s", path, strerror(errno));
	if (stat(path, &st) == -1)
		return error_set(err, "history: %s: %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return error_set(err, "history: %s: a folder was expected", path);
	if (st.st_uid != geteuid())
		return error_set(err,
		    "history: %s belongs to user %ld, we run as user %ld: "
		    "try chown -R %ld %s",
		    path, (long)st.st_uid, (long)geteuid(), (long)geteuid(), path);
	return true;
}

/* What a killed process leaves: nobody else writes here, so nobody else holds a lock. (The
 * temporary files of git itself, which an admin may run, have other names.) */
static void
remove_leavings(const char *path)
{
	static const struct {
		const char *folder, *prefix, *ending;
	} leavings[] = {
	    {"", "", ".lock"},
	    {"refs", "", ".lock"},
	    {"refs/heads", "", ".lock"},
	    {"objects", "tmp_object_git2_", ""},
	    {"objects/pack", "pack_git2_", ""},
	};

	for (size_t i = 0; i < sizeof(leavings) / sizeof(*leavings); i++) {
		char folder[HISTORY_PATH_BYTES];
		struct dirent *entry;

		snprintf(folder, sizeof(folder), "%s/%s", path, leavings[i].folder);
		DIR *dir = opendir(folder);
		/* cppcheck-suppress readdirCalled ; nobody else reads this stream */
		while (dir != NULL && (entry = readdir(dir)) != NULL)
			if (text_starts(entry->d_name, leavings[i].prefix) &&
			    text_ends(entry->d_name, leavings[i].ending))
				unlinkat(dirfd(dir), entry->d_name, 0);
		if (dir != NULL)
			closedir(dir);
	}
}

/* Making it again is harmless, and completes one that was cut short. */
static int
open_or_make(git_repository **out, const char *path)
{
	git_repository_init_options options;

	if (git_repository_open_bare(out, path) == 0)
		return 0;
	git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	options.flags = GIT_REPOSITORY_INIT_BARE;
	options.initial_head = "main";
	return git_repository_init_ext(out, path, &options);
}

/* Takes the commit that BRANCH points to as the newest one; there may be none yet. */
static int
read_head(struct history *history)
{
	git_oid id;
	git_commit *commit = NULL;
	git_tree *tree = NULL;

	int code = git_reference_name_to_id(&id, history->repository, BRANCH);
	if (code == GIT_ENOTFOUND)
		return 0;
	if (code == 0)
		code = git_commit_lookup(&commit, history->repository, &id);
	if (code == 0)
		code = git_commit_tree(&tree, commit);
	if (code == 0) {
		git_tree_free(history->tree);
		history->tree = tree;
		git_oid_tostr(history->head, sizeof(history->head), &id);
	}
	git_commit_free(commit);
	return code;
}

struct history *
history_open(const char *path, struct error *err)
{
	struct history *history = calloc(1, sizeof(*history));

	if (history == NULL) {
		error_set(err, "out of memory");
		return NULL;
	}
	git_libgit2_init();
	set_options();
	if (!prepare_folder(path, err))
		goto failed;
	remove_leavings(path);
	if (open_or_make(&history->repository, path) != 0 ||
	    (history->stage = stage_open(history->repository)) == NULL ||
	    git_treebuilder_new(&history->names, stage_repository(history->stage), NULL) != 0 ||
	    read_head(history) != 0) {
		history_failure(err, path);
		goto failed;
	}
	return history;
failed:
	history_close(history);
	return NULL;
}

/* Forgets the changes that no commit was made of yet. */
static void
drop_waiting(struct history *history)
{
	for (size_t i = 0; i < history->count; i++)
		free(history->changes[i].path);
	assert(history->stage != NULL);
	history->count = 0;
	stage_clear(history->stage);
}

void
history_close(struct history *history)
{
	if (history == NULL)
		return;
	if (history->stage != NULL)
		drop_waiting(history);
	free(history->changes);
	strings_free(&history->changed);
	strings_free(&history->removed);
	git_treebuilder_free(history->names);
	git_tree_free(history->tree);
	stage_close(history->stage);
	git_repository_free(history->repository);
	git_libgit2_shutdown();
	free(history);
}

/* Whether git takes every name in path. The blob is there already, as the builder looks. */
static bool
is_name_taken(struct history *history, const char *path, const git_oid *blob)
{
	bool is_taken = true;

	while (is_taken && *path != '\0') {
		char name[256];
		size_t len = strcspn(path, "/");

		if (len >= sizeof(name))
			return false;
		memcpy(name, path, len);
		name[len] = '\0';
		is_taken = git_treebuilder_insert(
			       NULL, history->names, name, blob, GIT_FILEMODE_BLOB) == 0;
		path += len + (path[len] == '/');
	}
	git_treebuilder_clear(history->names);
	return is_taken;
}

/* The batch that waits for its commit. */
static void
history_check(const struct history *history)
{
	assert(history->repository != NULL && history->stage != NULL);
	assert(history->count <= history->capacity);
	assert((history->changes == NULL) == (history->capacity == 0));
	assert(history->head[0] == '\0' || history->head[HISTORY_COMMIT_LEN - 1] != '\0');
	assert(history->head[HISTORY_COMMIT_LEN] == '\0');
	assert((history->head[0] == '\0') == (history->tree == NULL));
	assert(history->removed.count <= history->changed.count);
}

static enum history_result
add_change(struct history *history, const char *path, const git_oid *blob, struct error *err)
{
	history_check(history);
	assert(path[0] != '\0' && path[0] != '/'); /* as git writes it */
	struct change *changes =
	    array_room(history->changes, history->count, &history->capacity, sizeof(*changes));
	if (changes == NULL)
		goto out_of_memory;
	history->changes = changes;
	struct change change = {
	    .path = strdup(path), .is_removal = blob == NULL, .order = history->count};
	if (change.path == NULL)
		goto out_of_memory;
	if (blob != NULL)
		change.blob = *blob;
	history->changes[history->count++] = change;
	return HISTORY_TAKEN;
out_of_memory:
	error_set(err, "out of memory");
	return HISTORY_FAILED;
}

enum history_result
history_put(
    struct history *history, const char *path, const void *bytes, size_t len, struct error *err)
{
	git_oid blob;

	assert(path[0] == '/' && (bytes != NULL || len == 0));
	if (git_blob_create_from_buffer(
		&blob, stage_repository(history->stage), bytes == NULL ? "" : bytes, len) != 0) {
		history_failure(err, path);
		return HISTORY_FAILED;
	}
	if (git_name_is_in(path) || !is_name_taken(history, path + 1, &blob)) {
		error_set(err, "git has no place for such a name");
		return HISTORY_REFUSED;
	}
	return add_change(history, path + 1, &blob, err);
}

enum history_result
history_remove(struct history *history, const char *path, struct error *err)
{
	assert(path[0] == '/');
	return add_change(history, path + 1, NULL, err);
}

size_t
history_bytes(const struct history *history)
{
	return stage_bytes(history->stage);
}

static int
by_path_and_order(const void *a, const void *b)
{
	const struct change *left = a, *right = b;
	int order = strcmp(left->path, right->path);

	return order != 0 ? order : (left->order > right->order) - (left->order < right->order);
}

/* Whether the newest commit has a file at path (as git writes it), and which. */
static bool
find_blob(const struct history *history, const char *path, git_oid *out)
{
	git_tree_entry *entry = NULL;

	if (history->tree == NULL || git_tree_entry_bypath(&entry, history->tree, path) != 0)
		return false;
	bool is_blob = git_tree_entry_type(entry) == GIT_OBJECT_BLOB;
	git_oid_cpy(out, git_tree_entry_id(entry));
	git_tree_entry_free(entry);
	return is_blob;
}

int
history_folder_tree(const struct history *history, const char *folder, git_tree **out)
{
	git_tree_entry *entry = NULL;
	char path[HISTORY_PATH_BYTES];

	assert(folder[0] == '/' && folder[strlen(folder) - 1] == '/');
	*out = NULL;
	if (history->tree == NULL)
		return 0;
	if (strcmp(folder, "/") == 0)
		return git_tree_dup(out, history->tree);
	snprintf(path, sizeof(path), "%.*s", (int)strlen(folder) - 2, folder + 1);
	int code = git_tree_entry_bypath(&entry, history->tree, path);
	if (code == GIT_ENOTFOUND)
		return 0;
	if (code == 0 && git_tree_entry_type(entry) == GIT_OBJECT_TREE)
		code = git_tree_lookup(out, history->repository, git_tree_entry_id(entry));
	git_tree_entry_free(entry);
	return code;
}

bool
history_add_path(struct strings *out, const char *path)
{
	char absolute[HISTORY_PATH_BYTES];

	snprintf(absolute, sizeof(absolute), "/%s", path);
	return strings_add(out, absolute);
}

/* A folder of the newest commit, kept from one change to the next: reading one takes as long as
 * it is large. */
struct place {
	const char *path; /* of a file in it */
	size_t len;       /* of the folder's name in that */
	git_tree *tree;   /* NULL: there is no such folder */
};

static const git_tree_entry *
look_up(const struct history *history, struct place *place, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path);

	if (place->path == NULL || len != place->len || memcmp(path, place->path, len) != 0) {
		char folder[HISTORY_PATH_BYTES];

		git_tree_free(place->tree);
		*place = (struct place){.path = path, .len = len};
		snprintf(folder, sizeof(folder), "/%.*s%s", (int)len, path, len == 0 ? "" : "/");
		if (history_folder_tree(history, folder, &place->tree) != 0)
			place->tree = NULL;
	}
	return place->tree == NULL ? NULL
				   : git_tree_entry_byname(place->tree, path + len + (len > 0));
}

/* Whether the newest commit says otherwise. libgit2 will not remove what is not there, but would
 * a whole folder. */
static bool
is_news(const struct history *history, struct place *place, const struct change *change)
{
	const git_tree_entry *entry = look_up(history, place, change->path);
	bool is_file = entry != NULL && git_tree_entry_type(entry) == GIT_OBJECT_BLOB;

	if (change->is_removal)
		return is_file;
	return !is_file || !git_oid_equal(git_tree_entry_id(entry), &change->blob);
}

/* Leaves the latest word on each path, and only what is new; sorted by path. */
static void
settle_changes(struct history *history)
{
	struct place place = {0};
	size_t kept = 0;

	if (history->count > 0)
		qsort(
		    history->changes, history->count, sizeof(*history->changes), by_path_and_order);
	for (size_t i = 0; i < history->count; i++) {
		struct change *change = &history->changes[i];
		bool is_latest =
		    i + 1 == history->count || strcmp(change->path, change[1].path) != 0;

		change->is_dropped = !is_latest || !is_news(history, &place, change);
	}
	git_tree_free(place.tree);
	for (size_t i = 0; i < history->count; i++) {
		if (history->changes[i].is_dropped)
			free(history->changes[i].path);
		else
			history->changes[kept++] = history->changes[i];
	}
	assert(kept <= history->count);
	history->count = kept;
}

/* Fills updates with the removals, or all others, and returns how many. */
static size_t
choose(const struct history *history, bool removals, git_tree_update *updates)
{
	size_t n = 0;

	for (size_t i = 0; i < history->count; i++) {
		const struct change *change = &history->changes[i];

		if (change->is_removal != removals)
			continue;
		assert(n < history->count && !change->is_dropped);
		updates[n++] = (git_tree_update){
		    .action = removals ? GIT_TREE_UPDATE_REMOVE : GIT_TREE_UPDATE_UPSERT,
		    .id = change->blob,
		    .filemode = GIT_FILEMODE_BLOB,
		    .path = change->path,
		};
	}
	return n;
}

/* Makes the tree with the changes. Removals first, by themselves: a file may have become a folder
 * or the other way round. */
static int
make_tree(struct history *history, git_oid *out)
{
	assert(history->count > 0);
	git_tree_update *updates = calloc(history->count, sizeof(*updates));
	git_repository *repository = stage_repository(history->stage);
	git_tree *base = NULL;
	int code = 0;

	if (updates == NULL) {
		git_error_set_oom();
		return GIT_ERROR;
	}
	if (history->tree != NULL)
		code = git_tree_dup(&base, history->tree);
	for (int removals = 1; code == 0 && removals >= 0; removals--) {
		size_t n = choose(history, removals == 1, updates);
		if (n == 0 && (removals == 1 || base != NULL))
			continue;
		code = git_tree_create_updated(out, repository, base, n, updates);
		git_tree_free(base);
		base = NULL;
		if (code == 0)
			code = git_tree_lookup(&base, repository, out);
	}
	if (code == 0)
		*out = *git_tree_id(base);
	git_tree_free(base);
	free(updates);
	return code;
}

/* An author as git can store it: on one line, without angle brackets. libgit2 strips some marks
 * off both ends besides, and accepts nobody of whom nothing is left. */
static int
make_signature(git_signature **out, const char *name, const char *mail)
{
	struct buffer clean_name = BUFFER_EMPTY, clean_mail = BUFFER_EMPTY;

	text_append_line(&clean_name, name, strlen(name));
	text_append_line(&clean_mail, mail, strlen(mail));
	for (size_t i = 0; i < clean_name.len; i++)
		if (strchr("<>", clean_name.data[i]) != NULL)
			clean_name.data[i] = ' ';
	int code = git_signature_now(out, buffer_text(&clean_name), buffer_text(&clean_mail));
	if (code != 0)
		code = git_signature_now(out, "nobody", "nobody@localhost");
	buffer_free(&clean_name);
	buffer_free(&clean_mail);
	return code;
}

/* Writes commit and objects to the disk, then moves the branch: that is the point of no return. */
static int
write_commit(struct history *history, const git_oid *tree_id, const char *author_name,
    const char *author_mail, const char *message)
{
	git_repository *repository = stage_repository(history->stage);
	git_signature *author = NULL;
	git_tree *tree = NULL;
	git_commit *parent = NULL;
	git_reference *branch = NULL;
	git_oid id;

	int code = make_signature(&author, author_name, author_mail);
	if (code == 0)
		code = git_tree_lookup(&tree, repository, tree_id);
	if (code == 0 && git_oid_fromstr(&id, history->head) == 0)
		code = git_commit_lookup(&parent, repository, &id);
	if (code == 0)
		code = git_commit_create_v(&id, repository, NULL, author, author, "UTF-8", message,
		    tree, parent == NULL ? 0 : 1, parent);
	if (code == 0)
		code = stage_flush(history->stage);
	if (code == 0)
		code = git_reference_create(&branch, history->repository, BRANCH, &id, 1, NULL);
	git_reference_free(branch);
	git_commit_free(parent);
	git_tree_free(tree);
	git_signature_free(author);
	return code == 0 ? read_head(history) : code;
}

static void
forget_changes(struct history *history)
{
	strings_free(&history->changed);
	strings_free(&history->removed);
}

/* Remembers what the commit changed. Without the memory for it the commit can still be read. */
static void
remember_changes(struct history *history)
{
	bool ok = true;

	forget_changes(history);
	for (size_t i = 0; ok && i < history->count; i++) {
		const struct change *change = &history->changes[i];

		ok = history_add_path(&history->changed, change->path) &&
		     (!change->is_removal || history_add_path(&history->removed, change->path));
	}
	if (!ok)
		forget_changes(history);
}

bool
history_commit(struct history *history, const char *author_name, const char *author_mail,
    const char *message, struct error *err)
{
	git_oid tree;
	int code = 0;

	settle_changes(history);
	if (history->count > 0)
		code = make_tree(history, &tree);
	if (history->count > 0 && code == 0)
		code = write_commit(history, &tree, author_name, author_mail, message);
	if (history->count > 0 && code == 0)
		remember_changes(history);
	drop_waiting(history);
	history_check(history);
	assert(history->count == 0 && stage_bytes(history->stage) == 0);
	return code == 0 || history_failure(err, "committing");
}

const char *
history_head(const struct history *history)
{
	return history->head;
}

bool
history_holds(const struct history *history, const char *path)
{
	git_oid blob;

	assert(path[0] == '/');
	return find_blob(history, path + 1, &blob);
}

bool
history_holds_bytes(const struct history *history, const char *path, const void *bytes, size_t len)
{
	git_oid blob, given;

	assert(path[0] == '/');
	return find_blob(history, path + 1, &blob) &&
	       git_odb_hash(&given, bytes, len, GIT_OBJECT_BLOB) == 0 &&
	       git_oid_equal(&blob, &given);
}
