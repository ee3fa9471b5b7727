/* Each misuse in the header has the documented result; nothing is written, nothing is sent. */

#include "check.h"

#define BAD "\xff\xfe"

static int finalized;

static void finalize(void *user_data) {
    CHECK(user_data == &finalized);
    finalized++;
}

static void never(void *user_data, wharf_result result, const char *answer, const wharf_error *error) {
    (void)user_data;
    (void)result;
    (void)answer;
    (void)error;
    CHECK(!"called");
}

static void versions_and_names(void) {
    CHECK(wharf_abi_version() == WHARF_ABI_VERSION);
    CHECK(strlen(wharf_version()) >= 5);
    CHECK(strcmp(wharf_result_name(WHARF_OK), "ok") == 0);
    CHECK(strcmp(wharf_result_name(WHARF_NOT_FOUND), "not found") == 0);
    CHECK(wharf_result_name(-1) == NULL && wharf_result_name(50) == NULL && wharf_result_name(12345) == NULL);
    CHECK(WHARF_OK == 0 && WHARF_PANIC == 7 && WHARF_INVALID_INPUT == 100 && WHARF_OTHER == 199);
    CHECK(strcmp(WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, "DescribeClusters") == 0);
    CHECK(strcmp(WHARF_TKE_CLUSTER_STATUS_RUNNING, "Running") == 0);
    CHECK(strcmp(WHARF_TKE_ERROR_RESOURCE_NOT_FOUND, "ResourceNotFound") == 0);
    CHECK(strcmp(WHARF_TCR, "tcr") == 0 && strcmp(WHARF_CCE, "cce") == 0);
}

static void getters_take_null(void) {
    CHECK(wharf_error_message(NULL) == NULL && wharf_error_text(NULL) == NULL && wharf_error_code(NULL) == NULL);
    CHECK(wharf_error_field(NULL) == NULL && wharf_error_request_id(NULL) == NULL);
    CHECK(wharf_error_product(NULL) == NULL && wharf_error_operation(NULL) == NULL);
    CHECK(wharf_error_http_status(NULL) == 0 && !wharf_error_is_retryable(NULL) && wharf_error_attempts(NULL) == 0);
    CHECK(wharf_error_retry_after(NULL) < 0 && wharf_error_kind(NULL) == WHARF_NULL_ARGUMENT);
    CHECK(wharf_connection_product(NULL) == NULL && wharf_pages_offset(NULL) == 0 && wharf_pages_begin(NULL) == 0);
    wharf_cancel_cancel(NULL);
}

/* Freeing takes the pointer's address and sets the pointer to NULL: freeing twice does nothing. */
static void freeing_twice_is_harmless(void) {
    wharf_connection *connection = NULL;
    CHECK(wharf_connection_new(WHARF_TKE, "{\"region\": \"ap-guangzhou\"}", &connection, NULL) == WHARF_OK);
    wharf_pages *pages = NULL;
    CHECK(wharf_pages_new(connection, WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, NULL, NULL, &pages, NULL) == WHARF_OK);
    wharf_cancel *cancel = NULL;
    CHECK(wharf_cancel_new(&cancel, NULL) == WHARF_OK);
    wharf_error *error = NULL;
    CHECK(wharf_json_quote(NULL, NULL, &error) == WHARF_NULL_ARGUMENT && error != NULL);
    char *text = NULL;
    CHECK(wharf_json_quote("a\"b", &text, NULL) == WHARF_OK && strcmp(text, "\"a\\\"b\"") == 0);
    for (int round = 0; round < 2; round++) {
        wharf_connection_free(&connection);
        wharf_pages_free(&pages);
        wharf_cancel_free(&cancel);
        wharf_error_free(&error);
        wharf_text_free(&text);
        CHECK(connection == NULL && pages == NULL && cancel == NULL && error == NULL && text == NULL);
    }
    wharf_connection_free(NULL);
    wharf_pages_free(NULL);
    wharf_cancel_free(NULL);
    wharf_error_free(NULL);
    wharf_text_free(NULL);
}

