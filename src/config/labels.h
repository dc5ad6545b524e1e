/*
 * labels - every word that broadsheet itself prints for readers, and its English default.
 */
#ifndef CONFIG_LABELS_H
#define CONFIG_LABELS_H

#define LABELS(X)                                                                                  \
	X(SHOW_MORE, "show-more", "Show more")                                                     \
	X(MORE_NEWS, "more-news", "More news")                                                     \
	X(MORE_BY, "more-by", "More by")                                                           \
	X(FILED_UNDER, "filed-under", "Filed under:")                                              \
	X(BY, "by", "By")                                                                          \
	X(UPDATED, "updated", "updated")                                                           \
	X(CORRECTION, "correction", "Correction")                                                  \
	X(PICTURE, "picture", "Picture")                                                           \
	X(WRITE_TO_THE_EDITOR, "write-to-the-editor", "Write to the editor")                       \
	X(SEARCH, "search", "Search")                                                              \
	X(ARTICLES, "articles", "Articles")                                                        \
	X(TAGS, "tags", "Tags")                                                                    \
	X(AUTHORS, "authors", "Authors")                                                           \
	X(ARCHIVE, "archive", "Archive")                                                           \
	X(SUBSCRIBE, "subscribe", "Subscribe: Atom feed")                                          \
	X(FOUND, "found", "Found:")                                                                \
	X(MORE_THAN, "more-than", "more than")                                                     \
	X(BEST_FIRST, "best-first", "Best matches first")                                          \
	X(NEWEST_FIRST, "newest-first", "Newest first")                                            \
	X(NOTHING_FOUND, "nothing-found", "Nothing found")                                         \
	X(OTHER_WORDS, "other-words", "Try fewer words, other ones, or look here:")                \
	X(TOO_COMMON, "too-common", "These words are too common to look for together")             \
	X(RARER_WORDS, "rarer-words", "Try rarer words, or look here:")                            \
	X(FOLDER, "folder", "Folder")                                                              \
	X(BEING_PRINTED, "being-printed", "The first edition is being printed")                    \
	X(NOT_FOUND, "not-found", "Not found")                                                     \
	X(GONE, "gone", "Gone")

enum label {
#define LABEL_ENUM(name, key, text) LABEL_##name,
	LABELS(LABEL_ENUM)
#undef LABEL_ENUM
	    LABEL_COUNT
};

/* text[i] is never NULL once the configuration is loaded: own word, or [labels], or English. */
struct labels {
	const char *text[LABEL_COUNT];
};

extern const char *const label_keys[LABEL_COUNT];
extern const char *const label_defaults[LABEL_COUNT];

#endif
