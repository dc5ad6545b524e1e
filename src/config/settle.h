/*
 * settle - what sections say of each other, once all of them are known. Inside this room.
 */
#ifndef CONFIG_SETTLE_H
#define CONFIG_SETTLE_H

#include "config/loading.h"

/* Resolves what sections say of each other; what cannot be is a problem. */
void loading_settle(struct loading *l);

#endif
