#include "history/git_name.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

/* As in git's utf8.c, next_hfs_char(). */
static bool
is_passed_over_by_hfs(uint32_t c)
{
	return (c >= 0x200C && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
	       (c >= 0x206A && c <= 0x206F) || c == 0xFEFF;
}

static bool
is_git_on_hfs(const char *name, size_t len)
{
	static const char word[] = ".git";
	size_t seen = 0;
	uint32_t c;

	for (size_t at = 0, n; at < len; at += n) {
		n = text_decode(name + at, len - at, &c);
		if (n == 0)
			return false;
		if (is_passed_over_by_hfs(c))
			continue;
		if (n > 1 || seen == strlen(word) || tolower((int)c) != word[seen])
			return false;
		seen++;
	}
	return seen == strlen(word);
}

/* As in git's path.c, is_ntfs_dotgit(): blanks and dots at the end do not count there, and behind a
 * colon is the name of a stream. */
static bool
is_git_on_ntfs(const char *name, size_t len)
{
	static const char *const words[] = {".git", "git~1"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t at = strlen(words[i]);
		if (len < at || strncasecmp(name, words[i], at) != 0)
			continue;
		while (at < len && (name[at] == ' ' || name[at] == '.'))
			at++;
		if (at == len || name[at] == ':' || name[at] == '\\')
			return true;
	}
	return false;
}

bool
git_name_is_in(const char *path)
{
	while (*path != '\0') {
		size_t len = strcspn(path, "/");

		if (is_git_on_hfs(path, len) || is_git_on_ntfs(path, len))
			return true;
		path += len + (path[len] == '/');
	}
	return false;
}
