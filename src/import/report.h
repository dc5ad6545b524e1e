/*
 * report - what was taken and what was not, and why: a line on standard output for each, as it
 * happens, and a summary.
 */
#ifndef IMPORT_REPORT_H
#define IMPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>

struct report {
	bool is_dry;                       /* nothing is written: told as what would be */
	size_t articles, drafts, pictures; /* taken */
	size_t there;                      /* taken before */
	size_t refused, passed_over, notes;
};

/* Each tells of a file, whose name may hold any bytes. path is where it is in the capsule. */
void report_taken(struct report *report, const char *file, const char *path, bool is_draft);
void report_picture(struct report *report, const char *file, const char *path);
void report_there(struct report *report, const char *file, const char *path, bool is_changed);
void report_refused(struct report *report, const char *file, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void report_passed_over(struct report *report, const char *file, const char *why);
void report_note(struct report *report, const char *file, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void report_summary(const struct report *report);

#endif
