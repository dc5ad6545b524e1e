/*
 * form - what an editor gets to edit (`;edit`, the Edit Link proposal): the stored source with the
 * revision it has, or a form to fill in.
 */
#ifndef DESK_FORM_H
#define DESK_FORM_H

#include "upload/office.h"

void form_edit(struct errand *errand);

#endif