static void connections(void) {
    wharf_error *error = NULL;
    /* A mark, to see that nothing is written. */
    wharf_connection *mark = (wharf_connection *)&finalized;
    wharf_connection *out = mark;
    ENDS(wharf_connection_new(NULL, NULL, &out, &error), WHARF_NULL_ARGUMENT, "product");
    ENDS(wharf_connection_new(WHARF_TKE, NULL, NULL, &error), WHARF_NULL_ARGUMENT, "connection");
    ENDS(wharf_connection_new(BAD, NULL, &out, &error), WHARF_INVALID_UTF8, "product");
    ENDS(wharf_connection_new(WHARF_TKE, BAD, &out, &error), WHARF_INVALID_UTF8, "options");
    ENDS(wharf_connection_new(WHARF_TKE, "{\"pl4nted\"", &out, &error), WHARF_INVALID_JSON, "options");
    ENDS(wharf_connection_new("tk", NULL, &out, &error), WHARF_INVALID_INPUT, "product");
    ENDS(wharf_connection_new(WHARF_TKE, "[]", &out, &error), WHARF_CONFIGURATION, "options");
    ENDS(wharf_connection_new(WHARF_TKE, "{\"endpont\": \"x\"}", &out, &error), WHARF_CONFIGURATION, "endpont");
    ENDS(wharf_connection_new(WHARF_TKE, "{\"credentials\": {\"id\": \"x\", \"secret\": 5}}", &out, &error),
         WHARF_CONFIGURATION, "credentials.secret");
    ENDS(wharf_connection_new(WHARF_TKE, "{\"credentials\": \"pl4nted\"}", &out, &error), WHARF_CONFIGURATION,
         "credentials");
    CHECK(wharf_connection_new(NULL, NULL, &out, NULL) == WHARF_NULL_ARGUMENT);
    CHECK(out == mark);
}

static void values(void) {
    wharf_error *error = NULL;
    char *mark = (char *)&finalized;
    char *out = mark;
    ENDS(wharf_value(NULL, "x", NULL, &out, &error), WHARF_NULL_ARGUMENT, "product");
    ENDS(wharf_value(WHARF_CCE, NULL, NULL, &out, &error), WHARF_NULL_ARGUMENT, "helper");
    ENDS(wharf_value(WHARF_CCE, WHARF_CCE_HELPER_LOGIN_KEY_PAIR, NULL, NULL, &error), WHARF_NULL_ARGUMENT, "value");
    ENDS(wharf_value(BAD, "x", NULL, &out, &error), WHARF_INVALID_UTF8, "product");
    ENDS(wharf_value(WHARF_CCE, BAD, NULL, &out, &error), WHARF_INVALID_UTF8, "helper");
    ENDS(wharf_value(WHARF_CCE, "x", BAD, &out, &error), WHARF_INVALID_UTF8, "arguments");
    ENDS(wharf_value(WHARF_CCE, "x", "{\"pl4nted\"", &out, &error), WHARF_INVALID_JSON, "arguments");
    ENDS(wharf_value("tk", "x", NULL, &out, &error), WHARF_INVALID_INPUT, "product");
    ENDS(wharf_value(WHARF_CCE, "x", NULL, &out, &error), WHARF_INVALID_INPUT, "helper");
    ENDS(wharf_value(WHARF_CCE, WHARF_CCE_HELPER_JOB_GET, NULL, &out, &error), WHARF_INVALID_INPUT, "helper");
    ENDS(wharf_value(WHARF_CCE, WHARF_CCE_HELPER_LOGIN_KEY_PAIR, NULL, &out, &error), WHARF_INVALID_INPUT, "name");
    ENDS(wharf_value(WHARF_CCE, WHARF_CCE_HELPER_NODE_PASSWORD_FOR_USER, "{\"password\": \"pl4nted\"}", &out, &error),
         WHARF_INVALID_INPUT, "password");
    CHECK(out == mark);
    ENDS(wharf_value(WHARF_CCE, WHARF_CCE_HELPER_LOGIN_KEY_PAIR, "{\"name\": \"mine\"}", &out, &error), WHARF_OK, NULL);
    CHECK(is(out, "/sshKey", "mine"));
    wharf_text_free(&out);
}

