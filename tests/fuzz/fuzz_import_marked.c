/*
 * Whatever the file says, what is made of it is a source file that can be read again, or is refused
 * for a reason.
 */
#include "import_properties.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_import(FORMAT_MARKDOWN, "/2025-06-13-file.md", data, size);
	return 0;
}
