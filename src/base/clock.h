/*
 * clock - what time it is, in milliseconds.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Since some moment before: never goes back, and is the same for all processes of this machine. For
 * deadlines and intervals. */
int64_t clock_now_ms(void);

/* Since 1970, UTC, as the machine's clock is set: may jump. Not behind the stamps of files, as
 * time() may be by a tick. */
int64_t clock_wall_ms(void);

#endif
