/* Credentials from a callback: they are requested when they are needed and again when they have expired. Every way to
 * provide nothing ends the call without harm to the program. */

#define _POSIX_C_SOURCE 200809L

#include <stdatomic.h>
#include <time.h>

#include "check.h"

struct vault {
    const char *id, *secret;
    /* Seconds; 0 for no expiry. */
    int life, refuse, hand_over;
    atomic_int asked, finalized;
};

static int32_t ask(void *user_data, wharf_credentials *credentials) {
    struct vault *vault = user_data;
    wharf_error *error = NULL;
    atomic_fetch_add(&vault->asked, 1);
    /* Wrong arguments are rejected, and the callback may retry. */
    ENDS(wharf_credentials_set(credentials, NULL, "pl4nted", NULL, 0, &error), WHARF_NULL_ARGUMENT, "id");
    ENDS(wharf_credentials_set(credentials, "id", NULL, NULL, 0, &error), WHARF_NULL_ARGUMENT, "secret");
    ENDS(wharf_credentials_set(credentials, "id", "\xff", NULL, 0, &error), WHARF_INVALID_UTF8, "secret");
    ENDS(wharf_credentials_set(credentials, "id", "pl4nted", NULL, -1, &error), WHARF_INVALID_NUMBER, "expires_at");
    ENDS(wharf_credentials_set(NULL, "id", "pl4nted", NULL, 0, &error), WHARF_NULL_ARGUMENT, "credentials");
    if (vault->hand_over) {
        int64_t expires_at = vault->life == 0 ? 0 : (int64_t)time(NULL) + vault->life;
        ENDS(wharf_credentials_set(credentials, vault->id, vault->secret, NULL, expires_at, &error), WHARF_OK, NULL);
    }
    return vault->refuse;
}

static void over(void *user_data) { atomic_fetch_add(&((struct vault *)user_data)->finalized, 1); }

static wharf_connection *connect_by(struct vault *vault, const char *options) {
    wharf_connection *connection = NULL;
    wharf_error *error = NULL;
    ENDS(wharf_connection_new_with_credentials(WHARF_TKE, options, ask, vault, over, &connection, &error), WHARF_OK, NULL);
    return connection;
}

static void call(wharf_connection *tke, wharf_result expected) {
    wharf_error *error = NULL;
    char *answer = NULL;
    ENDS(wharf_call(tke, WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, NULL, NULL, NULL, &answer, &error), expected, NULL);
    CHECK((answer != NULL) == (expected == WHARF_OK));
    wharf_text_free(&answer);
}

int main(void) {
    char *options = getenv("WHARF_TEST_TKE"), *id, *secret;
    wharf_error *error = NULL;
    CHECK(options != NULL);
    id = get(options, "/credentials/id");
    secret = get(options, "/credentials/secret");

    struct vault good = {.id = id, .secret = secret, .hand_over = 1};
    wharf_connection *tke = connect_by(&good, options);
    CHECK(atomic_load(&good.asked) == 0);
    call(tke, WHARF_OK);
    call(tke, WHARF_OK);
    CHECK(atomic_load(&good.asked) == 1);
    wharf_connection_free(&tke);
    CHECK(atomic_load(&good.finalized) == 1);

    /* They are requested again when the previous ones have expired. */
    struct vault late = {.id = id, .secret = secret, .hand_over = 1, .life = 2};
    struct timespec moment = {2, 200000000};
    tke = connect_by(&late, options);
    call(tke, WHARF_OK);
    nanosleep(&moment, NULL);
    call(tke, WHARF_OK);
    CHECK(atomic_load(&late.asked) == 2);
    wharf_connection_free(&tke);
    CHECK(atomic_load(&late.finalized) == 1);

    struct vault empty = {.hand_over = 0}, refusing = {.id = id, .secret = secret, .hand_over = 1, .refuse = 7};
    struct vault *wrong[] = {&empty, &refusing};
    for (int at = 0; at < 2; at++) {
        tke = connect_by(wrong[at], options);
        call(tke, WHARF_CREDENTIALS);
        wharf_connection_free(&tke);
        CHECK(atomic_load(&wrong[at]->finalized) == 1);
    }

    /* A function that fails has called the finalizer when it returns. */
    struct vault unused = {.hand_over = 0};
    ENDS(wharf_connection_new_with_credentials(WHARF_TKE, "{\"profile\": \"p\"}", ask, &unused, over, &tke, &error),
         WHARF_CONFIGURATION, "profile");
    ENDS(wharf_connection_new_with_credentials("elephant", NULL, ask, &unused, over, &tke, &error), WHARF_INVALID_INPUT, "product");
    ENDS(wharf_connection_new_with_credentials(WHARF_TKE, NULL, NULL, &unused, over, &tke, &error), WHARF_NULL_ARGUMENT, "callback");
    ENDS(wharf_connection_new_with_credentials(WHARF_TKE, NULL, ask, &unused, over, NULL, &error), WHARF_NULL_ARGUMENT, "connection");
    CHECK(tke == NULL && atomic_load(&unused.finalized) == 4 && atomic_load(&unused.asked) == 0);
    wharf_text_free(&id);
    wharf_text_free(&secret);
    return 0;
}
