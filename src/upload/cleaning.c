#include "upload/cleaning.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "picture/picture.h"

static bool
refuse(struct errand *errand, const char *reason)
{
	response_set(errand->out, GEMINI_FAILURE,
	    "Save the picture anew, as JPEG, PNG, GIF, WebP or AVIF, and send that: what its "
	    "camera wrote into this one cannot be taken out: %s",
	    reason);
	return false;
}

bool
cleaning_do(
    struct errand *errand, const char *path, const void *bytes, size_t len, struct cleaning *out)
{
	struct error err = {""};

	*out = (struct cleaning){.bytes = bytes, .len = len, .made = BUFFER_EMPTY};
	if (errand->desk->capsule->keep_metadata || len == 0 ||
	    !(text_ends(path, "/") || media_may_be_picture(path)))
		return true;
	if (len > PICTURE_MAX && picture_is_one(bytes, len))
		return refuse(errand, "it is too large");
	switch (picture_clean(bytes, len, &out->made, &out->found, &err)) {
	case PICTURE_CLEAN:
	case PICTURE_OTHER:
		return true;
	case PICTURE_CLEANED:
		out->bytes = out->made.data;
		out->len = out->made.len;
		return true;
	case PICTURE_BROKEN:
	case PICTURE_SEALED:
		return refuse(errand, err.text);
	case PICTURE_NO_MEMORY:
		break;
	}
	response_set(errand->out, GEMINI_TEMPORARY_FAILURE, "Not saved, try again: out of memory");
	return false;
}

void
cleaning_done(struct cleaning *cleaning)
{
	buffer_free(&cleaning->made);
}

void
cleaning_note(struct desk *desk, const char *path, unsigned found)
{
	struct cleaning_note *note = NULL;

	for (size_t i = 0; i < CLEANING_NOTES && note == NULL; i++)
		if (strcmp(desk->cleaned[i].path, path) == 0)
			note = &desk->cleaned[i];
	if (note == NULL)
		note = &desk->cleaned[desk->next_cleaned++ % CLEANING_NOTES];
	snprintf(note->path, sizeof(note->path), "%s", path);
	note->found = found;
}

bool
cleaning_recall(const struct desk *desk, const char *path, unsigned *out_found)
{
	for (size_t i = 0; i < CLEANING_NOTES; i++)
		if (strcmp(desk->cleaned[i].path, path) == 0) {
			*out_found = desk->cleaned[i].found;
			return true;
		}
	return false;
}
