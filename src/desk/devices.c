/* /desk/devices: the certificates of a person, one page for each, and a code for a further one. */
#include "desk/membership.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "config/values.h"
#include "desk/token.h"
#include "gemini/gemtext.h"

#define SHORT_LEN (sizeof("0123 4567 89ab cdef") - 1)

/* The first digits of a fingerprint, as people compare them. */
static void
shorten(const char *fingerprint, char out[static SHORT_LEN + 1])
{
	snprintf(out, SHORT_LEN + 1, "%.4s %.4s %.4s %.4s", fingerprint, fingerprint + 4,
	    fingerprint + 8, fingerprint + 12);
}

static void
put_date(const struct errand *errand, struct buffer *out, int64_t seconds)
{
	struct timestamp when = timestamp_at(seconds, errand->desk->capsule->timezone);

	when.has_time = when.has_zone = false;
	timestamp_append(out, &when);
}

/* "BETWEEN added 2025-06-13, last used 2025-06-14, valid until 2045-06-13" as far as known. */
static void
put_dates(const struct errand *errand, struct buffer *out, const struct device *device)
{
	const struct {
		const char *what;
		int64_t when;
	} dates[] = {
	    {"added", device->added},
	    {"last used", device->last_used},
	    {device->expires < errand->now ? "over since" : "valid until", device->expires},
	};

	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		if (dates[i].when == 0)
			continue;
		buffer_printf(out, ", %s ", dates[i].what);
		put_date(errand, out, dates[i].when);
	}
	if (device->is_in_ini)
		buffer_puts(out, ", given by the ini file");
}

static bool
is_this_one(const struct errand *errand, const struct device *device)
{
	return person_device(errand->person, errand->visitor) == device;
}

static void
answer_list(struct errand *errand)
{
	const struct person *person = errand->person;
	struct buffer *out = &errand->out->body;

	office_gemtext(errand);
	gemtext_put_heading(out, 1, "Your devices");
	buffer_puts(out, "\nEach line is one client certificate (an identity, in Lagrange) that is "
			 "yours. Open it to see more, or to remove it.\n\n");
	for (size_t i = 0; i < person->device_count; i++) {
		const struct device *device = &person->devices[i];
		char name[SHORT_LEN + 1];

		shorten(device->fingerprint, name);
		buffer_printf(out, "=> /desk/devices/%s %s%s", device->fingerprint, name,
		    is_this_one(errand, device) ? ", this one" : "");
		put_dates(errand, out, device);
		buffer_putc(out, '\n');
	}
	buffer_putc(out, '\n');
	gemtext_put_link(out, "/desk/devices/add", "Add a device");
	gemtext_put_link(out, "/desk/", "Back to your desk");
}

/* Names what is done in the log and in an answer; the person is not at hand any more. */
static void
act_remove(struct errand *errand, const struct token *token)
{
	struct people *people = errand->desk->people;
	struct buffer *out = &errand->out->body;
	char id[VALUE_ID_MAX + 1];
	struct error err;

	snprintf(id, sizeof(id), "%s", errand->person->id);
	errand->person = NULL; /* gone once people change */
	if (!people_remove_device(people, id, token->argument, &err)) {
		response_set(
		    errand->out, GEMINI_TEMPORARY_FAILURE, "Look at /desk/devices: %s", err.text);
		return;
	}
	log_notice("%s removed the certificate %s", id, token->argument);
	office_gemtext(errand);
	gemtext_put_heading(out, 1, "Removed");
	buffer_printf(out, "\nThe %s is not let in any more.\n\n", token->subject);
	gemtext_put_link(out, "/desk/devices", "Your devices");
	gemtext_put_link(out, "/", errand->desk->capsule->title);
}

static void
put_removal(struct errand *errand, const struct device *device, char *name)
{
	static const struct deed removal = {"remove", act_remove};
	char subject[sizeof("device ") + SHORT_LEN];
	const struct token token = {
	    .deed = &removal,
	    .subject = subject,
	    .path = (char *)"",
	    .argument = (char *)device->fingerprint,
	};

	snprintf(subject, sizeof(subject), "device %s", name);
	token_put_link(errand, &token, "Remove this device");
}

