/* Calls, pages, waiters, callbacks and the log, against the reference server. */

#define _POSIX_C_SOURCE 200809L

#include <pthread.h>

#include "check.h"

#define SLOW "DescribeRegions" /* held back by the server for longer than the tests run */

/* Results of asynchronous calls. */
struct seen {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int called;
    int finalized;
    int states;
    wharf_result result;
    char *answer;
    const wharf_connection *connection;
};

static void init(struct seen *seen, const wharf_connection *connection) {
    memset(seen, 0, sizeof *seen);
    pthread_mutex_init(&seen->lock, NULL);
    pthread_cond_init(&seen->changed, NULL);
    seen->connection = connection;
}

static void on_state(void *user_data, const char *text, const char *state) {
    struct seen *seen = user_data;
    CHECK(seen->called == 0 && strlen(text) > 0 && state[0] == '"');
    seen->states++;
    /* The library can be called from a callback too. */
    char *answer = NULL;
    CHECK(wharf_call(seen->connection, WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, NULL, NULL, NULL, &answer, NULL) == WHARF_OK);
    wharf_text_free(&answer);
}

static void on_end(void *user_data, wharf_result result, const char *answer, const wharf_error *error) {
    struct seen *seen = user_data;
    CHECK((result == WHARF_OK) == (answer != NULL));
    CHECK((result == WHARF_OK || result == WHARF_END) == (error == NULL));
    CHECK(error == NULL || wharf_error_kind(error) == result);
    char *other = NULL;
    CHECK(wharf_call(seen->connection, WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, NULL, NULL, NULL, &other, NULL) == WHARF_OK);
    wharf_text_free(&other);
    pthread_mutex_lock(&seen->lock);
    CHECK(seen->finalized == 0);
    seen->called++;
    seen->result = result;
    seen->answer = answer == NULL ? NULL : strdup(answer);
    pthread_mutex_unlock(&seen->lock);
}

static void on_over(void *user_data) {
    struct seen *seen = user_data;
    pthread_mutex_lock(&seen->lock);
    seen->finalized++;
    pthread_cond_signal(&seen->changed);
    pthread_mutex_unlock(&seen->lock);
}

static void over(struct seen *seen) {
    pthread_mutex_lock(&seen->lock);
    while (seen->finalized == 0) {
        pthread_cond_wait(&seen->changed, &seen->lock);
    }
    pthread_mutex_unlock(&seen->lock);
    CHECK(seen->called == 1 && seen->finalized == 1);
    pthread_mutex_destroy(&seen->lock);
    pthread_cond_destroy(&seen->changed);
}

static char *create(const wharf_connection *tke, int network) {
    wharf_error *error = NULL;
    char input[256];
    snprintf(input, sizeof input,
             "{\"ClusterType\": \"MANAGED_CLUSTER\", \"ClusterCIDRSettings\": {\"ClusterCIDR\": \"172.%d.0.0/16\"},"
             " \"ClusterBasicSettings\": {\"VpcId\": \"vpc-default0\"}}",
             network);
    char *created = NULL;
    ENDS(wharf_call(tke, WHARF_TKE_OPERATION_CREATE_CLUSTER, input, NULL, NULL, &created, &error), WHARF_OK, NULL);
    char *id = get(created, "/ClusterId");
    wharf_text_free(&created);
    return id;
}

