/* /desk/image/PATH: a picture and the lines that put it into an article; /desk/images/: them all.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "desk/lines.h"
#include "desk/pages.h"
#include "desk/piece.h"
#include "gemini/gemtext.h"
#include "picture/picture.h"
#include "upload/cleaning.h"

#define IMAGES_ON_PAGE 50
#define FOLDER         "/images"

static void
put_lines_to_copy(struct errand *errand, const char *path)
{
	struct buffer *body = &errand->out->body;
	struct buffer url = BUFFER_EMPTY, lines = BUFFER_EMPTY;

	text_append_path(&url, path, strlen(path));
	lines_put_text(errand, "For the top of an article, copy these lines between its two ---. "
			       "Say behind image-alt what the picture shows, and behind "
			       "image-credit who made it:");
	buffer_printf(&lines, "image = %s\nimage-alt = \nimage-credit = \n", buffer_text(&url));
	lines_put_preformatted(body, "Lines of front matter", buffer_text(&lines), lines.len);
	buffer_putc(body, '\n');
	lines_put_text(errand, "For the middle of an article, copy this line, and say what the "
			       "picture shows:");
	buffer_truncate(&lines, 0);
	buffer_printf(&lines, "=> %s What the picture shows\n", buffer_text(&url));
	lines_put_preformatted(body, "A link line", buffer_text(&lines), lines.len);
	body->failed |= url.failed || lines.failed;
	buffer_free(&url);
	buffer_free(&lines);
}

static bool
is_plural(unsigned found)
{
	return (found & (found - 1)) != 0 || found == PICTURE_NOTES;
}

/* What became of the file on its way here. */
static void
put_cleaning(struct errand *errand, const char *path)
{
	struct buffer words = BUFFER_EMPTY;
	struct file_row file;
	unsigned found = 0;

	bool is_known = cleaning_recall(errand->desk, path, &found);
	picture_put_words(&words, found);
	if (words.failed)
		found = 0;
	if (press_file(errand->desk->press, path, &file) && file.state == FILE_BROKEN)
		lines_put_text(errand, "Readers do not get this picture: %s", file.reason);
	else if (text_ends(path, ".pdf"))
		lines_put_text(errand, "A PDF is kept as it came: it may name its author and the "
				       "programs it was made with.");
	else if (errand->desk->capsule->keep_metadata)
		lines_put_text(errand, "Pictures are kept as they came: what the camera wrote into "
				       "them, perhaps the place, is there for readers to see.");
	else if (found != 0)
		lines_put_text(errand, "%c%s %s taken out of the picture before it was kept.",
		    toupper((unsigned char)buffer_text(&words)[0]), buffer_text(&words) + 1,
		    is_plural(found) ? "were" : "was");
	else if (is_known)
		lines_put_text(errand, "Nothing had to be taken out of the picture.");
	else
		lines_put_text(errand, "The place, the camera and the like are taken out of "
				       "pictures before they are kept.");
	errand->out->body.failed |= words.failed;
	buffer_free(&words);
	buffer_putc(&errand->out->body, '\n');
}

static void
put_image(struct errand *errand, const struct piece *piece)
{
	struct buffer *body = &errand->out->body;
	const char *path = piece->target.path;

	lines_begin(errand, "%s", strrchr(path, '/') + 1);
	lines_put_link(errand, "", path, "See the picture");
	buffer_putc(body, '\n');
	put_cleaning(errand, path);
	put_lines_to_copy(errand, path);
	buffer_putc(body, '\n');
	if (piece->may_write)
		lines_put_link(errand, "/desk/delete", path, "Delete");
	lines_put_link(errand, "/desk/history", path, "History");
	gemtext_put_link(body, "/desk/images/", "All pictures");
	gemtext_put_link(body, "/desk/", "The desk");
}

void
pages_image(struct errand *errand, const char *path)
{
	struct piece piece;

	if (piece_open(errand, path, &piece)) {
		if (piece.target.place == RULES_IMAGE)
			put_image(errand, &piece);
		else
			response_set(errand->out, GEMINI_NOT_FOUND,
			    "Look at /desk/preview%s: it is no picture", piece.target.path);
	}
	piece_close(&piece);
}

/* A page of the list being written. */
struct album {
	struct errand *errand;
	size_t count;
	char last[RULES_PATH_MAX];
};

static void
list_image(void *arg, const struct file_row *file)
{
	struct album *album = arg;
	struct buffer label = BUFFER_EMPTY;

	if (++album->count > IMAGES_ON_PAGE)
		return;
	buffer_printf(&label, "%s (", file->path + strlen(FOLDER "/"));
	lines_put_day(album->errand, &label, file->changed);
	buffer_putc(&label, ')');
	lines_put_link(album->errand, "/desk/image", file->path, buffer_text(&label));
	album->errand->out->body.failed |= label.failed;
	buffer_free(&label);
	snprintf(album->last, sizeof(album->last), "%s", file->path);
}

void
pages_images(struct errand *errand, const char *path)
{
	struct buffer *body = &errand->out->body;
	struct album album = {.errand = errand};
	char after[RULES_PATH_MAX + sizeof(FOLDER)];

	snprintf(after, sizeof(after), FOLDER "%s", path);
	struct file_query query = {
	    .state = FILE_PLAIN,
	    .under = FOLDER "/",
	    .after = strcmp(path, "/") == 0 ? NULL : after,
	    .limit = IMAGES_ON_PAGE + 1,
	};
	office_gemtext(errand);
	gemtext_put_heading(body, 1, "Pictures");
	buffer_putc(body, '\n');
	if (!press_list(errand->desk->press, &query, list_image, &album))
		lines_put_text(errand, "Come back in a moment: this list cannot be told just now.");
	else if (album.count == 0)
		lines_put_text(errand, "None: what is sent to /images/ stands here.");
	if (album.count > IMAGES_ON_PAGE)
		lines_put_link(errand, "/desk/images", album.last + strlen(FOLDER), "Show more");
	buffer_putc(body, '\n');
	gemtext_put_link(body, "/desk/", "The desk");
}
