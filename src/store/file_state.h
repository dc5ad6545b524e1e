/*
 * file_state - what the file table of an edition says of a file.
 */
#ifndef STORE_FILE_STATE_H
#define STORE_FILE_STATE_H

/* Stored: never renumber without a new schema. */
enum file_state {
	FILE_PLAIN,     /* not an article: served as it is */
	FILE_ARTICLE,   /* live */
	FILE_SCHEDULED, /* an article to come: `published` says when */
	FILE_DRAFT,
	FILE_BROKEN,    /* cannot be printed: `reason` says why; an older print may stand. Or a
			 * picture that cannot be cleaned of metadata: it is not served */
	FILE_RETRACTED, /* `reason` is the note that readers get */
	FILE_FOLDER,
	FILE_STATE_COUNT
};

#endif