static void waits(const wharf_connection *tke) {
    wharf_error *error = NULL;
    char *id = create(tke, 16);
    char arguments[128];
    snprintf(arguments, sizeof arguments, "{\"cluster_id\": \"%s\", \"poll_interval\": 0.02}", id);
    struct seen seen;
    init(&seen, tke);
    char *cluster = NULL;
    ENDS(wharf_wait(tke, "cluster_running", arguments, NULL, on_state, &seen, &cluster, &error), WHARF_OK, NULL);
    CHECK(is(cluster, "/ClusterStatus", WHARF_TKE_CLUSTER_STATUS_RUNNING) && is(cluster, "/ClusterId", id));
    CHECK(seen.states >= 1);
    wharf_text_free(&cluster);

    init(&seen, tke);
    ENDS(wharf_wait_async(tke, "cluster_running", arguments, NULL, on_state, on_end, &seen, on_over, &error), WHARF_OK,
         NULL);
    over(&seen);
    CHECK(seen.result == WHARF_OK && seen.states == 1 && is(seen.answer, "/ClusterId", id));
    free(seen.answer);

    ENDS(wharf_wait(tke, "cluster_running", "{\"cluster_id\": \"cls-nowhere\", \"grace\": 0}", NULL, NULL, NULL, &cluster, &error),
         WHARF_NOT_FOUND, NULL);
    ENDS(wharf_wait(tke, "cluster_endpoint_created",
                    "{\"cluster_id\": \"cls-nowhere\", \"is_extranet\": true, \"grace\": 0}",
                    NULL, NULL, NULL, &cluster, &error),
         WHARF_NOT_FOUND, NULL);
    wharf_text_free(&id);
}

static void pages(const wharf_connection *tke) {
    wharf_error *error = NULL;
    for (int network = 17; network < 20; network++) {
        char *id = create(tke, network);
        wharf_text_free(&id);
    }
    wharf_pages *walk = NULL;
    ENDS(wharf_pages_new(tke, WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, "{\"Limit\": 2}", NULL, &walk, &error), WHARF_OK,
         NULL);
    size_t items = 0;
    char *page = NULL;
    int count = 0;
    wharf_result result;
    while ((result = wharf_pages_next(walk, NULL, &page, &error)) == WHARF_OK) {
        size_t here = 0;
        ENDS(wharf_json_count(page, "/Clusters", &here, &error), WHARF_OK, NULL);
        items += here;
        count++;
        CHECK(wharf_pages_offset(walk) == items && wharf_pages_begin(walk) == items);
        wharf_text_free(&page);
    }
    ENDS(result, WHARF_END, NULL);
    ENDS(wharf_pages_next(walk, NULL, &page, &error), WHARF_END, NULL);
    CHECK(items == 4 && count == 2 && page == NULL);
    wharf_pages_free(&walk);

    /* Items one after another. A page in between skips what is left of the one before. */
    for (int taken = 1; taken <= 4; taken++) {
        ENDS(wharf_pages_new(tke, WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, "{\"Limit\": 2}", NULL, &walk, &error), WHARF_OK,
             NULL);
        for (int at = 0; at < taken; at++) {
            char *item = NULL;
            ENDS(wharf_pages_next_item(walk, NULL, &item, &error), WHARF_OK, NULL);
            CHECK(is(item, "/ClusterStatus", WHARF_TKE_CLUSTER_STATUS_RUNNING) ||
                  is(item, "/ClusterStatus", WHARF_TKE_CLUSTER_STATUS_CREATING));
            wharf_text_free(&item);
        }
        CHECK(wharf_pages_offset(walk) == (taken > 2 ? 4 : 2));
        ENDS(wharf_pages_next(walk, NULL, &page, &error), taken > 2 ? WHARF_END : WHARF_OK, NULL);
        wharf_text_free(&page);
        char *none = NULL;
        ENDS(wharf_pages_next_item(walk, NULL, &none, &error), WHARF_END, NULL);
        ENDS(wharf_pages_next_item(walk, NULL, &none, &error), WHARF_END, NULL);
        CHECK(none == NULL);
        wharf_pages_free(&walk);
    }

    ENDS(wharf_pages_new(tke, WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, "{\"Limit\": 3}", NULL, &walk, &error), WHARF_OK,
         NULL);
    wharf_result expected[] = {WHARF_OK, WHARF_OK, WHARF_END};
    for (int at = 0; at < 3; at++) {
        struct seen seen;
        init(&seen, tke);
        ENDS(wharf_pages_next_async(walk, NULL, on_end, &seen, on_over, &error), WHARF_OK, NULL);
        over(&seen);
        CHECK(seen.result == expected[at]);
        free(seen.answer);
    }
    wharf_pages_free(&walk);
}

