/* Who signs for the members of a zone: what a file must hold, and what is made of a certificate. */
#include "check.h"

#include "peer.h"

#include "scarce.h"

#include "net/authority.c"

#include "plenty.h"

#define LATER (1000 * DAY) /* when all of it is out of date */

/* --- certificates and lists ---------------------------------------------------------------- */

static long serial = 1;

/* A certificate for subject, signed by issuer, or by itself without one. */
static struct identity
signed_by(const struct identity *issuer, const char *subject, bool is_authority, long ends)
{
	struct identity id = {.certificate = X509_new(), .key = EVP_EC_gen("P-256")};
	X509 *x509 = id.certificate;
	X509_NAME *name = X509_get_subject_name(x509);
	X509V3_CTX context;

	X509_set_version(x509, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x509), serial++);
	X509_gmtime_adj(X509_getm_notBefore(x509), -DAY);
	X509_gmtime_adj(X509_getm_notAfter(x509), ends);
	X509_NAME_add_entry_by_txt(
	    name, "CN", MBSTRING_UTF8, (const unsigned char *)subject, -1, -1, 0);
	X509_set_issuer_name(
	    x509, issuer == NULL ? name : X509_get_subject_name(issuer->certificate));
	X509_set_pubkey(x509, id.key);
	X509V3_set_ctx(&context, issuer == NULL ? x509 : issuer->certificate, x509, NULL, NULL, 0);
	const char *use = is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE";
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, NID_basic_constraints, use);
	X509_add_ext(x509, extension, -1);
	X509_EXTENSION_free(extension);
	assert_true(X509_sign(x509, issuer == NULL ? id.key : issuer->key, EVP_sha256()) > 0);
	return id;
}

/* A list of the issuer's, which revokes one certificate, or none. */
static X509_CRL *
list_of(const struct identity *issuer, const struct identity *revoked, long ends)
{
	X509_CRL *list = X509_CRL_new();
	ASN1_TIME *time = X509_gmtime_adj(NULL, -DAY);

	X509_CRL_set_version(list, 1);
	X509_CRL_set_issuer_name(list, X509_get_subject_name(issuer->certificate));
	X509_CRL_set1_lastUpdate(list, time);
	if (revoked != NULL) {
		X509_REVOKED *entry = X509_REVOKED_new();
		X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked->certificate));
		X509_REVOKED_set_revocationDate(entry, time);
		X509_CRL_add0_revoked(list, entry);
	}
	X509_gmtime_adj(time, ends);
	X509_CRL_set1_nextUpdate(list, time);
	ASN1_TIME_free(time);
	assert_true(X509_CRL_sign(list, issuer->key, EVP_sha256()) > 0);
	return list;
}

/* --- the people of the tests --------------------------------------------------------------- */

static struct identity root, middle, member, below, revoked, lapsed, foreign;
static char folder[] = "/tmp/broadsheet-authority-XXXXXX";

static int
make_people(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	root = signed_by(NULL, "Root", true, 100 * DAY);
	middle = signed_by(&root, "Middle", true, 100 * DAY);
	member = signed_by(&root, "member", false, 100 * DAY);
	below = signed_by(&middle, "below", false, 100 * DAY);
	revoked = signed_by(&root, "revoked", false, 100 * DAY);
	lapsed = signed_by(&root, "lapsed", false, -1);
	foreign = signed_by(NULL, "Root", true, 100 * DAY); /* by its name alone the root */
	return 0;
}

static int
forget_people(void **state)
{
	struct identity *all[] = {&root, &middle, &member, &below, &revoked, &lapsed, &foreign};

	(void)state;
	for (size_t i = 0; i < ROWS(all); i++)
		identity_done(all[i]);
	rmdir(folder);
	return 0;
}

/* A file of certificates and, where list is not NULL, a list; its path. The list is freed. */
static const char *
file_of(const struct identity *const *certificates, size_t count, X509_CRL *list)
{
	static char path[96];

	snprintf(path, sizeof(path), "%s/ca.pem", folder);
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	for (size_t i = 0; i < count; i++)
		PEM_write_X509(file, certificates[i]->certificate);
	if (list != NULL)
		PEM_write_X509_CRL(file, list);
	X509_CRL_free(list);
	assert_int_equal(fclose(file), 0);
	return path;
}

/* The authority of such a file, which is gone again. */
static struct authority *
authority_of(const struct identity *const *certificates, size_t count, X509_CRL *list)
{
	const char *path = file_of(certificates, count, list);
	struct error err = {""};
	struct authority *authority = authority_load(path, &err);

	unlink(path);
	if (authority == NULL)
		fail_msg("%s", err.text);
	return authority;
}

static const struct identity *const both[] = {&root, &middle};

/* --- the file ------------------------------------------------------------------------------ */

