#include "command/certificates.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "command/files.h"
#include "net/certificate.h"

#define KEY_BYTES_MAX (64 * 1024)

/* Appends a certificate for host and aliases. */
static bool
sign(const struct capsule_config *capsule, const char *key_pem, struct buffer *out,
    struct error *err)
{
	struct strings hosts = {0};
	bool ok = strings_add(&hosts, capsule->host);

	for (size_t i = 0; ok && i < capsule->aliases.count; i++)
		ok = strings_add(&hosts, capsule->aliases.items[i]);
	if (ok)
		ok = certificate_sign(key_pem, &hosts, out, err);
	else
		error_set(err, "out of memory");
	strings_free(&hosts);
	return ok;
}

bool
certificates_make(const struct capsule_config *capsule, struct error *err)
{
	struct buffer key = BUFFER_EMPTY, certificate = BUFFER_EMPTY;
	bool ok = certificate_make_key(&key, err) && sign(capsule, key.data, &certificate, err) &&
		  file_write(capsule->key, key.data, key.len, 0600, FILE_NEW, err);

	if (ok && !file_write(capsule->certificate, certificate.data, certificate.len, 0644,
		      FILE_NEW, err)) {
		unlink(capsule->key); /* made just now, and of no use alone */
		ok = false;
	}
	if (key.data != NULL)
		explicit_bzero(key.data, key.len);
	buffer_free(&key);
	buffer_free(&certificate);
	return ok;
}

static bool
read_key(const char *path, struct buffer *out, struct error *err)
{
	FILE *file = fopen(path, "re");
	char *place = buffer_reserve(out, KEY_BYTES_MAX);

	if (file == NULL)
		return error_set(err, "%s: %s", path, strerror(errno));
	if (place != NULL)
		buffer_grow(out, fread(place, 1, KEY_BYTES_MAX, file));
	fclose(file);
	buffer_putc(out, '\n'); /* which ends it as a string, too */
	return !out->failed || error_set(err, "out of memory");
}

/* Whether the certificate that is there, if any, may be replaced. */
static bool
may_replace(const char *path, struct error *err)
{
	if (!file_exists(path))
		return true;
	struct certificate *old = certificate_load(path, err);
	if (old == NULL)
		return false;
	bool is_ours = certificate_is_self_signed(old);
	certificate_free(old);
	return is_ours ||
	       error_set(err, "%s: not self-signed, so renew it where it comes from", path);
}

bool
certificates_renew(const struct capsule_config *capsule, struct error *err)
{
	struct buffer key = BUFFER_EMPTY, certificate = BUFFER_EMPTY;
	bool ok = may_replace(capsule->certificate, err) && read_key(capsule->key, &key, err);

	if (ok && !sign(capsule, key.data, &certificate, err)) {
		error_prefix(err, "%s", capsule->key);
		ok = false;
	}
	ok = ok && file_write(capsule->certificate, certificate.data, certificate.len, 0644,
		       FILE_REPLACE, err);
	if (key.data != NULL)
		explicit_bzero(key.data, key.len);
	buffer_free(&key);
	buffer_free(&certificate);
	return ok;
}