static void
answer_device(struct errand *errand, const struct device *device)
{
	struct buffer *out = &errand->out->body;
	char name[SHORT_LEN + 1];

	shorten(device->fingerprint, name);
	office_gemtext(errand);
	buffer_printf(out, "# Device %s\n\nThis is %s", name,
	    is_this_one(errand, device) ? "the device that you are using now"
					: "a certificate of yours");
	put_dates(errand, out, device);
	buffer_printf(out,
	    ".\n\n```Fingerprint, the SHA-256 of the certificate or of its public key\n%s\n```\n\n",
	    device->fingerprint);
	if (device->is_in_ini) {
		buffer_puts(out, "Only the admin can take it away: it stands in the ini file.\n\n");
	} else {
		if (errand->person->device_count == 1)
			buffer_puts(out, "It is the only one you have. Without it you are not let "
					 "in, until the admin invites you again.\n\n");
		else if (is_this_one(errand, device))
			buffer_puts(out, "Without it you are not let in here any more: use "
					 "another one of your devices then.\n\n");
		put_removal(errand, device, name);
	}
	gemtext_put_link(out, "/desk/devices", "All your devices");
}

static void
put_code(struct errand *errand, const char *code)
{
	struct buffer *out = &errand->out->body;

	office_gemtext(errand);
	buffer_printf(out,
	    "# A code for your other device\n"
	    "\n"
	    "It is shown this once. Nobody else should see it.\n"
	    "\n"
	    "```Code\n"
	    "%s\n"
	    "```\n"
	    "\n"
	    "On the other device:\n"
	    "\n"
	    "* Open the address below. Asked for an identity, choose \"New Identity for Domain…\" "
	    "(so it is called in Lagrange).\n"
	    "* Type in the code. It is good once, until ",
	    code);
	put_date(errand, out, errand->now + (int64_t)PEOPLE_INVITATION_DAYS * 86400);
	buffer_puts(out, ".\n\n=> ");
	office_put_url(errand, out, "gemini", "", "/desk/join");
	buffer_puts(out, "\n");
	gemtext_put_link(out, "/desk/devices", "Your devices");
}

static void
act_add(struct errand *errand, const struct token *token)
{
	const struct person *person = errand->person;
	char code[PEOPLE_CODE_LEN + 1];
	struct error err;

	(void)token;
	/* For this capsule: whoever works for all of them does so with every device. */
	if (people_invite(errand->desk->people, person->id, person->id, person->role,
		errand->desk->capsule->host, errand->now, code, &err))
		put_code(errand, code);
	else
		response_set(errand->out, GEMINI_TEMPORARY_FAILURE,
		    "Try again, or tell the admin: %s", err.text);
}

static void
answer_add(struct errand *errand)
{
	static const struct deed adding = {"make a code for", act_add};
	static const struct token token = {
	    .deed = &adding,
	    .subject = (char *)"another device",
	    .path = (char *)"",
	    .argument = (char *)"",
	};
	struct buffer *out = &errand->out->body;

	office_gemtext(errand);
	buffer_printf(out,
	    "# Add a device\n"
	    "\n"
	    "A code lets another device, or another browser, in as you. It is good once, within "
	    "%d days, and an earlier one that was not used is then good for nothing.\n"
	    "\n",
	    PEOPLE_INVITATION_DAYS);
	if (token_put_link(errand, &token, "Make a code"))
		gemtext_put_link(out, "/desk/devices", "Your devices");
}

void
membership_devices(struct errand *errand, const char *path)
{
	const struct device *device = person_device_named(errand->person, path + 1);

	if (strcmp(path, "/") == 0)
		answer_list(errand);
	else if (strcmp(path, "/add") == 0)
		answer_add(errand);
	else if (device != NULL)
		answer_device(errand, device);
	else
		response_set(errand->out, GEMINI_NOT_FOUND,
		    "Go to /desk/devices: none of yours has that fingerprint");
}
