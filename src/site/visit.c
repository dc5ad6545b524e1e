#include "site/visit.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/encode.h"
#include "base/log.h"
#include "base/text.h"
#include "gemini/language.h"
#include "site/site.h"

#define UNREADABLE "The edition cannot be read just now"

struct edition *
visit_edition(struct visit *visit)
{
	struct site *site = visit->site;

	if (visit->is_reading)
		return site->edition;
	if (site->edition == NULL)
		site_refresh(site);
	if (site->edition == NULL) {
		response_set(visit->out, GEMINI_UNAVAILABLE, "%s",
		    site->has_complained ? UNREADABLE
					 : site->capsule->labels.text[LABEL_BEING_PRINTED]);
		return NULL;
	}
	if (!edition_begin(site->edition)) {
		visit_edition_failed(visit);
		return NULL;
	}
	visit->is_reading = true;
	return site->edition;
}

void
visit_edition_failed(struct visit *visit)
{
	struct site *site = visit->site;

	if (!site->edition_failed)
		log_error("%s: edition %u cannot be read (%s): answering 40 until it can",
		    site->capsule->host, edition_number(site->edition),
		    edition_reason(site->edition));
	site->edition_failed = true;
	response_set(visit->out, GEMINI_TEMPORARY_FAILURE, UNREADABLE);
}

void
visit_gemtext(struct visit *visit, const char *lang)
{
	if (lang == NULL || !language_is_tag(lang))
		lang = visit->site->capsule->language;
	response_set(visit->out, GEMINI_SUCCESS, "text/gemini; charset=utf-8; lang=%s", lang);
}

void
visit_put_gap(struct visit *visit)
{
	struct buffer *body = &visit->out->body;

	if (body->len > 0 && !text_ends(buffer_text(body), "\n\n"))
		buffer_putc(body, '\n');
}

void
visit_put_address(const struct visit *visit, struct buffer *out)
{
	const struct capsule_config *capsule = visit->site->capsule;

	url_put_origin(out, "gemini", capsule->host, config_port(capsule, visit->url->port));
}

static bool
stands_in_a_reference(unsigned char byte)
{
	return byte > ' ' && byte < 0x7f && strchr("\"<>\\^`{|}", byte) == NULL;
}

bool
visit_moved(struct visit *visit, const char *reference)
{
	struct buffer encoded = BUFFER_EMPTY;

	encode_percent(&encoded, reference, strlen(reference), stands_in_a_reference);
	bool fits = !encoded.failed && encoded.len > 0 && encoded.len <= RESPONSE_META_MAX;
	if (fits)
		response_set(visit->out, GEMINI_MOVED, "%s", encoded.data);
	buffer_free(&encoded);
	return fits;
}

bool
visit_with_slash(struct visit *visit)
{
	const struct url *url = visit->url;
	char reference[2 * URL_MAX + sizeof("/?")];

	snprintf(reference, sizeof(reference), "%s/%s%s", url->raw_path, url->has_query ? "?" : "",
	    url->query);
	return visit_moved(visit, reference);
}
