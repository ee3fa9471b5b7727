/* Log callbacks, completion callbacks, progress callbacks and finalizers call the library: nothing hangs, everything
 * comes exactly once, and what a log callback causes is not logged. */

#define _POSIX_C_SOURCE 200809L

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "check.h"

#define CLUSTERS WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS

static wharf_connection *tke;

/* Waits until a number that other threads change has a value. */
static void until(atomic_int *number, int value) {
    for (int round = 0; atomic_load(number) < value; round++) {
        CHECK(round < 60000);
        struct timespec moment = {0, 1000000};
        nanosleep(&moment, NULL);
    }
}

static void list_clusters(void) {
    char *answer = NULL;
    wharf_error *error = NULL;
    ENDS(wharf_call(tke, CLUSTERS, NULL, NULL, NULL, &answer, &error), WHARF_OK, NULL);
    wharf_text_free(&answer);
}

/* A log callback that calls every kind of function of the library for each line. */
struct log {
    atomic_int lines, attempts, inside, completed, released, finalized;
    char last[4096];
};

static void on_inner_end(void *user_data, wharf_result result, const char *answer, const wharf_error *error) {
    (void)answer;
    (void)error;
    CHECK(result == WHARF_OK);
    list_clusters();
    atomic_fetch_add(&((struct log *)user_data)->completed, 1);
}

static void on_inner_over(void *user_data) {
    list_clusters();
    atomic_fetch_add(&((struct log *)user_data)->released, 1);
}

static void on_line(void *user_data, int32_t level, const char *target, const char *message) {
    struct log *log = user_data;
    (void)level;
    (void)target;
    CHECK(atomic_fetch_add(&log->inside, 1) == 0);
    snprintf(log->last, sizeof log->last, "%s", message);
    atomic_fetch_add(&log->lines, 1);
    if (strncmp(message, "attempt ", 8) == 0) {
        atomic_fetch_add(&log->attempts, 1);
    }
    wharf_error *error = NULL;
    wharf_connection *other = connect_to(WHARF_TKE, "WHARF_TEST_TKE");
    char *answer = NULL;
    ENDS(wharf_call(other, CLUSTERS, NULL, NULL, NULL, &answer, &error), WHARF_OK, NULL);
    wharf_text_free(&answer);
    wharf_pages *pages = NULL;
    ENDS(wharf_pages_new(other, CLUSTERS, NULL, NULL, &pages, &error), WHARF_OK, NULL);
    ENDS(wharf_pages_next(pages, NULL, &answer, &error), WHARF_OK, NULL);
    wharf_text_free(&answer);
    wharf_pages_free(&pages);
    ENDS(wharf_wait(other, "cluster_deleted", "{\"cluster_id\": \"cls-nowhere\"}", NULL, NULL, NULL, &answer, &error),
         WHARF_OK, NULL);
    wharf_text_free(&answer);
    ENDS(wharf_call_async(other, CLUSTERS, NULL, NULL, NULL, on_inner_end, log, on_inner_over, &error), WHARF_OK, NULL);
    wharf_connection_free(&other);
    CHECK(atomic_fetch_sub(&log->inside, 1) == 1);
}

static void on_log_over(void *user_data) {
    list_clusters();
    atomic_fetch_add(&((struct log *)user_data)->finalized, 1);
}

/* One call is one line at INFO, and one more for its attempt at DEBUG, whatever the callback does. */
static void log_callbacks_call_the_library(void) {
    static struct log log, later;
    wharf_error *error = NULL;
    ENDS(wharf_log_set(WHARF_LOG_INFO, on_line, &log, on_log_over, &error), WHARF_OK, NULL);
    list_clusters();
    CHECK(atomic_load(&log.lines) == 1 && strncmp(log.last, "call ", 5) == 0 && strstr(log.last, CLUSTERS) != NULL);
    until(&log.released, 1);
    CHECK(atomic_load(&log.completed) == 1);
    list_clusters();
    until(&log.released, 2);
    CHECK(atomic_load(&log.lines) == 2 && atomic_load(&log.attempts) == 0 && atomic_load(&log.finalized) == 0);

    /* Another log instead: the first one's finalizer has come when the function returns, and is not logged. */
    ENDS(wharf_log_set(WHARF_LOG_DEBUG, on_line, &later, on_log_over, &error), WHARF_OK, NULL);
    CHECK(atomic_load(&log.finalized) == 1 && atomic_load(&later.lines) == 0);
    list_clusters();
    CHECK(atomic_load(&later.lines) == 2 && atomic_load(&later.attempts) == 1 && atomic_load(&log.lines) == 2);
    until(&later.released, 2);
    ENDS(wharf_log_set(WHARF_LOG_OFF, NULL, NULL, NULL, &error), WHARF_OK, NULL);
    CHECK(atomic_load(&later.finalized) == 1 && atomic_load(&later.lines) == 2);
}

