/*
 * arrival - an upload being judged by all that can be known before its body: where it goes, what
 * lies there, whose that is, how large and of what kind it is.
 */
#ifndef UPLOAD_ARRIVAL_H
#define UPLOAD_ARRIVAL_H

#include <stdbool.h>

#include "upload/office.h"
#include "upload/upload.h"

struct arrival {
	struct errand *errand;
	const struct upload *upload;
	struct rules_target target;
	bool has_stored;
	struct buffer stored; /* what lies at the path now */
	enum rules_holder holder;
	bool came_too_late; /* refused, but only for what somebody else put there */
};

/* Fills *out. On false the answer of the errand says why. Either way arrival_done() ends it. */
bool arrival_judge(struct errand *errand, const struct upload *upload, struct arrival *out);
void arrival_done(struct arrival *arrival);

#endif
