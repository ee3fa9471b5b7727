/*
 * Many calls at once from one thread: each completes by a callback, and one of them is cancelled.
 *
 *     async <options of a connection to TKE, as JSON>
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <wharf.h>

#define CALLS 20

/* State shared by the callbacks and `main`. */
struct work {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    int running;
    int answered;
    int cancelled;
};

/* Called on a thread of the library. The arguments are valid until it returns. */
static void call_ended(void *user_data, wharf_result result, const char *answer, const wharf_error *error) {
    struct work *work = user_data;
    pthread_mutex_lock(&work->lock);
    if (result == WHARF_OK) {
        size_t count = 0;
        wharf_json_count(answer, "/RegionInstanceSet", &count, NULL);
        work->answered += count > 0;
    } else if (result == WHARF_CANCELLED) {
        work->cancelled++;
    } else {
        fprintf(stderr, "%s\n", wharf_error_text(error));
    }
    pthread_mutex_unlock(&work->lock);
}

/* The library no longer needs the work for this call: `main` learns here that the call has ended. */
static void call_is_over(void *user_data) {
    struct work *work = user_data;
    pthread_mutex_lock(&work->lock);
    work->running--;
    pthread_cond_signal(&work->ended);
    pthread_mutex_unlock(&work->lock);
}

int main(int argc, char **argv) {
    wharf_connection *tke = NULL;
    wharf_cancel *cancel = NULL;
    wharf_error *error = NULL;
    if (wharf_connection_new(WHARF_TKE, argc > 1 ? argv[1] : NULL, &tke, &error) != WHARF_OK ||
        wharf_cancel_new(&cancel, &error) != WHARF_OK) {
        fprintf(stderr, "%s\n", wharf_error_text(error));
        wharf_error_free(&error);
        wharf_connection_free(&tke);
        return EXIT_FAILURE;
    }
    struct work work = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, CALLS + 1, 0, 0};
    for (int at = 0; at < CALLS; at++) {
        wharf_call_async(tke, WHARF_TKE_OPERATION_DESCRIBE_REGIONS, NULL, NULL, NULL, call_ended, &work, call_is_over,
                         NULL);
    }
    /* This one waits for a cluster that is never created, until it is cancelled. */
    wharf_wait_async(tke, "cluster_deleted", "{\"cluster_id\": \"cls-nowhere\"}", cancel, NULL, call_ended, &work,
                     call_is_over, NULL);
    wharf_cancel_cancel(cancel);

    pthread_mutex_lock(&work.lock);
    while (work.running > 0) {
        pthread_cond_wait(&work.ended, &work.lock);
    }
    pthread_mutex_unlock(&work.lock);
    printf("%d answered, %d cancelled\n", work.answered, work.cancelled);

    wharf_cancel_free(&cancel);
    wharf_connection_free(&tke);
    return work.answered == CALLS ? EXIT_SUCCESS : EXIT_FAILURE;
}
