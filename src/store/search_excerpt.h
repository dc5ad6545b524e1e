/*
 * search_excerpt - the SQL function `excerpt(search)` of the index of words: the part of a body
 * around words that were found.
 *
 * SQLite's own snippet() compares every place where a word stands with every other one. A common
 * word in a book, looked for by anybody, kept a worker busy for minutes, and no deadline ends it.
 * This one looks at the first places only, and not beyond the first words of a long text.
 */
#ifndef STORE_SEARCH_EXCERPT_H
#define STORE_SEARCH_EXCERPT_H

#include "store/database.h"

#define SEARCH_EXCERPT_WORDS 28
#define SEARCH_EXCERPT_DEPTH 20000 /* words of a body: nothing is cut out behind them */

/* Makes it known to a connection. It gives gemtext in which the first or last line may be cut, with
 * "…" where something is left out; "" if nothing was found in the body, or only far behind its
 * beginning. Trouble is the database's. */
void search_excerpt_register(struct database *database);

#endif
