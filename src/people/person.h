/*
 * person - somebody who works for a publication, and the certificates that tell who it is. Pure.
 */
#ifndef PEOPLE_PERSON_H
#define PEOPLE_PERSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strings.h"
#include "config/config.h"
#include "gemini/visitor.h"

#define PEOPLE_NAME_MAX    120 /* bytes of a name */
#define PEOPLE_DEVICES_MAX 32  /* certificates that joined, of one person */

/* A plain value: copied by assignment. */
struct device {
	char fingerprint[65];     /* of the certificate or of its public key, 64 hex digits */
	int64_t added, last_used; /* Unix seconds; 0: not known */
	int64_t expires;          /* the certificate's end; 0: not known */
	char invitation[65];      /* SHA-256 of the code it joined with, or "" */
	bool is_in_ini;           /* given by the ini file, which alone can take it away */
};
struct person {
	char *id, *name;
	enum editor_role role;
	struct strings capsules; /* hosts; empty: all */
	struct device *devices;
	size_t device_count;
	bool is_in_ini; /* then the ini file alone says who it is */
};

/* Releases what the person owns, and leaves it empty. */
void person_done(struct person *person);

/* Adds a copy of device. False if out of memory; the person is as before. */
bool person_add_device(struct person *person, const struct device *device);

/* The device with that fingerprint, or NULL. */
struct device *person_device_named(const struct person *person, const char *fingerprint);

/* The device that the visitor uses, or NULL. */
const struct device *person_device(const struct person *person, const struct visitor *visitor);

/* Whether the person works for that capsule. */
bool person_is_of(const struct person *person, const char *host);

/* "contributor", "author", "editor"; and back. */
const char *people_role_word(enum editor_role role);
bool people_read_role(const char *word, enum editor_role *out);

#endif