/* One page at a time: a second caller gets an error, and nothing breaks. */
static void busy_pages(const wharf_connection *tke, const wharf_connection *slow) {
    wharf_error *error = NULL;
    wharf_pages *walk = NULL;
    wharf_cancel *cancel = NULL;
    ENDS(wharf_cancel_new(&cancel, &error), WHARF_OK, NULL);
    ENDS(wharf_pages_new(slow, "DescribeImages", NULL, NULL, &walk, &error), WHARF_INVALID_INPUT, "operation");
    ENDS(wharf_pages_new(slow, "DescribeClusterInstances", "{\"ClusterId\": \"cls-slow\"}", NULL, &walk, &error),
         WHARF_OK, NULL);
    struct seen seen;
    init(&seen, tke);
    ENDS(wharf_pages_next_async(walk, cancel, on_end, &seen, on_over, &error), WHARF_OK, NULL);
    char *page = NULL;
    ENDS(wharf_pages_next(walk, NULL, &page, &error), WHARF_BUSY, "pages");
    wharf_cancel_cancel(cancel);
    over(&seen);
    CHECK(seen.result == WHARF_CANCELLED);
    wharf_cancel_free(&cancel);
    wharf_pages_free(&walk);
}

static void *cancel_later(void *cancel) {
    struct timespec moment = {0, 50000000};
    nanosleep(&moment, NULL);
    wharf_cancel_cancel(cancel);
    return NULL;
}

/* A running call, blocking or not, ends when it is cancelled. */
static void cancelling(const wharf_connection *tke) {
    wharf_error *error = NULL;
    wharf_cancel *cancel = NULL;
    ENDS(wharf_cancel_new(&cancel, &error), WHARF_OK, NULL);
    pthread_t other;
    CHECK(pthread_create(&other, NULL, cancel_later, cancel) == 0);
    char *answer = NULL;
    ENDS(wharf_call(tke, SLOW, NULL, NULL, cancel, &answer, &error), WHARF_CANCELLED, NULL);
    CHECK(pthread_join(other, NULL) == 0 && answer == NULL);
    wharf_cancel_free(&cancel);

    ENDS(wharf_cancel_new(&cancel, &error), WHARF_OK, NULL);
    struct seen seen;
    init(&seen, tke);
    ENDS(wharf_call_async(tke, SLOW, NULL, NULL, cancel, on_end, &seen, on_over, &error), WHARF_OK, NULL);
    wharf_cancel_cancel(cancel);
    wharf_cancel_free(&cancel);
    over(&seen);
    CHECK(seen.result == WHARF_CANCELLED && seen.answer == NULL);

    ENDS(wharf_call(tke, SLOW, NULL, "{\"timeout\": 0.05}", NULL, &answer, &error), WHARF_TIMED_OUT, NULL);
}

static void errors(const wharf_connection *tke) {
    wharf_error *error = NULL;
    char *answer = NULL;
    CHECK(wharf_call(tke, WHARF_TKE_OPERATION_DESCRIBE_CLUSTER_SECURITY, "{\"ClusterId\": \"cls-nowhere\"}", NULL, NULL,
                     &answer, &error) == WHARF_NOT_FOUND);
    CHECK(wharf_error_code(error) != NULL && wharf_error_message(error) != NULL);
    CHECK(strcmp(wharf_error_product(error), "tke") == 0);
    CHECK(strcmp(wharf_error_operation(error), WHARF_TKE_OPERATION_DESCRIBE_CLUSTER_SECURITY) == 0);
    CHECK(strlen(wharf_error_request_id(error)) > 10 && wharf_error_http_status(error) == 200);
    CHECK(wharf_error_attempts(error) == 1 && !wharf_error_is_retryable(error) && wharf_error_field(error) == NULL);
    CHECK(strstr(wharf_error_text(error), "DescribeClusterSecurity: not found") != NULL);
    wharf_error_free(&error);
}

