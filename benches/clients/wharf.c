/*
 * Wharf's C interface: `wharf-c ENDPOINT CALLS AT_ONCE CLUSTERS` prints the microseconds of CPU per call.
 */

#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <wharf.h>

struct work {
    const wharf_connection *connection;
    size_t calls;
    size_t clusters;
};

static double cpu(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)used.ru_utime.tv_sec * 1e6 + (double)used.ru_utime.tv_usec + (double)used.ru_stime.tv_sec * 1e6 +
           (double)used.ru_stime.tv_usec;
}

static void fail(wharf_error *error) {
    fprintf(stderr, "%s\n", wharf_error_text(error));
    exit(1);
}

static void *call(void *argument) {
    const struct work *work = argument;
    for (size_t at = 0; at < work->calls; at++) {
        char *answer = NULL;
        size_t count = 0;
        wharf_error *error = NULL;
        if (wharf_call(work->connection, WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, "{\"Limit\": 100}", NULL, NULL, &answer,
                       &error) != WHARF_OK ||
            wharf_json_count(answer, "/Clusters", &count, &error) != WHARF_OK) {
            fail(error);
        }
        wharf_text_free(&answer);
        if (count != work->clusters) {
            fprintf(stderr, "%zu clusters\n", count);
            exit(1);
        }
    }
    return NULL;
}

static void spread(struct work work, size_t calls, size_t at_once) {
    pthread_t threads[64];
    work.calls = calls / at_once;
    for (size_t at = 0; at < at_once; at++) {
        pthread_create(&threads[at], NULL, call, &work);
    }
    for (size_t at = 0; at < at_once; at++) {
        pthread_join(threads[at], NULL);
    }
}

int main(int count, char **arguments) {
    if (count != 5) {
        return 2;
    }
    size_t calls = strtoul(arguments[2], NULL, 10), at_once = strtoul(arguments[3], NULL, 10);
    if (at_once < 1 || at_once > 64 || calls < at_once) {
        return 2;
    }
    char options[512];
    snprintf(options, sizeof options,
             "{\"endpoint\": \"%s\", \"region\": \"ap-guangzhou\", \"client_rate_limit\": false, \"credentials\": {\"id\": \"AKIDexample\", \"secret\": "
             "\"a-secret-of-the-usual-length-36-chars\"}}",
             arguments[1]);
    wharf_connection *connection = NULL;
    wharf_error *error = NULL;
    if (wharf_connection_new(WHARF_TKE, options, &connection, &error) != WHARF_OK) {
        fail(error);
    }
    struct work work = {connection, 0, strtoul(arguments[4], NULL, 10)};
    spread(work, 64 + 2 * at_once, at_once);
    double began = cpu();
    spread(work, calls, at_once);
    printf("%.3f\n", (cpu() - began) / (double)(calls / at_once * at_once));
    wharf_connection_free(&connection);
    return 0;
}
