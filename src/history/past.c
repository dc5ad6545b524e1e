/* What was committed: commits, the files in them, and what they changed. */
#include <git2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history/history_inside.h"

static int
find_tree(struct history *history, const char *revision, git_tree **out)
{
	git_object *object = NULL, *tree = NULL;
	int code = git_revparse_single(&object, history->repository, revision);

	if (code == 0)
		code = git_object_peel(&tree, object, GIT_OBJECT_TREE);
	git_object_free(object);
	*out = (git_tree *)tree;
	return code;
}

bool
history_when(struct history *history, const char *revision, int64_t *out_seconds)
{
	git_object *object = NULL, *commit = NULL;
	int code = git_revparse_single(&object, history->repository, revision);

	if (code == 0)
		code = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
	if (code == 0)
		*out_seconds = git_commit_time((const git_commit *)commit);
	git_object_free(object);
	git_object_free(commit);
	return code == 0;
}

bool
history_knows(struct history *history, const char *commit)
{
	git_tree *tree = NULL;

	if (strlen(commit) != HISTORY_COMMIT_LEN)
		return false;
	bool is_known = find_tree(history, commit, &tree) == 0;
	git_tree_free(tree);
	return is_known;
}

bool
history_changed_since(
    struct history *history, const char *commit, struct strings *out, struct error *err)
{
	git_tree *old = NULL;
	git_diff *diff = NULL;
	bool ok = true;

	int code = find_tree(history, commit, &old);
	if (code == 0)
		code = git_diff_tree_to_tree(&diff, history->repository, old, history->tree, NULL);
	for (size_t i = 0; code == 0 && ok && i < git_diff_num_deltas(diff); i++)
		ok = history_add_path(out, git_diff_get_delta(diff, i)->new_file.path);
	git_diff_free(diff);
	git_tree_free(old);
	if (code != 0)
		return history_failure(err, "comparing commits");
	return ok || error_set(err, "out of memory");
}

bool
history_list(struct history *history, const char *folder, struct strings *out, struct error *err)
{
	git_tree *tree = NULL;
	bool ok = true;

	if (history_folder_tree(history, folder, &tree) != 0)
		return history_failure(err, folder);
	for (size_t i = 0; ok && tree != NULL && i < git_tree_entrycount(tree); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
		bool is_folder = git_tree_entry_type(entry) == GIT_OBJECT_TREE;
		char name[HISTORY_PATH_BYTES];

		snprintf(
		    name, sizeof(name), "%s%s", git_tree_entry_name(entry), is_folder ? "/" : "");
		ok = strings_add(out, name);
	}
	git_tree_free(tree);
	return ok || error_set(err, "out of memory");
}

static int
find_commit(struct history *history, const char *id_text, git_commit **out)
{
	git_oid id;
	int code = git_oid_fromstr(&id, id_text);

	return code == 0 ? git_commit_lookup(out, history->repository, &id) : code;
}

bool
history_parent(struct history *history, const char *commit, char out[static HISTORY_COMMIT_LEN + 1],
    struct error *err)
{
	git_commit *found = NULL;

	if (find_commit(history, commit, &found) != 0)
		return history_failure(err, commit);
	const git_oid *parent = git_commit_parent_id(found, 0);
	if (parent == NULL)
		out[0] = '\0';
	else
		git_oid_tostr(out, HISTORY_COMMIT_LEN + 1, parent);
	git_commit_free(found);
	return true;
}

static bool
add_delta(const git_diff_delta *delta, struct history_revision *out)
{
	const char *path = delta->new_file.path;

	return history_add_path(&out->paths, path) &&
	       (delta->status != GIT_DELTA_DELETED || history_add_path(&out->removed, path));
}

/* What the newest commit changed, as it is remembered. */
static bool
copy_changed(const struct history *history, struct history_revision *out)
{
	bool ok = true;

	for (size_t i = 0; ok && i < history->changed.count; i++)
		ok = strings_add(&out->paths, history->changed.items[i]);
	for (size_t i = 0; ok && i < history->removed.count; i++)
		ok = strings_add(&out->removed, history->removed.items[i]);
	return ok;
}

