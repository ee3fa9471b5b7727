/* Eight threads share a connection: threads <calls of each>. */

#include <pthread.h>

#include "check.h"

#define THREADS 8

static const wharf_connection *shared;
static int calls;

static void *work(void *unused) {
    (void)unused;
    for (int at = 0; at < calls; at++) {
        wharf_error *error = NULL;
        char *answer = NULL;
        ENDS(wharf_call(shared, WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, "{\"Limit\": 1}", NULL, NULL, &answer, &error),
             WHARF_OK, NULL);
        CHECK(strstr(answer, "RequestId") != NULL);
        wharf_text_free(&answer);
        if (at % 10 == 0) {
            ENDS(wharf_call(shared, WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, "{\"Limit\": -1, \"X\": 1}", NULL, NULL, &answer,
                            &error),
                 WHARF_INVALID_INPUT, NULL);
        }
    }
    return NULL;
}

int main(int argc, char **argv) {
    calls = argc > 1 ? atoi(argv[1]) : 10;
    wharf_connection *tke = connect_to(WHARF_TKE, "WHARF_TEST_TKE");
    shared = tke;
    pthread_t threads[THREADS];
    for (int at = 0; at < THREADS; at++) {
        CHECK(pthread_create(&threads[at], NULL, work, NULL) == 0);
    }
    for (int at = 0; at < THREADS; at++) {
        CHECK(pthread_join(threads[at], NULL) == 0);
    }
    wharf_connection_free(&tke);
    printf("%d calls\n", THREADS * calls);
    return EXIT_SUCCESS;
}