static void calls(const wharf_connection *tke) {
    wharf_error *error = NULL;
    char *mark = (char *)&finalized;
    char *out = mark;
    ENDS(wharf_call(NULL, "DescribeClusters", NULL, NULL, NULL, &out, &error), WHARF_NULL_ARGUMENT, "connection");
    ENDS(wharf_call(tke, NULL, NULL, NULL, NULL, &out, &error), WHARF_NULL_ARGUMENT, "operation");
    ENDS(wharf_call(tke, "DescribeClusters", NULL, NULL, NULL, NULL, &error), WHARF_NULL_ARGUMENT, "answer");
    ENDS(wharf_call(tke, BAD, NULL, NULL, NULL, &out, &error), WHARF_INVALID_UTF8, "operation");
    ENDS(wharf_call(tke, "DescribeClusters", BAD, NULL, NULL, &out, &error), WHARF_INVALID_UTF8, "input");
    ENDS(wharf_call(tke, "DescribeClusters", "{", NULL, NULL, &out, &error), WHARF_INVALID_JSON, "input");
    ENDS(wharf_call(tke, "DescribeClusters", "", NULL, NULL, &out, &error), WHARF_INVALID_JSON, "input");
    ENDS(wharf_call(tke, "DescribeClusters", NULL, "{]", NULL, &out, &error), WHARF_INVALID_JSON, "options");
    ENDS(wharf_call(tke, "DescribeClusters", NULL, "{\"tries\": 1}", NULL, &out, &error), WHARF_INVALID_INPUT, "tries");
    ENDS(wharf_call(tke, "DescribeCluster", NULL, NULL, NULL, &out, &error), WHARF_INVALID_INPUT, "operation");
    ENDS(wharf_call(tke, "DescribeClusters", "[]", NULL, NULL, &out, &error), WHARF_INVALID_INPUT, NULL);
    ENDS(wharf_call(tke, "DescribeClusters", "{\"Limt\": 1}", NULL, NULL, &out, &error), WHARF_INVALID_INPUT, "Limt");
    ENDS(wharf_call(tke, "DescribeClusters", "{\"Filters\": [{\"Name\": 1}]}", NULL, NULL, &out, &error),
         WHARF_INVALID_INPUT, "Filters.0.Name");
    ENDS(wharf_call(tke, "DeleteCluster", NULL, NULL, NULL, &out, &error), WHARF_INVALID_INPUT, "ClusterId");
    CHECK(out == mark);

    /* The finalizer is called once each time, the callback never. */
    int before = finalized;
    ENDS(wharf_call_async(NULL, "DescribeClusters", NULL, NULL, NULL, never, &finalized, finalize, &error),
         WHARF_NULL_ARGUMENT, "connection");
    ENDS(wharf_call_async(tke, "DescribeClusters", NULL, NULL, NULL, NULL, &finalized, finalize, &error),
         WHARF_NULL_ARGUMENT, "callback");
    ENDS(wharf_call_async(tke, BAD, NULL, NULL, NULL, never, &finalized, finalize, &error), WHARF_INVALID_UTF8,
         "operation");
    CHECK(wharf_call_async(tke, NULL, NULL, NULL, NULL, never, NULL, NULL, NULL) == WHARF_NULL_ARGUMENT);
    CHECK(finalized == before + 3);
}