/* Lines that are logged, as one text. */
struct log {
    pthread_mutex_t lock;
    char text[65536];
    int finalized;
};

static void on_line(void *user_data, int32_t level, const char *target, const char *message) {
    struct log *log = user_data;
    CHECK(level >= WHARF_LOG_ERROR && level <= WHARF_LOG_TRACE && strncmp(target, "wharf", 5) == 0);
    pthread_mutex_lock(&log->lock);
    size_t used = strlen(log->text);
    snprintf(log->text + used, sizeof log->text - used, "%s\n", message);
    pthread_mutex_unlock(&log->lock);
}

static void on_log_end(void *user_data) {
    ((struct log *)user_data)->finalized++;
}

static void logging(const wharf_connection *tke, const wharf_connection *stranger) {
    static struct log log = {.lock = PTHREAD_MUTEX_INITIALIZER};
    wharf_error *error = NULL;
    char *answer = NULL;
    ENDS(wharf_log_set(WHARF_LOG_TRACE, on_line, &log, on_log_end, &error), WHARF_OK, NULL);
    ENDS(wharf_call(tke, WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, "{\"ClusterIds\": [\"pl4nted\"]}", NULL, NULL, &answer,
                    &error),
         WHARF_OK, NULL);
    wharf_text_free(&answer);
    ENDS(wharf_call(stranger, WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, NULL, NULL, NULL, &answer, &error),
         WHARF_CREDENTIALS, NULL);
    ENDS(wharf_log_set(WHARF_LOG_OFF, NULL, NULL, NULL, &error), WHARF_OK, NULL);
    CHECK(log.finalized == 1);
    CHECK(strstr(log.text, "rpc.method=DescribeClusters") != NULL);
    CHECK(strstr(log.text, "http.response.status_code=200") != NULL);
    CHECK(strstr(log.text, "AuthFailure") != NULL && strstr(log.text, "pl4nted") == NULL);
    size_t length = strlen(log.text);
    ENDS(wharf_call(tke, WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, NULL, NULL, NULL, &answer, &error), WHARF_OK, NULL);
    wharf_text_free(&answer);
    CHECK(strlen(log.text) == length);
}

/* A call continues when its connection is freed, and completes. */
static void calls_outlive_their_connection(const wharf_connection *tke) {
    wharf_error *error = NULL;
    wharf_connection *other = connect_to(WHARF_TKE, "WHARF_TEST_TKE");
    struct seen seen;
    init(&seen, tke);
    ENDS(wharf_call_async(other, WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, NULL, NULL, NULL, on_end, &seen, on_over, &error),
         WHARF_OK, NULL);
    wharf_connection_free(&other);
    over(&seen);
    CHECK(seen.result == WHARF_OK);
    free(seen.answer);
}

