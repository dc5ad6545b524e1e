#include "desk/membership.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "gemini/gemtext.h"

/* The pages of this file have no others below them. */
static bool
is_page_itself(struct errand *errand, const char *path)
{
	if (strcmp(path, "/") == 0)
		return true;
	response_set(errand->out, GEMINI_NOT_FOUND, "Go to /desk/: there is no such page");
	return false;
}

static void
answer_taken(struct errand *errand, const struct person *person)
{
	if (person_is_of(person, errand->desk->capsule->host))
		office_redirect(errand, "", "/welcome"); /* joined already: the code sent twice */
	else
		response_set(errand->out, GEMINI_NOT_AUTHORISED,
		    "Use another identity: this one is %s's, for another publication",
		    person->name);
}

static void
join_with(struct errand *errand, const char *code)
{
	const struct person *person = NULL;
	struct error err;
	int wait_seconds = 0;

	switch (people_join(errand->desk->people, code, errand->visitor, errand->now, &person,
	    &wait_seconds, &err)) {
	case PEOPLE_JOINED:
		office_redirect(errand, "", "/welcome");
		break;
	case PEOPLE_WRONG_CODE:
		response_set(errand->out, GEMINI_FAILURE,
		    "Check the code, or ask for a new one: this one is wrong, used, or older than "
		    "%d days",
		    PEOPLE_INVITATION_DAYS);
		break;
	case PEOPLE_SLOW_DOWN:
		response_set(errand->out, GEMINI_SLOW_DOWN, "%d", wait_seconds);
		break;
	case PEOPLE_TAKEN:
		answer_taken(errand, person);
		break;
	case PEOPLE_FAILED:
		log_error("an invitation code cannot be taken: %s", err.text);
		response_set(errand->out, GEMINI_TEMPORARY_FAILURE,
		    "Try again, or tell the admin: %s", err.text);
		break;
	}
}

void
membership_join(struct errand *errand, const char *path)
{
	const struct capsule_config *capsule = errand->desk->capsule;
	char code[URL_MAX + 1];

	if (!is_page_itself(errand, path))
		return;
	if (people_find(errand->desk->people, errand->visitor, capsule->host) != NULL)
		office_redirect(errand, "", "/welcome");
	else if (errand->url->query[0] == '\0')
		response_set(errand->out, GEMINI_SENSITIVE_INPUT, "Invitation code");
	else if (!url_decode_query(errand->url->query, code))
		join_with(errand, ""); /* no code at all, and counted as a wrong one */
	else
		join_with(errand, code);
}

static const char *
role_sentence(enum editor_role role)
{
	switch (role) {
	case ROLE_CONTRIBUTOR:
		return "You write drafts; an editor looks at them and publishes them.";
	case ROLE_AUTHOR:
		return "You write and publish your own articles, and send pictures.";
	case ROLE_EDITOR:
		return "You write, and you may change and publish everything.";
	}
	return "";
}

static void
put_welcome(struct errand *errand)
{
	const struct person *person = errand->person;
	struct buffer *out = &errand->out->body;

	buffer_puts(out, "# Welcome, ");
	text_append_line(out, person->name, strlen(person->name));
	buffer_printf(out,
	    "\n\nYou are %s of this publication. Your identity works here, and that is all that "
	    "it needs.\n%s\n\n",
	    person->role == ROLE_CONTRIBUTOR ? "a contributor"
	    : person->role == ROLE_AUTHOR    ? "an author"
					     : "an editor",
	    role_sentence(person->role));
	gemtext_put_link(out, "/desk/", "Go to your desk");
	gemtext_put_link(out, "/desk/devices", "Your devices: add another one");
	gemtext_put_link(out, "/", errand->desk->capsule->title);
}

static void
put_not_seen(struct errand *errand)
{
	struct buffer *out = &errand->out->body;

	gemtext_put_heading(out, 1, "Almost there");
	buffer_puts(out, "\n");
	buffer_puts(out, errand->visitor->has_certificate
			     ? "Your browser showed this page an identity that is not known here, "
			       "or not the one you joined with.\n"
			     : "Your browser did not show this page your identity. It uses it on "
			       "one page only, so the desk would not know you either.\n");
	buffer_puts(out,
	    "\n"
	    "## In Lagrange\n"
	    "\n"
	    "* Open the front page (the link below).\n"
	    "* Open the sidebar's Identities, click the identity you joined with and choose \"Use "
	    "on This Page\". From the front page on, that means the whole site.\n"
	    "* Come back here and reload: this page should greet you by your name.\n"
	    "\n"
	    "Or begin again: choose \"New Identity for Domain…\" in the menu Identity, and join "
	    "with the same code. If you used it within the last ten minutes, it is good once "
	    "more, for an hour.\n"
	    "\n"
	    "## In other browsers\n"
	    "\n"
	    "Let the browser use your client certificate on the whole host, not on one page. "
	    "Amfora always does: name certificate and key for this host in its config.toml.\n"
	    "\n");
	gemtext_put_link(out, "/", "Front page");
	gemtext_put_link(out, "/welcome", "Look again");
	gemtext_put_link(out, "/desk/join", "Join with an invitation code");
}

void
membership_welcome(struct errand *errand, const char *path)
{
	if (!is_page_itself(errand, path))
		return;
	office_gemtext(errand);
	if (errand->person != NULL) {
		put_welcome(errand);
		return;
	}
	people_reopen_codes(errand->desk->people, errand->now);
	put_not_seen(errand);
}

void
membership_stranger(struct errand *errand, const char *path)
{
	const struct capsule_config *capsule = errand->desk->capsule;
	const char *fingerprint = errand->visitor->certificate;
	struct buffer *out = &errand->out->body;

	(void)path;
	office_gemtext(errand);
	gemtext_put_heading(out, 1, "The editors' desk");
	buffer_puts(out, "\n"
			 "Your identity is not known here yet. There are two ways to join.\n"
			 "\n"
			 "## You have an invitation code\n"
			 "\n");
	gemtext_put_link(out, "/desk/join", "Type in the code");
	buffer_printf(out,
	    "\n"
	    "## You have none\n"
	    "\n"
	    "Ask the newsroom for one, or send it the fingerprint (SHA-256) of your certificate:\n"
	    "\n"
	    "```Fingerprint\n"
	    "%s\n"
	    "```\n"
	    "\n"
	    "With it the admin can let you in, by these lines in the ini file and a reload:\n"
	    "\n"
	    "```Lines for the ini file\n"
	    "[editor YOUR-ID]\n"
	    "name = Your Name\n"
	    "fingerprint = %s\n"
	    "role = author\n"
	    "capsule = %s\n"
	    "```\n"
	    "\n",
	    fingerprint, fingerprint, capsule->host);
	if (capsule->letters != NULL)
		gemtext_put_link(out, capsule->letters, "Write to the newsroom");
	gemtext_put_link(out, "/", capsule->title);
}
