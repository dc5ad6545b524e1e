#include "press/credits.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "article/frontmatter.h"
#include "base/encode.h"
#include "base/log.h"
#include "base/text.h"
#include "press/flush.h"
#include "press/ingest.h"
#include "press/root.h"
#include "store/folder.h"

#define CREDITS_BYTES_MAX ((size_t)64 * 1024 * 1024)

/* Takes the next line, without its line end, off the text. False if none is whole. */
static bool
next_line(const char **text, size_t *len, const char **out_line, size_t *out_len)
{
	const char *end = *len == 0 ? NULL : memchr(*text, '\n', *len);

	if (end == NULL)
		return false;
	*out_line = *text;
	*out_len = (size_t)(end - *text);
	*len -= *out_len + 1;
	*text = end + 1;
	return true;
}

/* The value of a line "WORD VALUE". */
static bool
has_word(
    const char *line, size_t len, const char *word, const char **out_value, size_t *out_value_len)
{
	size_t word_len = strlen(word);

	if (len <= word_len || memcmp(line, word, word_len) != 0 || line[word_len] != ' ')
		return false;
	*out_value = line + word_len + 1;
	*out_value_len = len - word_len - 1;
	return true;
}

static bool
is_sum(const char *text, size_t len)
{
	for (size_t i = 0; i < CREDITS_SUM_LEN; i++)
		if (i >= len || text[i] == '\0' || strchr("0123456789abcdef", text[i]) == NULL)
			return false;
	return true;
}

bool
credits_next_file(struct credits_note *note, struct credits_file *out)
{
	const char *line, *value;
	size_t len, value_len;

	while (next_line(&note->files, &note->files_len, &line, &len)) {
		out->sum[0] = '\0';
		if (has_word(line, len, "file", &value, &value_len) &&
		    value_len > CREDITS_SUM_LEN && is_sum(value, value_len) &&
		    value[CREDITS_SUM_LEN] == ' ') {
			memcpy(out->sum, value, CREDITS_SUM_LEN);
			out->sum[CREDITS_SUM_LEN] = '\0';
			value += CREDITS_SUM_LEN + 1;
			value_len -= CREDITS_SUM_LEN + 1;
		} else if (!has_word(line, len, "gone", &value, &value_len)) {
			continue;
		}
		if (value_len == 0 || value[0] != '/' || memchr(value, '\0', value_len) != NULL)
			continue;
		out->path = value;
		out->len = value_len;
		return true;
	}
	return false;
}

bool
credits_next(const char **text, size_t *len, struct credits_note *out)
{
	struct credits_note note = {0};
	const char *line;
	size_t line_len;

	while (next_line(text, len, &line, &line_len)) {
		if (line_len == 0 && note.name != NULL && note.mail != NULL &&
		    note.message != NULL && note.files != NULL) {
			note.files_len = (size_t)(line - note.files);
			*out = note;
			return true;
		}
		/* After a note that was cut short another one begins. */
		if (line_len == 0 || has_word(line, line_len, "name", &note.name, &note.name_len)) {
			note = (struct credits_note){.name = note.name, .name_len = note.name_len};
			if (line_len == 0)
				note = (struct credits_note){0};
			continue;
		}
		if (!has_word(line, line_len, "mail", &note.mail, &note.mail_len) &&
		    !has_word(line, line_len, "message", &note.message, &note.message_len) &&
		    note.files == NULL)
			note.files = line;
	}
	return false;
}

static void
sum(const void *bytes, size_t len, char out[static CREDITS_SUM_LEN + 1])
{
	unsigned char digest[EVP_MAX_MD_SIZE] = {0};

	/* Without memory for it the sum is one that no file has. */
	EVP_Digest(bytes, len, digest, NULL, EVP_sha256(), NULL);
	encode_hex(digest, CREDITS_SUM_LEN / 2, out);
}

static void
put_word(struct buffer *out, const char *word, const char *value)
{
	buffer_printf(out, "%s ", word);
	text_append_line(out, *value == '\0' ? "-" : value, *value == '\0' ? 1 : strlen(value));
	buffer_putc(out, '\n');
}

void
credits_put(struct buffer *out, const struct press_change *changes, size_t count,
    const struct press_credit *credit)
{
	char hex[CREDITS_SUM_LEN + 1];

	put_word(out, "name", credit->name);
	put_word(out, "mail", credit->mail);
	put_word(out, "message", credit->message);
	for (size_t i = 0; i < count; i++) {
		if (strchr(changes[i].path, '\n') != NULL)
			continue;
		if (changes[i].bytes != NULL) {
			sum(changes[i].bytes, changes[i].len, hex);
			buffer_printf(out, "file %s %s\n", hex, changes[i].path);
		} else {
			buffer_printf(out, "gone %s\n", changes[i].path);
		}
	}
	buffer_putc(out, '\n');
}

