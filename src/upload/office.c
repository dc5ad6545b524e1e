#include "upload/office.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "article/frontmatter.h"
#include "base/encode.h"
#include "base/text.h"
#include "base/time.h"
#include "store/folder.h"

void
office_put_url(const struct errand *errand, struct buffer *out, const char *scheme,
    const char *prefix, const char *path)
{
	url_put_origin(out, scheme, errand->desk->capsule->host, errand->port);
	buffer_puts(out, prefix);
	text_append_path(out, path, strlen(path));
}

void
office_redirect(struct errand *errand, const char *prefix, const char *path)
{
	struct buffer url = BUFFER_EMPTY;

	office_put_url(errand, &url, "gemini", prefix, path);
	if (url.failed)
		response_set(errand->out, GEMINI_TEMPORARY_FAILURE,
		    "Done, but out of memory: look at /desk/");
	else
		response_set(errand->out, GEMINI_REDIRECT, "%s", buffer_text(&url));
	buffer_free(&url);
}

void
office_gemtext(struct errand *errand)
{
	response_set(errand->out, GEMINI_SUCCESS, "text/gemini; charset=utf-8; lang=en");
}

/* What arrived within the limit may have grown beyond it by its front matter: history has it. */
static bool
is_large(const struct desk *desk, const char *path, uint64_t bytes)
{
	uint64_t most = desk->config->limits.upload_size;
	struct history *history = press_history(desk->press);

	if (bytes <= most)
		return false;
	return bytes > most + FRONTMATTER_MAX || (history != NULL && !history_holds(history, path));
}

enum office_found
office_read(const struct desk *desk, const char *path, struct buffer *out, struct error *err)
{
	int root_fd = press_root_fd(desk->press);
	enum office_found found = OFFICE_FAILED;
	struct stat st;
	int fd = -1;

	if (root_fd == -1) {
		error_set(err, "the capsule's folder is missing");
		return OFFICE_FAILED;
	}
	switch (folder_open(root_fd, path, &fd, &st)) {
	case FOLDER_FILE:
		if (is_large(desk, path, (uint64_t)st.st_size))
			found = OFFICE_LARGE;
		else if (folder_read_open(fd, (size_t)st.st_size, out, err))
			found = OFFICE_FOUND;
		break;
	case FOLDER_DIRECTORY:
		found = OFFICE_FOLDER;
		break;
	case FOLDER_ABSENT:
		return OFFICE_ABSENT;
	case FOLDER_FAILED:
		error_set(err, "%s cannot be read just now", path);
		return OFFICE_FAILED;
	}
	close(fd);
	return found;
}

bool
office_check_folders(struct errand *errand, const char *path)
{
	int root_fd = press_root_fd(errand->desk->press);
	char above[RULES_PATH_MAX];
	struct stat st;
	int fd = -1;

	snprintf(above, sizeof(above), "%s", path);
	for (char *slash = above + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		enum folder_result found = folder_open(root_fd, above, &fd, &st);
		if (found == FOLDER_FILE || found == FOLDER_DIRECTORY)
			close(fd);
		if (found == FOLDER_FILE) {
			response_set(errand->out, GEMINI_FAILURE,
			    "Choose another path: %s is a file, not a folder", above);
			return false;
		}
		*slash = '/';
	}
	return true;
}

void
office_revision(const void *bytes, size_t len, char out[static OFFICE_REVISION_LEN + 1])
{
	unsigned char digest[EVP_MAX_MD_SIZE] = {0};

	/* Without memory for it the revision is one that no source has: nothing is overwritten. */
	EVP_Digest(bytes, len, digest, NULL, EVP_sha256(), NULL);
	encode_hex(digest, OFFICE_REVISION_LEN / 2, out);
}

uint64_t
office_revision_number(const void *bytes, size_t len)
{
	char revision[OFFICE_REVISION_LEN + 1];

	office_revision(bytes, len, revision);
	return strtoull(revision, NULL, 16);
}

