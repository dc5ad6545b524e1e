/*
 * publish - `broadsheet publish`: sends a file to the newsroom as a Titan client would.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "command/command.h"
#include "command/order.h"
#include "store/folder.h"
#include "store/media.h"
#include "upload/kinds.h"

static const char usage_text[] =
    "usage: broadsheet publish [-c FILE] [--as ID] [--capsule HOST] FILE [PATH]\n"
    "\n"
    "Publishes a file by the rules of an upload, and prints where it is now. Without PATH a text\n"
    "becomes an article (/articles/, a path is made), a picture goes to /images/.\n"
    "\n"
    "  FILE             what to publish; - reads standard input\n"
    "  PATH             where to: /articles/x.gmi, /drafts/, …, or a gemini:// URL\n"
    "  --as ID          with the rights, and in the name, of that editor\n"
    "  --capsule HOST   which capsule, if there are several\n"
    "  -c FILE          the ini file of the server\n";

/* Reads the file, which is at most max bytes large. */
static bool
read_file(const char *name, uint64_t max, struct buffer *out, struct error *err)
{
	int fd = strcmp(name, "-") == 0 ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return error_set(err, "%s: %s", name, strerror(errno));
	bool ok = folder_read_open(fd, max, out, err) || error_prefix(err, "%s", name);
	if (fd != STDIN_FILENO)
		close(fd);
	return ok;
}

/* Takes config over. */
static int
publish(struct config *config, const struct verb *verb, const char *name)
{
	struct buffer bytes = BUFFER_EMPTY;
	struct error err;
	int status = EXIT_FAILED;

	if (read_file(name, config->limits.upload_size, &bytes, &err)) {
		status = order_run(config, verb, buffer_text(&bytes), bytes.len);
	} else {
		fprintf(stderr, "%s\n", err.text);
		config_free(config);
	}
	buffer_free(&bytes);
	return status;
}

int
command_publish(int argc, char **argv)
{
	struct verb verb = verb_of(VERB_PUBLISH);
	struct order order;
	static const char *const names[] = {"FILE"};
	int status = order_read(&order, usage_text, names, 1, 2, argc, argv);

	if (status != OPTIONS_GO_ON)
		return status;
	const char *name = order.options.words[0], *mime = media_by_name(name);
	const char *folder = kinds_picture(name) != NULL ? "/images/" : "/articles/";
	if (!order_read_path(
		&order, order.options.word_count == 2 ? order.options.words[1] : folder, &verb))
		return EXIT_USAGE;
	if (mime != NULL)
		verb.mime = mime;
	return publish(order.config, &verb, name);
}