/* A log that is replaced and ended by its own callback and finalizer. */
static atomic_int quiet_lines, ended;

static void quiet_line(void *user_data, int32_t level, const char *target, const char *message) {
    (void)user_data;
    (void)level;
    (void)target;
    (void)message;
    atomic_fetch_add(&quiet_lines, 1);
}

static void end_log(void *user_data) {
    CHECK(wharf_log_set(WHARF_LOG_OFF, NULL, NULL, NULL, NULL) == WHARF_OK);
    CHECK(wharf_log_set(12, quiet_line, NULL, NULL, NULL) == WHARF_INVALID_NUMBER);
    atomic_fetch_add((atomic_int *)user_data, 1);
}

static void set_log(void *user_data) {
    CHECK(wharf_log_set(WHARF_LOG_TRACE, quiet_line, user_data, end_log, NULL) == WHARF_OK);
    atomic_fetch_add((atomic_int *)user_data, 1);
}

static void replacing_line(void *user_data, int32_t level, const char *target, const char *message) {
    (void)level;
    (void)target;
    (void)message;
    CHECK(wharf_log_set(WHARF_LOG_INFO, quiet_line, user_data, end_log, NULL) == WHARF_OK);
}

static void logs_are_set_by_their_own_callbacks(void) {
    wharf_error *error = NULL;
    /* A finalizer that ends the log, one that sets another, whose finalizer ends it. */
    ENDS(wharf_log_set(WHARF_LOG_TRACE, quiet_line, &ended, end_log, &error), WHARF_OK, NULL);
    ENDS(wharf_log_set(WHARF_LOG_OFF, NULL, NULL, NULL, &error), WHARF_OK, NULL);
    CHECK(atomic_load(&ended) == 1);
    ENDS(wharf_log_set(WHARF_LOG_TRACE, quiet_line, &ended, set_log, &error), WHARF_OK, NULL);
    ENDS(wharf_log_set(WHARF_LOG_OFF, NULL, NULL, NULL, &error), WHARF_OK, NULL);
    CHECK(atomic_load(&ended) == 2);
    ENDS(wharf_log_set(WHARF_LOG_OFF, NULL, NULL, NULL, &error), WHARF_OK, NULL);
    CHECK(atomic_load(&ended) == 3);
    /* A callback that sets another log: its own finalizer comes after the callback has returned. */
    ENDS(wharf_log_set(WHARF_LOG_INFO, replacing_line, &ended, end_log, &error), WHARF_OK, NULL);
    list_clusters();
    until(&ended, 5);
    /* A log that cannot be set: the finalizer comes at once, and may set the log too. */
    ENDS(wharf_log_set(99, quiet_line, &ended, end_log, &error), WHARF_INVALID_NUMBER, "level");
    CHECK(atomic_load(&ended) == 6);
    ENDS(wharf_log_set(WHARF_LOG_OFF, quiet_line, &ended, end_log, &error), WHARF_OK, NULL);
    CHECK(atomic_load(&ended) == 7);
}

/* Actions of a callback on its own call. */
struct own {
    wharf_connection *connection;
    wharf_cancel *cancel;
    atomic_int called, finalized;
    wharf_result result;
};

static void free_own(void *user_data, wharf_result result, const char *answer, const wharf_error *error) {
    struct own *own = user_data;
    (void)answer;
    (void)error;
    wharf_cancel_cancel(own->cancel);
    wharf_cancel_free(&own->cancel);
    wharf_connection_free(&own->connection);
    CHECK(own->connection == NULL && own->cancel == NULL);
    CHECK(wharf_log_set(WHARF_LOG_TRACE, quiet_line, NULL, NULL, NULL) == WHARF_OK);
    CHECK(wharf_log_set(WHARF_LOG_OFF, NULL, NULL, NULL, NULL) == WHARF_OK);
    own->result = result;
    atomic_fetch_add(&own->called, 1);
}

