#include "base/encode.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";

void
encode_percent(
    struct buffer *out, const char *bytes, size_t len, bool (*stands)(unsigned char byte))
{
	for (size_t i = 0; i < len; i++) {
		if (stands((unsigned char)bytes[i]))
			buffer_putc(out, bytes[i]);
		else
			encode_percent_byte(out, bytes[i]);
	}
}

void
encode_percent_byte(struct buffer *out, char byte)
{
	buffer_printf(out, "%%%02X", (unsigned)(unsigned char)byte);
}

bool
encode_read_percent(const char *text, size_t len, char *out_byte)
{
	if (len < 3 || text[0] != '%' || encode_hex_digit(text[1]) == -1 ||
	    encode_hex_digit(text[2]) == -1)
		return false;
	if (out_byte != NULL)
		*out_byte = (char)(encode_hex_digit(text[1]) << 4 | encode_hex_digit(text[2]));
	return true;
}

void
encode_hex(const uint8_t *bytes, size_t len, char *out)
{
	for (size_t i = 0; i < len; i++) {
		*out++ = hex_digits[bytes[i] >> 4];
		*out++ = hex_digits[bytes[i] & 0xF];
	}
	*out = '\0';
}

int
encode_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool
encode_is_hex(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\0' || strchr(hex_digits, text[i]) == NULL)
			return false;
	return true;
}

bool
encode_read_hex(const char *text, size_t count, uint8_t *out)
{
	for (size_t i = 0; i < count; i++) {
		if (!encode_is_hex(text + 2 * i, 2))
			return false;
		out[i] = (uint8_t)(encode_hex_digit(text[2 * i]) << 4 |
				   encode_hex_digit(text[2 * i + 1]));
	}
	return true;
}