static void
what_is_no_authority_is_refused_with_its_reason(void **state)
{
	const struct identity *const leaf[] = {&root, &member}, *const rootless[] = {&middle};
	static const char *const expected[] = {"may sign no others", "expected its root"};
	const struct identity *const *files[] = {leaf, rootless};
	const size_t counts[] = {2, 1};

	(void)state;
	for (size_t i = 0; i < ROWS(expected); i++) {
		struct error err = {""};
		const char *path = file_of(files[i], counts[i], NULL);

		assert_null(authority_load(path, &err));
		check_row(err.text, strstr(err.text, expected[i]) != NULL);
		check_row(err.text, strstr(err.text, path) != NULL);
		unlink(path);
	}
}

static void
a_file_that_cannot_be_read_is_named(void **state)
{
	struct error err = {""};
	char path[96];

	(void)state;
	assert_null(authority_load("/nowhere/ca.pem", &err));
	assert_string_equal(err.text, "authority /nowhere/ca.pem: No such file or directory");
	snprintf(path, sizeof(path), "%s/text", folder);
	FILE *file = fopen(path, "we");
	fputs("-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n", file);
	fclose(file);
	assert_null(authority_load(path, &err));
	assert_non_null(strstr(err.text, "expected certificates in PEM form"));
	unlink(path);
	assert_int_equal(ERR_peek_error(), 0);
}

static void
the_root_may_stand_anywhere_in_the_file(void **state)
{
	const struct identity *const orders[][2] = {{&root, &middle}, {&middle, &root}};

	(void)state;
	for (size_t i = 0; i < ROWS(orders); i++) {
		struct authority *authority = authority_of(orders[i], 2, NULL);

		assert_int_equal(
		    authority_judge(authority, below.certificate, time(NULL)), VOUCHER_SIGNED);
		authority_free(authority);
	}
	authority_free(NULL);
}

/* --- judging ------------------------------------------------------------------------------- */

static void
each_certificate_gets_the_verdict_it_deserves(void **state)
{
	const struct {
		const char *label;
		const struct identity *who;
		size_t certificates;         /* of the file: the root alone, or both */
		const struct identity *list; /* who is revoked by the root's list, or NULL */
		long list_ends, later;
		enum voucher_verdict verdict;
	} rows[] = {
	    {"signed by the root", &member, 1, NULL, 0, 0, VOUCHER_SIGNED},
	    {"signed by the one below it", &below, 2, NULL, 0, 0, VOUCHER_SIGNED},
	    {"the one below it is missing", &below, 1, NULL, 0, 0, VOUCHER_FOREIGN},
	    {"of the root's name", &foreign, 1, NULL, 0, 0, VOUCHER_FOREIGN},
	    {"out of date", &lapsed, 1, NULL, 0, 0, VOUCHER_LAPSED},
	    {"not yet in date", &member, 1, NULL, 0, -2 * DAY, VOUCHER_LAPSED},
	    {"revoked", &revoked, 1, &revoked, 10 * DAY, 0, VOUCHER_REVOKED},
	    {"another is revoked", &member, 1, &revoked, 10 * DAY, 0, VOUCHER_SIGNED},
	    {"revoked by an old list", &revoked, 1, &revoked, -1, 0, VOUCHER_REVOKED},
	    {"another by an old list", &member, 1, &revoked, -1, 0, VOUCHER_SIGNED},
	    {"no list of its issuer", &below, 2, &revoked, 10 * DAY, 0, VOUCHER_SIGNED},
	    {"its issuer is revoked", &below, 2, &middle, 10 * DAY, 0, VOUCHER_REVOKED},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		X509_CRL *list =
		    rows[i].list == NULL ? NULL : list_of(&root, rows[i].list, rows[i].list_ends);
		struct authority *authority = authority_of(both, rows[i].certificates, list);
		enum voucher_verdict verdict = authority_judge(
		    authority, rows[i].who->certificate, time(NULL) + rows[i].later);

		check_row(rows[i].label, verdict == rows[i].verdict);
		assert_int_equal(ERR_peek_error(), 0);
		authority_free(authority);
	}
}

/* As TLS does. */
static void
a_weak_key_vouches_for_nobody(void **state)
{
	struct identity weak = identity_new("weak", 1024, EVP_sha256(), -DAY, 10 * DAY);
	struct authority *authority = authority_of(both, 1, NULL);

	(void)state;
	X509_set_issuer_name(weak.certificate, X509_get_subject_name(root.certificate));
	X509_sign(weak.certificate, root.key, EVP_sha256());
	assert_int_equal(authority_judge(authority, weak.certificate, time(NULL)), VOUCHER_FOREIGN);
	authority_free(authority);
	identity_done(&weak);
}

static void
a_certificate_for_servers_is_no_member(void **state)
{
	struct identity server = signed_by(&root, "server", false, 10 * DAY);
	struct authority *authority = authority_of(both, 1, NULL);
	X509_EXTENSION *use = X509V3_EXT_conf_nid(NULL, NULL, NID_ext_key_usage, "serverAuth");

	(void)state;
	X509_add_ext(server.certificate, use, -1);
	X509_sign(server.certificate, root.key, EVP_sha256());
	assert_int_equal(
	    authority_judge(authority, server.certificate, time(NULL)), VOUCHER_FOREIGN);
	X509_EXTENSION_free(use);
	authority_free(authority);
	identity_done(&server);
}

