/* Short forms of calls for the examples. A call that fails prints its error and ends the program. */

#ifndef WHARF_EXAMPLES_HELPERS_H
#define WHARF_EXAMPLES_HELPERS_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wharf.h>

static inline void check(wharf_result result, const char *what, wharf_error **error) {
    if (result != WHARF_OK) {
        fprintf(stderr, "%s: %s\n", what, wharf_error_text(*error));
        wharf_error_free(error);
        exit(EXIT_FAILURE);
    }
}

static inline wharf_connection *connect_to_tke(const char *options) {
    wharf_connection *tke = NULL;
    wharf_error *error = NULL;
    check(wharf_connection_new(WHARF_TKE, options, &tke, &error), "connecting", &error);
    return tke;
}

/* Calls an operation. The input is JSON with the conversions of printf. */
static inline char *call(const wharf_connection *tke, const char *operation, const char *input, ...) {
    char json[4096];
    va_list values;
    va_start(values, input);
    vsnprintf(json, sizeof json, input, values);
    va_end(values);
    char *output = NULL;
    wharf_error *error = NULL;
    check(wharf_call(tke, operation, json, NULL, NULL, &output, &error), operation, &error);
    return output;
}

/* Waits for a resource. The arguments are JSON with the conversions of printf. */
static inline void wait_for(const wharf_connection *tke, const char *waiter, wharf_progress_callback progress,
                            const char *arguments, ...) {
    char json[4096];
    va_list values;
    va_start(values, arguments);
    vsnprintf(json, sizeof json, arguments, values);
    va_end(values);
    char *result = NULL;
    wharf_error *error = NULL;
    check(wharf_wait(tke, waiter, json, NULL, progress, NULL, &result, &error), waiter, &error);
    wharf_text_free(&result);
}

/* Returns a value of some JSON, or NULL. */
static inline char *get(const char *json, const char *pointer) {
    char *value = NULL;
    wharf_json_get(json, pointer, &value, NULL);
    return value;
}

/* Returns a value of an item of a list, or NULL. */
static inline char *get_of_item(const char *json, const char *list, size_t item, const char *pointer) {
    char whole[256];
    snprintf(whole, sizeof whole, "%s/%zu%s", list, item, pointer);
    return get(json, whole);
}

/* Returns the number of items of a list. */
static inline size_t count(const char *json, const char *list) {
    size_t items = 0;
    wharf_json_count(json, list, &items, NULL);
    return items;
}

/* Sends a request to the Kubernetes API of a cluster. Returns the object of the response, and its status. */
static inline char *kubernetes(const wharf_connection *tke, const char *cluster, const char *method, const char *path,
                               const char *body, long *status) {
    const char *type = strcmp(method, "PATCH") == 0 ? "application/merge-patch+json" : NULL;
    char *response = NULL;
    wharf_error *error = NULL;
    check(wharf_kubernetes(tke, cluster, method, path, body, type, NULL, &response, &error), path, &error);
    char *code = get(response, "/status");
    char *object = get(response, "/body");
    *status = strtol(code, NULL, 10);
    wharf_text_free(&code);
    wharf_text_free(&response);
    return object;
}

#endif
