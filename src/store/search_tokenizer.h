/*
 * search_tokenizer - how search cuts text into words: case and accents folded and English endings
 * taken off by SQLite's own `porter unicode61`; and what is written without blanks, which that
 * would take for one long word, into overlapping pairs of characters.
 *
 * Measured with 100,000 articles of 3 KB (see tests/bench): pairs in the same index make a Chinese
 * one 1.5 times as large as a European one; SQLite's trigrams beside it would make every article's
 * six times as large and eight times as slow to print, and find no word of two characters.
 */
#ifndef STORE_SEARCH_TOKENIZER_H
#define STORE_SEARCH_TOKENIZER_H

#include "store/database.h"

#define SEARCH_TOKENIZER "broadsheet" /* as a table of FTS5 calls it */

/* Makes it known to a connection, which cannot read or write the index before. Trouble is the
 * database's. */
void search_tokenizer_register(struct database *database);

#endif