/* Metadata of calls; unlisted calls; requests for other clients. */
static void responses(const wharf_connection *tke, const wharf_connection *cce) {
    wharf_error *error = NULL;
    wharf_response *response = NULL;
    const wharf_connection *both[] = {tke, cce};
    const char *operations[] = {WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, WHARF_CCE_OPERATION_LIST_CLUSTERS};
    for (int at = 0; at < 2; at++) {
        ENDS(wharf_call_with_response(both[at], operations[at], NULL, NULL, NULL, &response, &error), WHARF_OK, NULL);
        CHECK(strlen(wharf_response_request_id(response)) > 10);
        CHECK(wharf_response_http_status(response) == 200 && wharf_response_attempts(response) == 1);
        CHECK(strstr(wharf_response_header(response, "Content-Type"), "json") != NULL);
        CHECK(wharf_response_header(response, "x-none") == NULL && wharf_response_header(response, NULL) == NULL);
        CHECK(strstr(wharf_response_headers(response), "content-type") != NULL);
        CHECK(strcmp(wharf_response_problems(response), "[]") == 0 && wharf_response_output(response)[0] == '{');
        wharf_response_free(&response);
        CHECK(response == NULL);
        wharf_response_free(&response);
    }
    CHECK(wharf_response_output(NULL) == NULL && wharf_response_request_id(NULL) == NULL);
    CHECK(wharf_response_http_status(NULL) == 0 && wharf_response_attempts(NULL) == 0);
    wharf_response_free(NULL);
    ENDS(wharf_call_with_response(tke, operations[0], NULL, NULL, NULL, NULL, &error), WHARF_NULL_ARGUMENT, "response");

    wharf_pages *pages = NULL;
    ENDS(wharf_pages_new(tke, operations[0], NULL, NULL, &pages, &error), WHARF_OK, NULL);
    ENDS(wharf_pages_next_with_response(pages, NULL, &response, &error), WHARF_OK, NULL);
    CHECK(strlen(wharf_response_request_id(response)) > 10);
    wharf_response_free(&response);
    wharf_pages_free(&pages);

    ENDS(wharf_call_unlisted(tke, "2018-05-25", "DescribeClusters", "{\"Limit\": 1}", NULL, NULL, &response, &error), WHARF_OK, NULL);
    CHECK(strstr(wharf_response_output(response), "TotalCount") != NULL);
    wharf_response_free(&response);
    ENDS(wharf_call_unlisted(tke, "", "DescribeClusters", NULL, NULL, NULL, &response, &error), WHARF_INVALID_INPUT, "version");
    ENDS(wharf_call_unlisted(cce, "v3", "GET clusters", NULL, NULL, NULL, &response, &error), WHARF_INVALID_INPUT, "action");

    char *text = NULL;
    ENDS(wharf_sign(cce, operations[1], NULL, NULL, NULL, &text, &error), WHARF_OK, NULL);
    CHECK(strstr(text, "\"method\":\"GET\"") != NULL && strstr(text, "\"authorization\"") != NULL);
    wharf_text_free(&text);
    ENDS(wharf_presign(cce, operations[1], NULL, NULL, NULL, &text, &error), WHARF_UNSUPPORTED, NULL);
}

static void on_response(void *user_data, wharf_result result, const wharf_response *response, const wharf_error *error) {
    on_end(user_data, result, wharf_response_output(response), error);
}

static void responses_later(const wharf_connection *tke) {
    wharf_error *error = NULL;
    struct seen seen;
    init(&seen, tke);
    ENDS(wharf_call_with_response_async(tke, WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, NULL, NULL, NULL, on_response, &seen, on_over, &error), WHARF_OK, NULL);
    over(&seen);
    CHECK(seen.result == WHARF_OK && seen.answer != NULL);
    free(seen.answer);
    wharf_pages *pages = NULL;
    ENDS(wharf_pages_new(tke, WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, NULL, NULL, &pages, &error), WHARF_OK, NULL);
    init(&seen, tke);
    ENDS(wharf_pages_next_with_response_async(pages, NULL, on_response, &seen, on_over, &error), WHARF_OK, NULL);
    over(&seen);
    CHECK(seen.result == WHARF_OK && seen.answer != NULL);
    free(seen.answer);
    wharf_pages_free(&pages);
}

/* A small file as a text, to be freed. */
static char *file_text(const char *path) {
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    char *text = calloc(1, 1 << 16);
    CHECK(text != NULL && fread(text, 1, (1 << 16) - 1, file) > 0);
    fclose(file);
    return text;
}