static void pages_and_waiters(const wharf_connection *tke) {
    wharf_error *error = NULL;
    wharf_pages *mark = (wharf_pages *)&finalized;
    wharf_pages *pages = mark;
    ENDS(wharf_pages_new(NULL, "DescribeClusters", NULL, NULL, &pages, &error), WHARF_NULL_ARGUMENT, "connection");
    ENDS(wharf_pages_new(tke, "DescribeClusters", NULL, NULL, NULL, &error), WHARF_NULL_ARGUMENT, "pages");
    ENDS(wharf_pages_new(tke, "DescribeRegions", NULL, NULL, &pages, &error), WHARF_INVALID_INPUT, "operation");
    ENDS(wharf_pages_new(tke, "DescribeClusters", "{\"Limit\": 1000}", NULL, &pages, &error), WHARF_OK, NULL);
    CHECK(pages != mark);
    char *out = (char *)mark;
    ENDS(wharf_pages_next(NULL, NULL, &out, &error), WHARF_NULL_ARGUMENT, "pages");
    ENDS(wharf_pages_next(pages, NULL, NULL, &error), WHARF_NULL_ARGUMENT, "page");
    ENDS(wharf_pages_next_item(NULL, NULL, &out, &error), WHARF_NULL_ARGUMENT, "pages");
    ENDS(wharf_pages_next_item(pages, NULL, NULL, &error), WHARF_NULL_ARGUMENT, "item");
    ENDS(wharf_pages_next(pages, NULL, &out, &error), WHARF_INVALID_INPUT, "Limit");
    ENDS(wharf_pages_next(pages, NULL, &out, &error), WHARF_END, NULL);
    int before = finalized;
    ENDS(wharf_pages_next_async(pages, NULL, NULL, &finalized, finalize, &error), WHARF_NULL_ARGUMENT, "callback");
    ENDS(wharf_pages_next_async(NULL, NULL, never, &finalized, finalize, &error), WHARF_NULL_ARGUMENT, "pages");
    wharf_pages_free(&pages);

    ENDS(wharf_wait(tke, NULL, NULL, NULL, NULL, NULL, &out, &error), WHARF_NULL_ARGUMENT, "waiter");
    ENDS(wharf_wait(tke, "cluster_running", NULL, NULL, NULL, NULL, &out, &error), WHARF_INVALID_INPUT, "cluster_id");
    ENDS(wharf_wait(tke, "cluster_runs", NULL, NULL, NULL, NULL, &out, &error), WHARF_INVALID_INPUT, "waiter");
    ENDS(wharf_wait(tke, "cluster_running", "{\"cluster_id\": \"c\"}", NULL, NULL, NULL, NULL, &error),
         WHARF_NULL_ARGUMENT, "result");
    ENDS(wharf_wait(tke, "cluster_running", "{\"cluster_id\": \"c\", \"timeout\": \"5\"}", NULL, NULL, NULL, &out, &error),
         WHARF_INVALID_INPUT, "timeout");
    ENDS(wharf_wait_async(tke, "cluster_running", "{}", NULL, NULL, never, &finalized, finalize, &error),
         WHARF_INVALID_INPUT, "cluster_id");
    CHECK(finalized == before + 3 && out == (char *)mark);
}

/* A call that is given a cancelled handle ends at once, whatever it would have done. */
static void calls_after_cancel(const wharf_connection *tke) {
    wharf_error *error = NULL;
    wharf_cancel *cancel = NULL;
    ENDS(wharf_cancel_new(NULL, &error), WHARF_NULL_ARGUMENT, "cancel");
    ENDS(wharf_cancel_new(&cancel, &error), WHARF_OK, NULL);
    wharf_cancel_cancel(cancel);
    wharf_cancel_cancel(cancel);
    char *out = NULL;
    for (int round = 0; round < 3; round++) {
        ENDS(wharf_call(tke, "DescribeClusters", NULL, NULL, cancel, &out, &error), WHARF_CANCELLED, NULL);
        ENDS(wharf_wait(tke, "cluster_running", "{\"cluster_id\": \"cls-1\"}", cancel, NULL, NULL, &out, &error),
             WHARF_CANCELLED, NULL);
    }
    wharf_pages *pages = NULL;
    ENDS(wharf_pages_new(tke, "DescribeClusters", NULL, NULL, &pages, &error), WHARF_OK, NULL);
    ENDS(wharf_pages_next(pages, cancel, &out, &error), WHARF_CANCELLED, NULL);
    CHECK(out == NULL);
    wharf_pages_free(&pages);
    wharf_cancel_free(&cancel);
}

