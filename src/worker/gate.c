#include "worker/gate.h"

#include "upload/admission.h"

/* Whether somebody of this newsroom comes, or maybe does: then the publisher knows. */
static bool
admit_person(struct site *site, const struct visitor *visitor, int64_t now, struct response *out)
{
	if (!admission_check_certificate(visitor, now, out))
		return false;
	if (site_knows(site, visitor) != SITE_STRANGER)
		return true;
	admission_refuse_stranger(out);
	return false;
}

static enum gate
judge_page(struct site *site, const struct conn_request *request, int64_t now, struct response *out)
{
	switch (admission_of(request->url->path)) {
	case ADMISSION_PUBLIC:
		return GATE_SITE;
	case ADMISSION_ANYBODY:
		break;
	case ADMISSION_CERTIFICATE:
		if (!admission_check_certificate(request->visitor, now, out))
			return GATE_CLOSED;
		break;
	case ADMISSION_PERSON:
		if (!admit_person(site, request->visitor, now, out))
			return GATE_CLOSED;
		break;
	}
	return GATE_DESK;
}

enum gate
gate_judge(const struct config *config, struct site *site, const struct conn_request *request,
    int64_t now, struct response *out)
{
	if (request->titan == NULL)
		return judge_page(site, request, now, out);
	if (!admit_person(site, request->visitor, now, out))
		return GATE_CLOSED;
	if (request->titan->is_edit || request->titan->size > config->limits.upload_size)
		return GATE_DESK;
	return GATE_UPLOAD;
}