static void kubeconfigs(const wharf_connection *tke, const char *id) {
    wharf_error *error = NULL;
    wharf_kubeconfig *config = NULL;
    ENDS(wharf_kubeconfig_fetch(tke, id, NULL, 0, NULL, &config, &error), WHARF_OK, NULL);
    char *yaml = NULL;
    ENDS(wharf_kubeconfig_text(config, &yaml, &error), WHARF_OK, NULL);
    CHECK(strstr(yaml, "apiVersion") != NULL && strstr(yaml, "https://127.0.0.1:") != NULL);
    uint64_t seconds = 1;
    ENDS(wharf_kubeconfig_expires(config, &seconds, &error), WHARF_OK, NULL);
    char folder[] = "/tmp/wharf-kubeconfig-XXXXXX", path[64], other[64];
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/new/config", folder);
    snprintf(other, sizeof other, "%s/merged", folder);
    ENDS(wharf_kubeconfig_write(config, path, &error), WHARF_OK, NULL);
    char *written = file_text(path);
    CHECK(strcmp(written, yaml) == 0);
    free(written);
    /* Twice: the second time it replaces its own entries. */
    for (int round = 0; round < 2; round++) {
        ENDS(wharf_kubeconfig_merge(config, other, "größe", &error), WHARF_OK, NULL);
    }
    char *merged = file_text(other);
    CHECK(strstr(merged, "größe-") != NULL);
    free(merged);
    ENDS(wharf_kubeconfig_merge(config, folder, NULL, &error), WHARF_CONFIGURATION, "kubeconfig");
    ENDS(wharf_kubeconfig_write(config, NULL, &error), WHARF_NULL_ARGUMENT, "path");
    ENDS(wharf_kubeconfig_text(NULL, &yaml, &error), WHARF_NULL_ARGUMENT, "config");
    ENDS(wharf_kubeconfig_text(config, NULL, &error), WHARF_NULL_ARGUMENT, "yaml");
    ENDS(wharf_kubeconfig_expires(config, NULL, &error), WHARF_NULL_ARGUMENT, "seconds");
    wharf_text_free(&yaml);
    wharf_kubeconfig_free(&config);
    wharf_kubeconfig_free(&config);
    CHECK(config == NULL);
    ENDS(wharf_kubeconfig_fetch(tke, id, "sideways", 0, NULL, &config, &error), WHARF_INVALID_INPUT, "address");
    ENDS(wharf_kubeconfig_fetch(tke, id, NULL, 60, NULL, &config, &error), WHARF_UNSUPPORTED, "valid_for");
    ENDS(wharf_kubeconfig_fetch(tke, "cls-missing", NULL, 0, NULL, &config, &error), WHARF_NOT_FOUND, NULL);
    ENDS(wharf_kubeconfig_fetch(tke, id, NULL, 0, NULL, NULL, &error), WHARF_NULL_ARGUMENT, "config");
    CHECK(config == NULL);
}

static void docker_configs(const wharf_connection *tke, const wharf_connection *tcr) {
    wharf_error *error = NULL;
    char *made = NULL, *json = NULL;
    const char *order = "{\"RegistryName\": \"demo\", \"RegistryType\": \"basic\"}";
    ENDS(wharf_call(tcr, WHARF_TCR_OPERATION_CREATE_INSTANCE, order, NULL, NULL, &made, &error), WHARF_OK, NULL);
    char *id = get(made, "/RegistryId");
    /* The instance takes a minute, which passes in a tenth of a second. */
    wharf_result result = WHARF_OTHER;
    for (int attempt = 0; attempt < 1000 && result != WHARF_OK; attempt++) {
        wharf_error_free(&error);
        result = wharf_docker_config(tcr, id, NULL, NULL, NULL, &json, &error);
    }
    ENDS(result, WHARF_OK, NULL);
    CHECK(strstr(json, "\"demo.tencentcloudcr.com\"") != NULL && strstr(json, "\"auth\"") != NULL);
    wharf_text_free(&json);
    ENDS(wharf_docker_config(tcr, id, "registry.example.com", "me", NULL, &json, &error), WHARF_OK, NULL);
    CHECK(strstr(json, "\"registry.example.com\"") != NULL && strstr(json, "\"me\"") != NULL);
    wharf_text_free(&json);
    ENDS(wharf_docker_config(tcr, "tcr-missing", NULL, NULL, NULL, &json, &error), WHARF_NOT_FOUND, "registry_id");
    ENDS(wharf_docker_config(tke, id, NULL, NULL, NULL, &json, &error), WHARF_UNSUPPORTED, NULL);
    ENDS(wharf_docker_config(tcr, NULL, NULL, NULL, NULL, &json, &error), WHARF_NULL_ARGUMENT, "registry");
    ENDS(wharf_docker_config(tcr, id, NULL, NULL, NULL, NULL, &error), WHARF_NULL_ARGUMENT, "json");
    wharf_text_free(&id);
    wharf_text_free(&made);
}