enum rules_holder
office_holder(const struct errand *errand, const char *bytes, size_t len)
{
	struct frontmatter head;
	struct frontmatter_entry entry;
	enum frontmatter_result result;
	enum rules_holder holder = RULES_OTHER;

	if (bytes == NULL)
		return RULES_NEW;
	if (errand->person == NULL)
		return RULES_OTHER;
	const char *id = errand->person->id;
	frontmatter_open(&head, bytes, len);
	while ((result = frontmatter_next(&head, &entry, NULL)) != FRONTMATTER_END) {
		if (result == FRONTMATTER_ENTRY && frontmatter_is(&entry, "editor") &&
		    entry.value_len > 0)
			holder = entry.value_len == strlen(id) &&
					 memcmp(entry.value, id, entry.value_len) == 0
				     ? RULES_OWN
				     : RULES_OTHER;
	}
	return holder;
}

const char *
office_refusal(struct errand *errand, const char *path, enum gemini_status *out_status)
{
	struct rules_target target;
	struct buffer source = BUFFER_EMPTY;

	enum office_found found = office_read(errand->desk, path, &source, NULL);
	enum rules_holder holder =
	    office_holder(errand, found == OFFICE_FOUND ? buffer_text(&source) : NULL, source.len);
	buffer_free(&source);
	if (found == OFFICE_FAILED) {
		*out_status = GEMINI_TEMPORARY_FAILURE;
		return "Try again soon: the capsule's folder cannot be read";
	}
	if (found == OFFICE_LARGE) {
		*out_status = GEMINI_FAILURE;
		return OFFICE_LARGE_INSTEAD;
	}
	rules_read_path(path, &target);
	return rules_refusal(errand->role, &target, holder, out_status);
}

bool
office_may(struct errand *errand, const char *path)
{
	enum gemini_status status;
	const char *refusal = office_refusal(errand, path, &status);

	if (refusal != NULL)
		response_set(errand->out, status, "%s", refusal);
	return refusal == NULL;
}

bool
office_put(struct errand *errand, const struct press_change *changes, size_t count,
    const char *verb, const char *path)
{
	const struct person *person = errand->person;
	struct buffer mail = BUFFER_EMPTY, message = BUFFER_EMPTY;
	struct error err;
	bool ok = false;

	buffer_printf(
	    &mail, "%s@%s", person == NULL ? "admin" : person->id, errand->desk->capsule->host);
	buffer_printf(&message, "%s %s", verb, path);
	struct press_credit credit = {
	    .name = person == NULL ? "admin" : person->name,
	    .mail = buffer_text(&mail),
	    .message = buffer_text(&message),
	};
	if (mail.failed || message.failed)
		error_set(&err, "out of memory");
	else
		ok = press_put(errand->desk->press, changes, count, &credit, &err);
	if (!ok)
		response_set(
		    errand->out, GEMINI_TEMPORARY_FAILURE, "Not saved, try again: %s", err.text);
	buffer_free(&mail);
	buffer_free(&message);
	return ok;
}

void
office_show(struct errand *errand, const char *path)
{
	struct file_row file;

	if (!press_file(errand->desk->press, path, &file)) {
		office_redirect(errand, "/desk/preview", path);
		return;
	}
	switch (file.state) {
	case FILE_PLAIN:
	case FILE_ARTICLE:
	case FILE_FOLDER:
		office_redirect(errand, "", path);
		break;
	case FILE_SCHEDULED:
	case FILE_DRAFT:
	case FILE_BROKEN:
	case FILE_RETRACTED:
	case FILE_STATE_COUNT:
		office_redirect(errand, "/desk/preview", path);
		break;
	}
}

void
office_put_now(const struct errand *errand, struct buffer *out)
{
	struct timestamp now = timestamp_at(errand->now, errand->desk->capsule->timezone);

	timestamp_append(out, &now);
}