static void json(void) {
    wharf_error *error = NULL;
    const char *document = "{\"a\": [1, {\"b/c\": \"\\u00e9\"}], \"n\": null, \"z\": \"\\u0000\"}";
    char *text = NULL;
    size_t count = 77;
    ENDS(wharf_json_get(document, "/a/1/b~1c", &text, &error), WHARF_OK, NULL);
    CHECK(strcmp(text, "\xc3\xa9") == 0);
    wharf_text_free(&text);
    CHECK(is(document, "/a/0", "1") && is(document, "/n", "null") && is(document, "/a", "[1,{\"b/c\":\"\xc3\xa9\"}]"));
    ENDS(wharf_json_get(document, "/x", &text, &error), WHARF_NOT_FOUND, "pointer");
    ENDS(wharf_json_get(document, "/z", &text, &error), WHARF_DECODE, NULL);
    ENDS(wharf_json_get("{", "", &text, &error), WHARF_INVALID_JSON, "json");
    ENDS(wharf_json_get(NULL, "", &text, &error), WHARF_NULL_ARGUMENT, "json");
    ENDS(wharf_json_get(document, NULL, &text, &error), WHARF_NULL_ARGUMENT, "pointer");
    ENDS(wharf_json_get(document, "", NULL, &error), WHARF_NULL_ARGUMENT, "value");
    ENDS(wharf_json_quote(BAD, &text, &error), WHARF_INVALID_UTF8, "plain");
    ENDS(wharf_json_count(document, "/x", &count, &error), WHARF_NOT_FOUND, "pointer");
    ENDS(wharf_json_count(document, "/a", NULL, &error), WHARF_NULL_ARGUMENT, "count");
    CHECK(text == NULL && count == 77);
    ENDS(wharf_json_count(document, "/a", &count, &error), WHARF_OK, NULL);
    CHECK(count == 2);
}

static void descriptions(void) {
    wharf_error *error = NULL;
    char *products = NULL;
    ENDS(wharf_describe(NULL, NULL, &error), WHARF_NULL_ARGUMENT, "description");
    ENDS(wharf_describe("tk", &products, &error), WHARF_INVALID_INPUT, "product");
    ENDS(wharf_describe(NULL, &products, &error), WHARF_OK, NULL);
    size_t count = 0;
    ENDS(wharf_json_count(products, "/products", &count, &error), WHARF_OK, NULL);
    CHECK(count >= 3);
    for (size_t at = 0; at < count; at++) {
        char pointer[32];
        snprintf(pointer, sizeof pointer, "/products/%zu", at);
        char *product = get(products, pointer);
        char *description = NULL;
        size_t operations = 0;
        ENDS(wharf_describe(product, &description, &error), WHARF_OK, NULL);
        ENDS(wharf_json_count(description, "/operations", &operations, &error), WHARF_OK, NULL);
        CHECK(operations > 0);
        wharf_text_free(&description);
        wharf_text_free(&product);
    }
    wharf_text_free(&products);
}

#if defined(WHARF_TEST_PANIC)
static void panics_stay_inside(const wharf_connection *tke) {
    wharf_error *error = NULL;
    ENDS(wharf_test_panic(NULL, &error), WHARF_PANIC, NULL);
    ENDS(wharf_test_panic(tke, &error), WHARF_PANIC, NULL);
    CHECK(wharf_test_panic(NULL, NULL) == WHARF_PANIC);
}
#endif

int main(void) {
    versions_and_names();
    getters_take_null();
    freeing_twice_is_harmless();
    connections();
    values();
    json();
    descriptions();
    wharf_connection *tke = NULL;
    wharf_error *error = NULL;
    /* Nothing listens there: what would be sent would fail in another way. */
    ENDS(wharf_connection_new(WHARF_TKE, "{\"region\": \"ap-guangzhou\", \"endpoint\": \"http://127.0.0.1:9\"}", &tke,
                              &error),
         WHARF_OK, NULL);
    calls(tke);
    pages_and_waiters(tke);
    calls_after_cancel(tke);
#if defined(WHARF_TEST_PANIC)
    panics_stay_inside(tke);
    calls(tke);
#endif
    ENDS(wharf_log_set(6, NULL, NULL, NULL, &error), WHARF_INVALID_NUMBER, "level");
    ENDS(wharf_log_set(-1, NULL, &finalized, finalize, &error), WHARF_INVALID_NUMBER, "level");
    wharf_connection_free(&tke);
    return EXIT_SUCCESS;
}