static int
open_notes(const struct press *press, int flags)
{
	char path[PATH_MAX + sizeof("/credits")];

	snprintf(path, sizeof(path), "%s/credits", press->folder);
	return open(path, flags | O_CLOEXEC, 0600);
}

bool
credits_note(struct press *press, const struct press_change *changes, size_t count,
    const struct press_credit *credit, struct error *err)
{
	struct buffer note = BUFFER_EMPTY;
	bool ok = false;

	if (!press->capsule->history)
		return true;
	credits_put(&note, changes, count, credit);
	int fd = open_notes(press, O_WRONLY | O_APPEND | O_CREAT);
	off_t before = fd == -1 ? 0 : lseek(fd, 0, SEEK_END);
	if (note.failed)
		error_set(err, "out of memory");
	else if (fd == -1 || write(fd, buffer_text(&note), note.len) != (ssize_t)note.len)
		error_set(err, "noting whose it is: %s", strerror(errno));
	else
		ok = true;
	if (!ok)
		log_error("%s: %s/credits: %s", press->capsule->host, press->folder, err->text);
	if (fd != -1) {
		if (!ok) /* half a note would spoil the next one */
			(void)!ftruncate(fd, before);
		close(fd);
	}
	buffer_free(&note);
	return ok;
}

void
credits_drop(struct press *press)
{
	if (works_needs(press, NEED_CREDITS) || !press->capsule->history)
		return; /* earlier notes wait beside it, and will take it along */
	int fd = open_notes(press, O_WRONLY | O_TRUNC);
	if (fd != -1)
		close(fd);
}

void
credits_keep(struct press *press)
{
	int fd = press->capsule->history ? open_notes(press, O_WRONLY) : -1;

	if (fd == -1)
		return;
	works_set_need(press, NEED_CREDITS, true);
	(void)!fsync(fd); /* the best that can be done on a disk that fails */
	close(fd);
}

/* Whether the path is as the note says. */
static bool
is_as_noted(const struct press *press, const char *path, const struct credits_file *file)
{
	struct buffer bytes = BUFFER_EMPTY;
	char hex[CREDITS_SUM_LEN + 1] = "";
	struct stat st;

	if (!folder_read(press->root_fd, path, press->config->limits.upload_size + FRONTMATTER_MAX,
		&bytes, NULL))
		return file->sum[0] == '\0' &&
		       fstatat(press->root_fd, path + 1, &st, AT_SYMLINK_NOFOLLOW) == -1;
	sum(buffer_text(&bytes), bytes.len, hex);
	buffer_free(&bytes);
	return strcmp(hex, file->sum) == 0;
}

/* Takes in what is as the note says, for the batch that is its own. */
static void
take_noted(struct press *press, struct credits_note *note)
{
	struct credits_file file;

	while (credits_next_file(note, &file)) {
		char *path = strndup(file.path, file.len);

		if (path != NULL && scan_concerns(path) && is_as_noted(press, path, &file)) {
			ingest_path(press, path);
			ingest_history(press, path); /* it may be printed already */
		}
		free(path);
	}
}

/* False if the commit failed. */
static bool
settle_one(struct press *press, struct credits_note *note)
{
	char *name = strndup(note->name, note->name_len);
	char *mail = strndup(note->mail, note->mail_len);
	char *message = strndup(note->message, note->message_len);
	const struct press_credit credit = {name, mail, message};
	bool ok = name != NULL && mail != NULL && message != NULL;

	assert(!press->batch.is_open); /* what is in it would be committed as theirs */
	if (ok) {
		take_noted(press, note);
		ok = press_flush(press, &credit);
	}
	free(name);
	free(mail);
	free(message);
	return ok;
}

void
credits_settle(struct press *press)
{
	struct buffer text = BUFFER_EMPTY;
	struct credits_note note;
	bool ok = true;

	if (press->history == NULL || !root_is_usable(press))
		return;
	int fd = open_notes(press, O_RDONLY);
	if (fd == -1) {
		works_set_need(press, NEED_CREDITS, errno != ENOENT);
		return;
	}
	ok = folder_read_open(fd, CREDITS_BYTES_MAX, &text, NULL);
	close(fd);
	const char *rest = buffer_text(&text);
	size_t len = text.len;
	if (ok && len > 0)
		press_flush(press, NULL); /* what is on its way is not theirs */
	while (ok && credits_next(&rest, &len, &note))
		ok = settle_one(press, &note);
	works_set_need(press, NEED_CREDITS, !ok);
	if (text.len > 0)
		credits_drop(press);
	buffer_free(&text);
}
