#include "gemini/language.h"

#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

bool
language_is_tag(const char *text)
{
	size_t len = strspn(text, LETTERS);
	bool is_special = len == 1 && strchr("ixIX", text[0]) != NULL && text[1] == '-';

	if ((len < 2 && !is_special) || len > 8)
		return false;
	while (text[len] == '-') {
		text += len + 1;
		len = strspn(text, LETTERS "0123456789");
		if (len < 1 || len > 8)
			return false;
	}
	return text[len] == '\0';
}
