/* plenty - ends what scarce.h began: from here on allocations are the C library's own. */
#undef calloc
#undef realloc
#undef reallocarray
#undef strdup
#undef strndup
