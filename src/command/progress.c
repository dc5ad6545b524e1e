#include "command/progress.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#define CLEAR_LINE "\r\033[K" /* ECMA-48: carriage return, erase to the end of the line */

static bool is_shown;

void
progress_show(const char *format, ...)
{
	va_list args;

	if (!isatty(STDERR_FILENO))
		return;
	fputs(CLEAR_LINE, stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fflush(stderr);
	is_shown = true;
}

void
progress_clear(void)
{
	if (is_shown)
		fputs(CLEAR_LINE, stderr);
	is_shown = false;
}
