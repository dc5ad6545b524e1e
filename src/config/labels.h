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
	X(GONE, "gone", "Gone")                                                                    \
	X(NEEDS_CERTIFICATE, "needs-certificate",                                                  \
	    "These pages need a certificate: choose an identity for them")                         \
	X(NOT_VALID_YET, "not-valid-yet",                                                          \
	    "Certificate not valid yet: choose another identity, or look at your clock")           \
	X(EXPIRED, "expired",                                                                      \
	    "Certificate has expired: choose another identity, or make a new one")                 \
	X(NOT_LISTED, "not-listed",                                                                \
	    "This certificate is not on the list for these pages: to be put there, send us its "   \
	    "SHA-256 fingerprint,")                                                                \
	X(EDITORS_ONLY, "editors-only",                                                            \
	    "These pages are for editors: use the identity that you edit with, or see /desk/")     \
	X(REVOKED, "revoked",                                                                      \
	    "This certificate was revoked by who issued it: ask them for a new one")               \
	X(ISSUER_EXPIRED, "issuer-expired",                                                        \
	    "The certificate that signed this one is out of date: ask who issued it for a new "    \
	    "one")                                                                                 \
	X(NOT_SIGNED, "not-signed",                                                                \
	    "This certificate is not of the authority for these pages: use the identity that you " \
	    "were given for them")

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