static void
what_has_lapsed_is_told(void **state)
{
	const struct {
		const char *label;
		bool has_list;
		long later;
		const char *said; /* some of it, or NULL */
	} rows[] = {
	    {"all in date", true, 0, NULL},
	    {"without a list", false, 0, NULL},
	    {"the list is out of date", true, 20 * DAY, "revocation list that is out of date"},
	    {"no list to be out of date", false, 20 * DAY, NULL},
	    {"a certificate has expired", true, LATER, "certificate that has expired"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		X509_CRL *list = rows[i].has_list ? list_of(&root, NULL, 10 * DAY) : NULL;
		struct authority *authority = authority_of(both, 2, list);
		const char *said = authority_lapse(authority, time(NULL) + rows[i].later);

		check_row(rows[i].label, (said == NULL) == (rows[i].said == NULL));
		check_row(rows[i].label, said == NULL || strstr(said, rows[i].said) != NULL);
		authority_free(authority);
	}
}

/* A list need not say when the next one comes. */
static void
a_list_without_an_end_is_never_out_of_date(void **state)
{
	X509_CRL *list = list_of(&root, NULL, 10 * DAY), *endless = X509_CRL_new();
	struct authority *authority;

	(void)state;
	X509_CRL_set_version(endless, 1);
	X509_CRL_set_issuer_name(endless, X509_get_subject_name(root.certificate));
	X509_CRL_set1_lastUpdate(endless, X509_CRL_get0_lastUpdate(list));
	X509_CRL_sign(endless, root.key, EVP_sha256());
	X509_CRL_free(list);
	authority = authority_of(both, 1, endless);
	assert_null(authority_lapse(authority, time(NULL)));
	authority_free(authority);
}

/* --- all of a configuration ---------------------------------------------------------------- */

static void
each_file_is_loaded_once(void **state)
{
	char path[96], host[] = "a.test", prefix[] = "/in/", same[96];
	struct zone_config zones[] = {
	    {.host = host, .prefix = prefix},
	    {.host = host, .prefix = prefix, .authority = path},
	    {.host = host, .prefix = prefix, .authority = same},
	};
	struct zone_config beyond = {.host = host, .prefix = prefix, .authority = "/nowhere"};
	struct capsule_config capsules[] = {{.zones = zones, .zone_count = 3}, {.zone_count = 0},
	    {.zones = &beyond, .zone_count = 1}};
	struct config config = {.capsules = capsules, .capsule_count = 2};
	struct error err = {""};

	(void)state;
	snprintf(path, sizeof(path), "%s", file_of(both, 2, NULL));
	memcpy(same, path, sizeof(same));
	struct authorities *all = authorities_load(&config, &err);
	assert_non_null(all);
	const struct authority *found = authorities_find(all, path);
	assert_non_null(found);
	assert_ptr_equal(authorities_find(all, same), found);
	assert_null(authorities_find(all, "/another"));
	authorities_free(all);
	unlink(path);

	assert_null(authorities_load(&config, &err));
	check_row(err.text, strncmp(err.text, "[zone a.test/in/]: authority ", 29) == 0);
	authorities_free(NULL);
}

static void
whoever_runs_out_of_memory_says_so(void **state)
{
	char path[96], host[] = "a.test", prefix[] = "/in/";
	struct zone_config zone = {.host = host, .prefix = prefix, .authority = path};
	struct capsule_config capsule = {.zones = &zone, .zone_count = 1};
	struct config config = {.capsules = &capsule, .capsule_count = 1};
	struct authorities *all = NULL;
	size_t tried = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s", file_of(both, 1, NULL));
	while (all == NULL) {
		struct error err = {""};

		allocations_left = tried++;
		all = authorities_load(&config, &err);
		allocations_left = SIZE_MAX;
		check_row(err.text, (all == NULL) == (strstr(err.text, "out of memory") != NULL));
	}
	assert_int_equal(tried, 5); /* the list, its room, the authority, its path; and then none */
	authorities_free(all);
	unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_no_authority_is_refused_with_its_reason),
	    cmocka_unit_test(a_file_that_cannot_be_read_is_named),
	    cmocka_unit_test(the_root_may_stand_anywhere_in_the_file),
	    cmocka_unit_test(each_certificate_gets_the_verdict_it_deserves),
	    cmocka_unit_test(a_weak_key_vouches_for_nobody),
	    cmocka_unit_test(a_certificate_for_servers_is_no_member),
	    cmocka_unit_test(what_has_lapsed_is_told),
	    cmocka_unit_test(a_list_without_an_end_is_never_out_of_date),
	    cmocka_unit_test(each_file_is_loaded_once),
	    cmocka_unit_test(whoever_runs_out_of_memory_says_so),
	};

	return cmocka_run_group_tests(tests, make_people, forget_people);
}
