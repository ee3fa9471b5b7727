/* A child of a process that uses the library gets an error from every call, and nothing hangs; a child of one that
 * does not uses the library as usual. */

#define _POSIX_C_SOURCE 200809L

#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define CLUSTERS WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS
#define SLOW "DescribeRegions" /* held back by the server for longer than the tests run */

static wharf_connection *tke;
static wharf_pages *pages;
static wharf_cancel *cancel;
static wharf_error *old;
static int finalized;

static void finalize(void *user_data) {
    (*(int *)user_data)++;
}

static void never(void *user_data, wharf_result result, const char *answer, const wharf_error *error) {
    (void)user_data;
    (void)result;
    (void)answer;
    (void)error;
}

static void never_line(void *user_data, int32_t level, const char *target, const char *message) {
    (void)user_data;
    (void)level;
    (void)target;
    (void)message;
}

/* Every function, in the child. */
static void every_call_is_refused(void) {
    wharf_error *error = NULL;
    char *out = NULL;
    wharf_connection *other = NULL;
    wharf_pages *others = NULL;
    ENDS(wharf_connection_new(WHARF_TKE, getenv("WHARF_TEST_TKE"), &other, &error), WHARF_FORKED, NULL);
    ENDS(wharf_call(tke, CLUSTERS, NULL, "{\"timeout\": 1}", NULL, &out, &error), WHARF_FORKED, NULL);
    ENDS(wharf_wait(tke, "cluster_running", "{\"cluster_id\": \"c\"}", cancel, NULL, NULL, &out, &error), WHARF_FORKED,
         NULL);
    ENDS(wharf_pages_new(tke, CLUSTERS, NULL, NULL, &others, &error), WHARF_FORKED, NULL);
    ENDS(wharf_pages_next(pages, NULL, &out, &error), WHARF_FORKED, NULL);
    int before = finalized;
    ENDS(wharf_call_async(tke, CLUSTERS, NULL, NULL, NULL, never, &finalized, finalize, &error), WHARF_FORKED, NULL);
    ENDS(wharf_wait_async(tke, "cluster_running", "{}", NULL, NULL, never, &finalized, finalize, &error), WHARF_FORKED,
         NULL);
    ENDS(wharf_pages_next_async(pages, NULL, never, &finalized, finalize, &error), WHARF_FORKED, NULL);
    ENDS(wharf_log_set(WHARF_LOG_TRACE, never_line, &finalized, finalize, &error), WHARF_FORKED, NULL);
    ENDS(wharf_log_set(WHARF_LOG_OFF, NULL, NULL, NULL, &error), WHARF_FORKED, NULL);
    CHECK(finalized == before + 4);
    CHECK(other == NULL && others == NULL && out == NULL);

    /* Functions without threads work. */
    CHECK(strcmp(wharf_connection_product(tke), "tke") == 0 && wharf_pages_offset(pages) == 0);
    CHECK(wharf_error_kind(old) == WHARF_INVALID_INPUT && wharf_error_text(old) != NULL);
    CHECK(is("{\"a\": [1]}", "/a/0", "1"));
    ENDS(wharf_describe(NULL, &out, &error), WHARF_OK, NULL);
    wharf_text_free(&out);
    wharf_cancel *made = NULL;
    ENDS(wharf_cancel_new(&made, &error), WHARF_OK, NULL);
    wharf_cancel_free(&made);
    wharf_cancel_cancel(cancel);

    wharf_connection_free(&tke);
    wharf_pages_free(&pages);
    wharf_cancel_free(&cancel);
    wharf_error_free(&old);
    CHECK(tke == NULL && pages == NULL && cancel == NULL && old == NULL);
}

/* Runs something in a child, which has ten seconds. Ends without what `exit` does: the parent's memory is not its. */
static void in_child(void (*work)(void)) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        alarm(10);
        work();
        _exit(EXIT_SUCCESS);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    if (status != 0) {
        fprintf(stderr, "the child ended with %d\n", status);
        exit(EXIT_FAILURE);
    }
}

static void use(void) {
    wharf_error *error = NULL;
    char *answer = NULL;
    wharf_connection *mine = connect_to(WHARF_TKE, "WHARF_TEST_TKE");
    ENDS(wharf_log_set(WHARF_LOG_TRACE, never_line, NULL, NULL, &error), WHARF_OK, NULL);
    ENDS(wharf_call(mine, CLUSTERS, NULL, NULL, NULL, &answer, &error), WHARF_OK, NULL);
    ENDS(wharf_log_set(WHARF_LOG_OFF, NULL, NULL, NULL, &error), WHARF_OK, NULL);
    wharf_text_free(&answer);
    wharf_connection_free(&mine);
}

static void refused_everywhere(void) {
    every_call_is_refused();
    wharf_error *error = NULL;
    wharf_connection *other = NULL;
    ENDS(wharf_connection_new(WHARF_TKE, NULL, &other, &error), WHARF_FORKED, NULL);
}

static void fork_in_line(void *user_data, int32_t level, const char *target, const char *message) {
    (void)level;
    (void)target;
    (void)message;
    in_child(refused_everywhere);
    atomic_store((atomic_int *)user_data, 1);
}

static void fork_at_end(void *user_data, wharf_result result, const char *answer, const wharf_error *error) {
    (void)answer;
    (void)error;
    CHECK(result == WHARF_CANCELLED);
    in_child(refused_everywhere);
    atomic_store((atomic_int *)user_data, 1);
}

int main(void) {
    wharf_error *error = NULL;
    char *answer = NULL;
    /* Before anything, and after all is freed, a child is a process like any other. */
    in_child(use);
    use();
    in_child(use);

    tke = connect_to(WHARF_TKE, "WHARF_TEST_TKE");
    ENDS(wharf_pages_new(tke, CLUSTERS, NULL, NULL, &pages, &error), WHARF_OK, NULL);
    ENDS(wharf_cancel_new(&cancel, &error), WHARF_OK, NULL);
    CHECK(wharf_call(tke, "Nothing", NULL, NULL, NULL, &answer, &old) == WHARF_INVALID_INPUT);
    in_child(refused_everywhere);

    /* With a log, with a call under way, and out of callbacks. */
    static atomic_int logged, called;
    ENDS(wharf_log_set(WHARF_LOG_INFO, fork_in_line, &logged, NULL, &error), WHARF_OK, NULL);
    ENDS(wharf_call(tke, CLUSTERS, NULL, NULL, NULL, &answer, &error), WHARF_OK, NULL);
    wharf_text_free(&answer);
    CHECK(atomic_load(&logged) == 1);
    ENDS(wharf_call_async(tke, SLOW, NULL, NULL, cancel, fork_at_end, &called, NULL, &error), WHARF_OK, NULL);
    for (int round = 0; round < 20; round++) {
        in_child(refused_everywhere);
    }
    wharf_cancel_cancel(cancel);
    while (atomic_load(&called) == 0) {
        struct timespec moment = {0, 1000000};
        nanosleep(&moment, NULL);
    }

    /* The parent continues, whatever its children did. */
    ENDS(wharf_call(tke, CLUSTERS, NULL, NULL, NULL, &answer, &error), WHARF_OK, NULL);
    wharf_text_free(&answer);
    ENDS(wharf_log_set(WHARF_LOG_OFF, NULL, NULL, NULL, &error), WHARF_OK, NULL);
    wharf_pages_free(&pages);
    wharf_cancel_free(&cancel);
    wharf_error_free(&old);
    wharf_connection_free(&tke);
    in_child(use);
    return EXIT_SUCCESS;
}
