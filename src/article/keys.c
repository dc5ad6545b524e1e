#include "article/keys.h"

#include <string.h>

const char *const keys_names[KEY_COUNT] = {
    [KEY_TITLE] = "title",
    [KEY_AUTHOR] = "author",
    [KEY_DATE] = "date",
    [KEY_UPDATED] = "updated",
    [KEY_SUMMARY] = "summary",
    [KEY_TAGS] = "tags",
    [KEY_LANG] = "lang",
    [KEY_IMAGE] = "image",
    [KEY_IMAGE_ALT] = "image-alt",
    [KEY_IMAGE_CREDIT] = "image-credit",
    [KEY_STATUS] = "status",
    [KEY_EDITOR] = "editor",
    [KEY_CORRECTION] = "correction",
    [KEY_MOVED_FROM] = "moved-from",
    [KEY_RETRACTED] = "retracted",
    [KEY_SENT_TO] = "sent-to",
};

enum key
keys_find(const char *name, size_t len)
{
	enum key key = 0;

	while (key < KEY_COUNT &&
	       (strlen(keys_names[key]) != len || memcmp(keys_names[key], name, len) != 0))
		key++;
	return key;
}
