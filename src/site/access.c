#include "site/access.h"

#include <stdint.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

static bool
is_listed(const struct strings *fingerprints, const struct visitor *visitor)
{
	return strings_contain(fingerprints, visitor->certificate) ||
	       strings_contain(fingerprints, visitor->public_key);
}

static bool
is_editor(const struct site *site, const struct visitor *visitor)
{
	for (size_t i = 0; i < site->config->editor_count; i++) {
		const struct editor_config *editor = &site->config->editors[i];
		bool is_here = editor->capsules.count == 0 ||
			       strings_contain(&editor->capsules, site->capsule->host);

		if (is_here && is_listed(&editor->fingerprints, visitor))
			return true;
	}
	return false;
}

/* Asks the edition, between edition_begin() and edition_end(). */
static enum edition_result
look_up(struct edition *edition, const struct visitor *visitor)
{
	enum edition_result result = edition_editor(edition, visitor->certificate);

	return result == EDITION_ABSENT ? edition_editor(edition, visitor->public_key) : result;
}

enum site_acquaintance
site_knows(struct site *site, const struct visitor *visitor)
{
	enum edition_result result = EDITION_FAILED;

	if (is_editor(site, visitor))
		return SITE_EDITOR;
	if (site->edition == NULL)
		return SITE_UNSURE;
	if (edition_begin(site->edition)) {
		result = look_up(site->edition, visitor);
		edition_end(site->edition);
	}
	switch (result) {
	case EDITION_FOUND:
		return SITE_EDITOR;
	case EDITION_ABSENT:
		return SITE_STRANGER;
	case EDITION_FAILED:
		break;
	}
	site->edition_failed = true;
	return SITE_UNSURE;
}

/* Refuses a certificate that is none at this hour, whatever the zone asks for. Checked on each
 * request: a resumed session brings back an old certificate unseen. */
static bool
refuse_certificate(struct visit *visit)
{
	const struct visitor *visitor = visit->visitor;
	int64_t now = time(NULL);

	if (!visitor->has_certificate)
		response_set(visit->out, GEMINI_CERTIFICATE_REQUIRED,
		    "These pages need a certificate: choose an identity for them");
	else if (now < visitor->not_before)
		response_set(visit->out, GEMINI_CERTIFICATE_INVALID, "Certificate not valid yet");
	else if (now > visitor->not_after)
		response_set(visit->out, GEMINI_CERTIFICATE_INVALID, "Certificate has expired");
	else
		return false;
	return true;
}

static bool
refuse_person(struct visit *visit, const struct zone_config *zone)
{
	const char *reason = NULL;

	switch (zone->require) {
	case ZONE_CERTIFICATE:
		return false;
	case ZONE_LISTED:
		if (is_listed(&zone->fingerprints, visit->visitor))
			return false;
		reason = "This certificate is not on the list for these pages";
		break;
	case ZONE_EDITOR:
		if (is_editor(visit->site, visit->visitor))
			return false;
		reason = "These pages are for editors";
		break;
	case ZONE_AUTHORITY:
		reason = "Certificates of an authority are not available yet";
		break;
	}
	response_set(visit->out, GEMINI_NOT_AUTHORISED, "%s", reason);
	return true;
}

/* A path in several zones must satisfy each. */
bool
access_refuses(struct visit *visit, const char *path)
{
	const struct capsule_config *capsule = visit->site->capsule;

	for (size_t i = 0; i < capsule->zone_count; i++) {
		const struct zone_config *zone = &capsule->zones[i];

		if (text_starts(path, zone->prefix) &&
		    (refuse_certificate(visit) || refuse_person(visit, zone)))
			return true;
	}
	return false;
}
