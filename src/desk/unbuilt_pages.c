/* Stands where the desk's pages are being built; goes when they are there. */
#include "desk/pages.h"

#define PAGE(name)                                                                                 \
	void name(struct errand *errand, const char *path)                                         \
	{                                                                                          \
		(void)path;                                                                        \
		response_set(errand->out, GEMINI_UNAVAILABLE, "not built yet");                    \
	}
/* clang-format off */
PAGE(pages_front)
PAGE(pages_list)
PAGE(pages_preview)
PAGE(pages_image)
PAGE(pages_images)
PAGE(pages_history)
PAGE(pages_diff)
PAGE(pages_publish)
PAGE(pages_restore)
PAGE(pages_move)
PAGE(pages_retract)
PAGE(pages_delete)
PAGE(pages_do)
/* clang-format on */
