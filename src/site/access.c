#include "site/access.h"

#include <stdint.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "site/site.h"

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

bool
access_is_editor(const struct visit *visit, struct edition *edition)
{
	const struct visitor *visitor = visit->visitor;

	return visitor->has_certificate &&
	       (is_editor(visit->site, visitor) || look_up(edition, visitor) == EDITION_FOUND);
}

static const char *
word(const struct visit *visit, enum label label)
{
	return visit->site->capsule->labels.text[label];
}

static bool
refuse(struct visit *visit, enum gemini_status status, enum label reason)
{
	response_set(visit->out, status, "%s", word(visit, reason));
	return true;
}

/* Refuses a certificate that is none at this hour, whatever the zone asks for. Checked on each
 * request: a resumed session brings back an old certificate unseen. */
static bool
refuse_certificate(struct visit *visit)
{
	const struct visitor *visitor = visit->visitor;
	int64_t now = time(NULL);

	if (!visitor->has_certificate)
		return refuse(visit, GEMINI_CERTIFICATE_REQUIRED, LABEL_NEEDS_CERTIFICATE);
	if (now < visitor->not_before)
		return refuse(visit, GEMINI_CERTIFICATE_INVALID, LABEL_NOT_VALID_YET);
	if (now > visitor->not_after)
		return refuse(visit, GEMINI_CERTIFICATE_INVALID, LABEL_EXPIRED);
	return false;
}

static bool
refuse_unlisted(struct visit *visit, const struct zone_config *zone)
{
	if (is_listed(&zone->fingerprints, visit->visitor))
		return false;
	response_set(visit->out, GEMINI_NOT_AUTHORISED, "%s %s", word(visit, LABEL_NOT_LISTED),
	    visit->visitor->certificate);
	return true;
}

/* Those of the ini file, and those who joined by invitation: the edition knows these. */
static bool
refuse_all_but_editors(struct visit *visit)
{
	if (is_editor(visit->site, visit->visitor))
		return false;
	struct edition *edition = visit_edition(visit);
	if (edition == NULL)
		return true;
	switch (look_up(edition, visit->visitor)) {
	case EDITION_FOUND:
		return false;
	case EDITION_ABSENT:
		return refuse(visit, GEMINI_NOT_AUTHORISED, LABEL_EDITORS_ONLY);
	case EDITION_FAILED:
		break;
	}
	visit_edition_failed(visit);
	return true;
}

static bool
refuse_unsigned(struct visit *visit, const char *authority)
{
	const struct visitor *visitor = visit->visitor;
	enum voucher_verdict verdict = VOUCHER_FOREIGN;

	if (visitor->vouch != NULL)
		verdict = visitor->vouch(visitor->voucher, authority);
	switch (verdict) {
	case VOUCHER_SIGNED:
		return false;
	case VOUCHER_FOREIGN:
		break;
	case VOUCHER_REVOKED:
		return refuse(visit, GEMINI_NOT_AUTHORISED, LABEL_REVOKED);
	case VOUCHER_LAPSED:
		return refuse(visit, GEMINI_CERTIFICATE_INVALID, LABEL_ISSUER_EXPIRED);
	}
	return refuse(visit, GEMINI_NOT_AUTHORISED, LABEL_NOT_SIGNED);
}

static bool
refuse_person(struct visit *visit, const struct zone_config *zone)
{
	switch (zone->require) {
	case ZONE_CERTIFICATE:
		return false;
	case ZONE_LISTED:
		return refuse_unlisted(visit, zone);
	case ZONE_EDITOR:
		return refuse_all_but_editors(visit);
	case ZONE_AUTHORITY:
		return refuse_unsigned(visit, zone->authority);
	}
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