static void own_over(void *user_data) {
    list_clusters();
    atomic_fetch_add(&((struct own *)user_data)->finalized, 1);
}

static void free_in_progress(void *user_data, const char *text, const char *state) {
    struct own *own = user_data;
    (void)text;
    (void)state;
    wharf_connection_free(&own->connection);
    atomic_fetch_add(&own->called, 1);
}

static void cancel_in_progress(void *user_data, const char *text, const char *state) {
    struct own *own = user_data;
    (void)text;
    (void)state;
    wharf_cancel_cancel(own->cancel);
    wharf_cancel_free(&own->cancel);
}

static void callbacks_free_and_cancel_their_own_call(void) {
    static struct own own;
    wharf_error *error = NULL;
    own.connection = connect_to(WHARF_TKE, "WHARF_TEST_TKE");
    ENDS(wharf_cancel_new(&own.cancel, &error), WHARF_OK, NULL);
    ENDS(wharf_call_async(own.connection, CLUSTERS, NULL, NULL, own.cancel, free_own, &own, own_over, &error), WHARF_OK,
         NULL);
    until(&own.finalized, 1);
    CHECK(atomic_load(&own.called) == 1 && own.result == WHARF_OK);

    char *created = NULL;
    ENDS(wharf_call(tke, WHARF_TKE_OPERATION_CREATE_CLUSTER,
                    "{\"ClusterType\": \"MANAGED_CLUSTER\", \"ClusterCIDRSettings\": {\"ClusterCIDR\": \"172.30.0.0/16\"},"
                    " \"ClusterBasicSettings\": {\"VpcId\": \"vpc-default0\"}}",
                    NULL, NULL, &created, &error),
         WHARF_OK, NULL);
    char *id = get(created, "/ClusterId");
    char arguments[128];
    snprintf(arguments, sizeof arguments, "{\"cluster_id\": \"%s\", \"poll_interval\": 0.02}", id);
    wharf_text_free(&created);
    char *result = NULL;
    /* The call continues when the connection is freed during it, as by another thread. */
    own.connection = connect_to(WHARF_TKE, "WHARF_TEST_TKE");
    ENDS(wharf_wait(own.connection, "cluster_running", arguments, NULL, free_in_progress, &own, &result, &error),
         WHARF_OK, NULL);
    CHECK(own.connection == NULL && is(result, "/ClusterId", id));
    wharf_text_free(&result);
    wharf_text_free(&id);

    ENDS(wharf_cancel_new(&own.cancel, &error), WHARF_OK, NULL);
    ENDS(wharf_wait(tke, "cluster_deleted", arguments, own.cancel, cancel_in_progress, &own, &result, &error),
         WHARF_CANCELLED, NULL);
    CHECK(own.cancel == NULL && result == NULL);
}

/* Returns the number of threads of the process, where it is visible. */
static int threads(void) {
    DIR *tasks = opendir("/proc/self/task");
    int count = 0;
    while (tasks != NULL && readdir(tasks) != NULL) {
        count++;
    }
    if (tasks != NULL) {
        closedir(tasks);
    }
    return count - 2; /* Without `.` and `..`. */
}

/* The last connection of the program is freed by its own callback, while a log is set. */
static void the_last_connection_goes_in_its_callback(void) {
    static struct own own;
    wharf_error *error = NULL;
    ENDS(wharf_log_set(WHARF_LOG_TRACE, quiet_line, NULL, NULL, &error), WHARF_OK, NULL);
    own.connection = tke;
    ENDS(wharf_call_async(own.connection, CLUSTERS, NULL, NULL, NULL, free_own, &own, NULL, &error), WHARF_OK, NULL);
    until(&own.called, 1);
    tke = NULL;
    while (threads() > 1) {
        struct timespec moment = {0, 1000000};
        nanosleep(&moment, NULL);
    }
}

int main(void) {
    tke = connect_to(WHARF_TKE, "WHARF_TEST_TKE");
    log_callbacks_call_the_library();
    logs_are_set_by_their_own_callbacks();
    callbacks_free_and_cancel_their_own_call();
    the_last_connection_goes_in_its_callback();
    return EXIT_SUCCESS;
}
