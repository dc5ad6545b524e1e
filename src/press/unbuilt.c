/* Stands where the desk's side of the press is being built; goes when it is there. */
#include "press/press.h"
#include "store/edition.h"

bool
press_revisions(struct press *press, const char *path, const char *before, size_t limit,
    press_revision_visit *visit, void *arg, struct error *err)
{
	(void)press, (void)path, (void)before, (void)limit, (void)visit, (void)arg;
	return error_set(err, "not built yet");
}

bool
press_put_editors(struct press *press, const struct strings *fingerprints, struct error *err)
{
	(void)press, (void)fingerprints, (void)err;
	return true;
}

enum edition_result
edition_editor(struct edition *edition, const char *fingerprint)
{
	(void)edition, (void)fingerprint;
	return EDITION_ABSENT;
}

bool
history_diff(const char *old_name, const void *old, size_t old_len, const char *new_name,
    const void *new, size_t new_len, struct buffer *out, struct error *err)
{
	(void)old_name, (void)old, (void)old_len, (void)new_name, (void)new, (void)new_len;
	(void)out;
	return error_set(err, "not built yet");
}
