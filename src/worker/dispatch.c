#include "worker/dispatch.h"

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

static enum dispatch
judge_page(struct site *site, const struct conn_request *request, int64_t now, struct response *out)
{
	switch (admission_of(request->url->path)) {
	case ADMISSION_PUBLIC:
		return DISPATCH_SITE;
	case ADMISSION_ANYBODY:
		break;
	case ADMISSION_CERTIFICATE:
		if (!admission_check_certificate(request->visitor, now, out))
			return DISPATCH_REFUSED;
		break;
	case ADMISSION_PERSON:
		if (!admit_person(site, request->visitor, now, out))
			return DISPATCH_REFUSED;
		break;
	}
	return DISPATCH_DESK;
}

enum dispatch
dispatch_request(const struct config *config, struct site *site, const struct conn_request *request,
    int64_t now, struct response *out)
{
	if (request->titan == NULL)
		return judge_page(site, request, now, out);
	if (!admit_person(site, request->visitor, now, out))
		return DISPATCH_REFUSED;
	if (request->titan->is_edit || request->titan->size > config->limits.upload_size)
		return DISPATCH_DESK;
	return DISPATCH_UPLOAD;
}
