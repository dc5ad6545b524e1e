#include "upload/admission.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* By name; what lies below a name is like it. The first that fits counts. */
static const struct {
	const char *name;
	enum admission admission;
} pages[] = {
    {"/welcome", ADMISSION_ANYBODY},
    {"/desk/join", ADMISSION_CERTIFICATE},
    {"/desk", ADMISSION_PERSON},
};

static bool
is_at_or_below(const char *path, const char *name)
{
	size_t len = strlen(name);

	return text_starts(path, name) && (path[len] == '\0' || path[len] == '/');
}

enum admission
admission_of(const char *path)
{
	if (strcmp(path, "/desk") == 0) /* leads to /desk/ */
		return ADMISSION_ANYBODY;
	if (strcmp(path, "/desk/") == 0) /* tells a stranger how to join */
		return ADMISSION_CERTIFICATE;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if (is_at_or_below(path, pages[i].name))
			return pages[i].admission;
	return ADMISSION_PUBLIC;
}

bool
admission_check_certificate(const struct visitor *visitor, int64_t now, struct response *out)
{
	if (!visitor->has_certificate)
		response_set(out, GEMINI_CERTIFICATE_REQUIRED,
		    "Choose \"New Identity for Domain\", or use yours on the whole site");
	else if (now > visitor->not_after)
		response_set(out, GEMINI_CERTIFICATE_INVALID,
		    "Use another identity: the time of this certificate is over");
	else if (now < visitor->not_before)
		response_set(out, GEMINI_CERTIFICATE_INVALID,
		    "Check your clock: this certificate is not valid yet");
	else
		return true;
	return false;
}

void
admission_refuse_stranger(struct response *out)
{
	response_set(out, GEMINI_NOT_AUTHORISED,
	    "Open /desk/ to see how to join: this certificate is not known here");
}

/* " (8 MB)", as people say it. */
static void
describe(uint64_t bytes, char out[static 32])
{
	static const char *const units[] = {"bytes", "KB", "MB", "GB"};
	double size = (double)bytes;
	size_t unit = 0;

	for (; size >= 1024 && unit < 3; unit++)
		size /= 1024;
	bool is_whole = size == (double)(uint64_t)size;
	*out = '\0';
	if (unit > 0)
		snprintf(out, 32, " (%.*f %s)", is_whole ? 0 : 1, size, units[unit]);
}

void
admission_refuse_size(uint64_t limit, struct response *out)
{
	char size[32];

	describe(limit, size);
	response_set(
	    out, GEMINI_FAILURE, "Send at most %" PRIu64 " bytes%s: this is larger", limit, size);
}
