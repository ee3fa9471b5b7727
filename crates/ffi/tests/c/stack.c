/* Every function on a thread with a small stack, with JSON as deep as it can be: stack <KiB>. */

#define _POSIX_C_SOURCE 200809L

#include <pthread.h>

#include "check.h"

#define CLUSTERS WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS
#define DEEPEST 127

static wharf_connection *tke;
static char deep[DEEPEST * 2 + 8], too_deep[DEEPEST * 2 + 8], input[512], pointer[512];

static void never(void *user_data, wharf_result result, const char *answer, const wharf_error *error) {
    (void)user_data;
    (void)result;
    (void)answer;
    (void)error;
    CHECK(!"called");
}

static void read_json(void) {
    wharf_error *error = NULL;
    char *text = NULL;
    size_t count = 0;
    ENDS(wharf_json_get(deep, "", &text, &error), WHARF_OK, NULL);
    CHECK(strcmp(text, deep) == 0);
    wharf_text_free(&text);
    ENDS(wharf_json_get(deep, pointer, &text, &error), WHARF_OK, NULL);
    CHECK(strcmp(text, "[]") == 0);
    wharf_text_free(&text);
    ENDS(wharf_json_count(deep, pointer, &count, &error), WHARF_OK, NULL);
    ENDS(wharf_json_get(too_deep, "", &text, &error), WHARF_INVALID_JSON, "json");
    ENDS(wharf_json_count(too_deep, "", &count, &error), WHARF_INVALID_JSON, "json");
    /* Brackets in a text are no nesting. */
    ENDS(wharf_json_get("{\"\\\"[[[[[[[[[[[[[[[[[[[[\": 1}", "", &text, &error), WHARF_OK, NULL);
    wharf_text_free(&text);
    ENDS(wharf_json_quote("\"", &text, &error), WHARF_OK, NULL);
    wharf_text_free(&text);
    ENDS(wharf_describe(WHARF_TKE, &text, &error), WHARF_OK, NULL);
    wharf_text_free(&text);
}

static void *work(void *unused) {
    (void)unused;
    wharf_error *error = NULL;
    char *answer = NULL;
    read_json();
    wharf_connection *other = connect_to(WHARF_TKE, "WHARF_TEST_TKE");
    wharf_connection *none = NULL;
    ENDS(wharf_connection_new(WHARF_TKE, deep, &none, &error), WHARF_CONFIGURATION, NULL);
    ENDS(wharf_connection_new(WHARF_TKE, too_deep, &none, &error), WHARF_INVALID_JSON, "options");

    ENDS(wharf_call(other, CLUSTERS, NULL, NULL, NULL, &answer, &error), WHARF_OK, NULL);
    wharf_text_free(&answer);
    ENDS(wharf_call(other, CLUSTERS, input, NULL, NULL, &answer, &error), WHARF_INVALID_INPUT, NULL);
    ENDS(wharf_call(other, CLUSTERS, too_deep, NULL, NULL, &answer, &error), WHARF_INVALID_JSON, "input");
    ENDS(wharf_call(other, CLUSTERS, NULL, deep, NULL, &answer, &error), WHARF_INVALID_INPUT, NULL);
    ENDS(wharf_call(other, WHARF_TKE_OPERATION_DESCRIBE_CLUSTER_SECURITY, "{\"ClusterId\": \"cls-1\"}", NULL, NULL, &answer,
                    &error),
         WHARF_NOT_FOUND, NULL);
    ENDS(wharf_call_async(other, CLUSTERS, too_deep, NULL, NULL, never, NULL, NULL, &error), WHARF_INVALID_JSON, "input");
    wharf_pages *pages = NULL;
    ENDS(wharf_pages_new(other, CLUSTERS, input, NULL, &pages, &error), WHARF_INVALID_INPUT, NULL);
    ENDS(wharf_pages_new(other, CLUSTERS, NULL, NULL, &pages, &error), WHARF_OK, NULL);
    ENDS(wharf_pages_next(pages, NULL, &answer, &error), WHARF_OK, NULL);
    wharf_text_free(&answer);
    wharf_pages_free(&pages);
    ENDS(wharf_wait(other, "cluster_running", deep, NULL, NULL, NULL, &answer, &error), WHARF_INVALID_INPUT, NULL);
    ENDS(wharf_wait(other, "cluster_running", too_deep, NULL, NULL, NULL, &answer, &error), WHARF_INVALID_JSON,
         "arguments");
    ENDS(wharf_wait(other, "cluster_deleted", "{\"cluster_id\": \"cls-1\"}", NULL, NULL, NULL, &answer, &error), WHARF_OK,
         NULL);
    wharf_text_free(&answer);
    wharf_cancel *cancel = NULL;
    ENDS(wharf_cancel_new(&cancel, &error), WHARF_OK, NULL);
    wharf_cancel_cancel(cancel);
    ENDS(wharf_call(other, CLUSTERS, NULL, NULL, cancel, &answer, &error), WHARF_CANCELLED, NULL);
    wharf_cancel_free(&cancel);
    wharf_connection_free(&other);
    return NULL;
}

static void *all(void *unused) {
    /* The second time with the threads of the library to be started and ended here. */
    work(unused);
    wharf_connection_free(&tke);
    return work(unused);
}

int main(int argc, char **argv) {
    CHECK(argc > 1);
    memset(deep, '[', DEEPEST);
    memset(deep + DEEPEST, ']', DEEPEST);
    memset(too_deep, '[', DEEPEST + 1);
    memset(too_deep + DEEPEST + 1, ']', DEEPEST + 1);
    for (int at = 0; at < DEEPEST - 1; at++) {
        memcpy(pointer + 2 * at, "/0", 2);
    }
    /* One level is the input's own. */
    snprintf(input, sizeof input, "{\"Filters\": %.*s%.*s}", DEEPEST - 1, deep, DEEPEST - 1, deep + DEEPEST);
    tke = connect_to(WHARF_TKE, "WHARF_TEST_TKE");
    pthread_attr_t small;
    pthread_t thread;
    CHECK(pthread_attr_init(&small) == 0 && pthread_attr_setstacksize(&small, (size_t)atoi(argv[1]) << 10) == 0);
    CHECK(pthread_create(&thread, &small, all, NULL) == 0 && pthread_join(thread, NULL) == 0);
    pthread_attr_destroy(&small);
    return EXIT_SUCCESS;
}