/* Adds the paths in which a commit differs from its parent. */
static int
add_changed(struct history *history, git_commit *commit, struct history_revision *out)
{
	git_commit *parent = NULL;
	git_tree *old = NULL, *new = NULL;
	git_diff *diff = NULL;

	int code = git_commit_tree(&new, commit);
	if (code == 0 && git_commit_parentcount(commit) > 0)
		code = git_commit_parent(&parent, commit, 0);
	if (code == 0 && parent != NULL)
		code = git_commit_tree(&old, parent);
	if (code == 0)
		code = git_diff_tree_to_tree(&diff, history->repository, old, new, NULL);
	for (size_t i = 0; code == 0 && i < git_diff_num_deltas(diff); i++)
		if (!add_delta(git_diff_get_delta(diff, i), out)) {
			git_error_set_oom();
			code = GIT_ERROR;
		}
	git_diff_free(diff);
	git_tree_free(old);
	git_tree_free(new);
	git_commit_free(parent);
	return code;
}

static bool
copy_facts(const git_commit *commit, struct history_revision *out)
{
	const git_signature *author = git_commit_author(commit);
	const char *message = git_commit_message(commit);
	size_t len = message == NULL ? 0 : strlen(message);

	while (len > 0 && message[len - 1] == '\n')
		len--;
	out->seconds = git_commit_time(commit);
	out->name = strdup(author->name);
	out->mail = strdup(author->email);
	out->message = strndup(message == NULL ? "" : message, len);
	return out->name != NULL && out->mail != NULL && out->message != NULL;
}

bool
history_revision(
    struct history *history, const char *commit, struct history_revision *out, struct error *err)
{
	struct history_revision revision = {0};
	git_commit *found = NULL;
	bool ok = true;

	int code = find_commit(history, commit, &found);
	if (code != 0)
		return history_failure(err, commit);
	snprintf(revision.commit, sizeof(revision.commit), "%s", commit);
	ok = copy_facts(found, &revision);
	if (strcmp(commit, history->head) == 0 && history->changed.count > 0)
		ok = ok && copy_changed(history, &revision);
	else
		code = add_changed(history, found, &revision);
	git_commit_free(found);
	if (ok && code == 0) {
		*out = revision;
		return true;
	}
	history_revision_free(&revision);
	return code != 0 ? history_failure(err, commit) : error_set(err, "out of memory");
}

void
history_revision_free(struct history_revision *revision)
{
	free(revision->name);
	free(revision->mail);
	free(revision->message);
	strings_free(&revision->paths);
	strings_free(&revision->removed);
	*revision = (struct history_revision){0};
}

/* How large a blob is, without reading it. */
static int
blob_size(struct history *history, const git_oid *blob, size_t *out)
{
	git_odb *objects = NULL;
	git_object_t type;

	int code = git_repository_odb(&objects, history->repository);
	if (code == 0)
		code = git_odb_read_header(out, &type, objects, blob);
	git_odb_free(objects);
	return code;
}

enum history_result
history_read(struct history *history, const char *revision, const char *path, struct buffer *out,
    struct error *err)
{
	return history_read_small(history, revision, path, SIZE_MAX, out, err);
}

enum history_result
history_read_small(struct history *history, const char *revision, const char *path, size_t max,
    struct buffer *out, struct error *err)
{
	git_tree *tree = NULL;
	git_tree_entry *entry = NULL;
	git_blob *blob = NULL;
	size_t size = 0;

	int code = find_tree(history, revision, &tree);
	if (code == 0)
		code = git_tree_entry_bypath(&entry, tree, path + 1);
	if (code == 0 && max < SIZE_MAX)
		code = blob_size(history, git_tree_entry_id(entry), &size);
	bool is_small = size <= max;
	if (code == 0 && is_small)
		code = git_blob_lookup(&blob, history->repository, git_tree_entry_id(entry));
	if (code != 0)
		history_failure(err, path);
	else if (is_small)
		buffer_append(out, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
	else
		error_set(err, "%s: larger than %zu bytes", path, max);
	git_blob_free(blob);
	git_tree_entry_free(entry);
	git_tree_free(tree);
	if (code == 0 && !is_small)
		return HISTORY_REFUSED;
	if (code == 0)
		return out->failed ? HISTORY_FAILED : HISTORY_TAKEN;
	return code == GIT_ENOTFOUND || code == GIT_EINVALIDSPEC ? HISTORY_ABSENT : HISTORY_FAILED;
}
