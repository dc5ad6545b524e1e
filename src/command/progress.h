/*
 * progress - one line on a terminal that is written over while long work goes on. Elsewhere
 * nothing is shown.
 */
#ifndef COMMAND_PROGRESS_H
#define COMMAND_PROGRESS_H

/* Shows the text in place of the one before. */
void progress_show(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Takes it away, before anything else is printed. */
void progress_clear(void);

#endif