/* The reference server's cluster of `waits` is the only one. */
static void kubernetes(const wharf_connection *tke, const wharf_connection *cce) {
    wharf_error *error = NULL;
    char *clusters = NULL, *response = NULL;
    ENDS(wharf_call(tke, WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, NULL, NULL, NULL, &clusters, &error), WHARF_OK, NULL);
    char *id = get(clusters, "/Clusters/0/ClusterId");
    const char *path = "/api/v1/namespaces", *body = "{\"metadata\": {\"name\": \"team\"}}";
    ENDS(wharf_kubernetes(tke, id, "POST", path, body, "application/json", NULL, &response, &error), WHARF_OK, NULL);
    CHECK(is(response, "/status", "200") && strstr(response, "team") != NULL);
    wharf_text_free(&response);
    ENDS(wharf_kubernetes(tke, id, "POST", path, body, NULL, NULL, &response, &error), WHARF_OK, NULL);
    CHECK(is(response, "/status", "409") && strstr(response, "AlreadyExists") != NULL);
    CHECK(is(response, "/headers/content-type", "application/json"));
    wharf_text_free(&response);
    ENDS(wharf_kubernetes(tke, id, "GET", "/healthz", NULL, NULL, NULL, &response, &error), WHARF_OK, NULL);
    CHECK(is(response, "/body", "ok"));
    wharf_text_free(&response);
    ENDS(wharf_kubernetes(tke, id, "GET", "no slash", NULL, NULL, NULL, &response, &error), WHARF_INVALID_INPUT, "path");
    ENDS(wharf_kubernetes(tke, id, "GET", "/api/v1/pods?watch=1", NULL, NULL, NULL, &response, &error), WHARF_UNSUPPORTED, NULL);
    ENDS(wharf_kubernetes(tke, NULL, "GET", "/", NULL, NULL, NULL, &response, &error), WHARF_NULL_ARGUMENT, "cluster");
    ENDS(wharf_kubernetes(tke, id, "GET", "/", NULL, NULL, NULL, NULL, &error), WHARF_NULL_ARGUMENT, "response");
    ENDS(wharf_kubernetes(cce, "no label!", "GET", "/", NULL, NULL, NULL, &response, &error), WHARF_INVALID_INPUT, "cluster_id");
    kubeconfigs(tke, id);
    wharf_text_free(&id);
    wharf_text_free(&clusters);
}

int main(void) {
    wharf_connection *tke = connect_to(WHARF_TKE, "WHARF_TEST_TKE");
    wharf_connection *stranger = connect_to(WHARF_TKE, "WHARF_TEST_STRANGER");
    wharf_connection *cce = connect_to(WHARF_CCE, "WHARF_TEST_CCE");
    logging(tke, stranger);
    waits(tke);
    pages(tke);
    busy_pages(tke, tke);
    cancelling(tke);
    errors(tke);
    responses(tke, cce);
    kubernetes(tke, cce);
    wharf_connection *tcr = connect_to(WHARF_TCR, "WHARF_TEST_TKE");
    docker_configs(tke, tcr);
    wharf_connection_free(&tcr);
    responses_later(tke);
    calls_outlive_their_connection(tke);
    wharf_error *error = NULL;
    char *answer = NULL;
    ENDS(wharf_call(cce, WHARF_CCE_OPERATION_LIST_CLUSTERS, NULL, NULL, NULL, &answer, &error), WHARF_OK, NULL);
    wharf_text_free(&answer);
    wharf_connection_free(&cce);
    wharf_connection_free(&stranger);
    wharf_connection_free(&tke);
    return EXIT_SUCCESS;
}
