#include "store/media.h"

#include <magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "picture/picture.h"

#define TYPE_MAX     160 /* bytes of a type with its parameters */
#define SAMPLE_BYTES (64 * 1024)

static const char unknown_type[] = "application/octet-stream";

/* Sorted by ending. */
static const struct ending {
	const char *ending, *type;
} endings[] = {
    {"aac", "audio/aac"},
    {"asc", "text/plain"},
    {"atom", "application/atom+xml"},
    {"avif", "image/avif"},
    {"bmp", "image/bmp"},
    {"bz2", "application/x-bzip2"},
    {"css", "text/css"},
    {"csv", "text/csv"},
    {"diff", "text/x-diff"},
    {"epub", "application/epub+zip"},
    {"flac", "audio/flac"},
    {"gemini", "text/gemini"},
    {"gif", "image/gif"},
    {"gmi", "text/gemini"},
    {"gpub", "application/gpub+zip"},
    {"gz", "application/gzip"},
    {"htm", "text/html"},
    {"html", "text/html"},
    {"ico", "image/vnd.microsoft.icon"},
    {"ics", "text/calendar"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"js", "text/javascript"},
    {"json", "application/json"},
    {"jxl", "image/jxl"},
    {"m3u", "audio/x-mpegurl"},
    {"m4a", "audio/mp4"},
    {"markdown", "text/markdown"},
    {"md", "text/markdown"},
    {"mid", "audio/midi"},
    {"mkv", "video/x-matroska"},
    {"mov", "video/quicktime"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"oga", "audio/ogg"},
    {"ogg", "audio/ogg"},
    {"ogv", "video/ogg"},
    {"opus", "audio/ogg"},
    {"patch", "text/x-diff"},
    {"pdf", "application/pdf"},
    {"pem", "application/x-pem-file"},
    {"png", "image/png"},
    {"ps", "application/postscript"},
    {"rss", "application/rss+xml"},
    {"svg", "image/svg+xml"},
    {"tar", "application/x-tar"},
    {"tgz", "application/gzip"},
    {"tif", "image/tiff"},
    {"tiff", "image/tiff"},
    {"txt", "text/plain"},
    {"vcf", "text/vcard"},
    {"wav", "audio/wav"},
    {"webm", "video/webm"},
    {"webp", "image/webp"},
    {"woff2", "font/woff2"},
    {"xml", "text/xml"},
    {"xz", "application/x-xz"},
    {"zip", "application/zip"},
    {"zst", "application/zstd"},
};

static int
compare_ending(const void *wanted, const void *row)
{
	return strcasecmp(wanted, ((const struct ending *)row)->ending);
}

const char *
media_by_name(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash == NULL ? name : slash + 1;
	const char *dot = strrchr(base, '.');

	if (dot == NULL || dot == base) /* ".atom" is a hidden file, not an ending */
		return NULL;
	const struct ending *found = bsearch(
	    dot + 1, endings, sizeof(endings) / sizeof(*endings), sizeof(*endings), compare_ending);
	return found == NULL ? NULL : found->type;
}

bool
media_may_be_picture(const char *name)
{
	const char *type = media_by_name(name);

	return type == NULL || strncmp(type, "image/", 6) == 0;
}

/* Of kinds that cameras write, or into which programs put such things as they do. */
static bool
promises_picture(const char *name)
{
	static const char *const kinds[] = {"image/avif", "image/gif", "image/jpeg", "image/jxl",
	    "image/png", "image/tiff", "image/webp"};
	const char *type = media_by_name(name);

	for (size_t i = 0; type != NULL && i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(type, kinds[i]) == 0)
			return true;
	return false;
}

/* "GIF89a is from 1989." In a picture a number with a zero in it follows its magic, or is in it. */
static bool
is_text(const unsigned char *sample, size_t len)
{
	for (size_t i = 0; i < len && i < PICTURE_SAMPLE; i++)
		if ((sample[i] < ' ' && strchr("\t\n\f\r", sample[i]) == NULL) ||
		    sample[i] == '\0' || (i < 4 && sample[i] >= 0x7f))
			return false;
	return true;
}

bool
media_is_picture(const char *name, const void *sample, size_t len)
{
	if (len == 0)
		return false;
	return promises_picture(name) || (picture_is_one(sample, len) && !is_text(sample, len));
}

struct media {
	magic_t cookie;
	char type[TYPE_MAX];
	char sample[SAMPLE_BYTES];
};

struct media *
media_open(struct error *err)
{
	struct media *media = calloc(1, sizeof(*media));

	if (media == NULL) {
		error_set(err, "out of memory");
		return NULL;
	}
	media->cookie = magic_open(MAGIC_MIME | MAGIC_NO_CHECK_COMPRESS);
	if (media->cookie == NULL || magic_load(media->cookie, NULL) == -1) {
		const char *reason = media->cookie == NULL ? NULL : magic_error(media->cookie);
		error_set(err, "libmagic: %s", reason == NULL ? "out of memory" : reason);
		media_close(media);
		return NULL;
	}
	return media;
}

void
media_close(struct media *media)
{
	if (media == NULL)
		return;
	if (media->cookie != NULL)
		magic_close(media->cookie);
	free(media);
}

/* Takes "text/plain; charset=us-ascii" apart: the charset stays where it tells something. */
static const char *
shorten(struct media *media, const char *told)
{
	size_t len = strcspn(told, ";");
	const char *charset = strstr(told, "charset=");

	if (len == 0 || len >= TYPE_MAX || memchr(told, '/', len) == NULL)
		return unknown_type;
	bool is_text = strncmp(told, "text/", 5) == 0;
	bool tells = charset != NULL && strcmp(charset, "charset=utf-8") != 0 &&
		     strcmp(charset, "charset=us-ascii") != 0 &&
		     strcmp(charset, "charset=binary") != 0 &&
		     strncmp(charset, "charset=unknown", 15) != 0;
	snprintf(media->type, sizeof(media->type), "%.*s%s%s", (int)len, told,
	    is_text && tells ? "; " : "", is_text && tells ? charset : "");
	return media->type;
}

const char *
media_by_bytes(struct media *media, const void *bytes, size_t len)
{
	if (len == 0)
		return "text/plain"; /* an empty file is an empty text */
	const char *told =
	    magic_buffer(media->cookie, bytes, len < SAMPLE_BYTES ? len : SAMPLE_BYTES);
	if (told == NULL)
		return unknown_type;

	/* Prose misfires: "From: me" is no mail and "import os" no program. Text is text. */
	const char *type = shorten(media, told);
	if (strncmp(type, "message/", 8) == 0 || strncmp(type, "text/x-", 7) == 0) {
		const char *parameters = strchr(type, ';');
		char kept[TYPE_MAX];

		snprintf(kept, sizeof(kept), "text/plain%s", parameters == NULL ? "" : parameters);
		memcpy(media->type, kept, sizeof(kept));
		return media->type;
	}
	return type;
}

const char *
media_by_content(struct media *media, int fd)
{
	ssize_t n = pread(fd, media->sample, sizeof(media->sample), 0);

	return n < 0 ? unknown_type : media_by_bytes(media, media->sample, (size_t)n);
}
