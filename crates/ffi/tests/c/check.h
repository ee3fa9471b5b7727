/* Shared by the tests: a check that reports its position, and the connection of the environment. */

#ifndef WHARF_TEST_CHECK_H
#define WHARF_TEST_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wharf.h>

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition)) {                                                    \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);    \
            exit(EXIT_FAILURE);                                                \
        }                                                                      \
    } while (0)

/* The function ended with that result; the error of a failure names that field, and contains no secret. */
static inline void ended_with(const char *file, int line, wharf_result result, wharf_error **error,
                              wharf_result expected, const char *field) {
    const char *told = *error == NULL ? NULL : wharf_error_field(*error);
    int failure = expected != WHARF_OK && expected != WHARF_END;
    if (result != expected || failure != (*error != NULL) || wharf_error_kind(*error) != (failure ? expected : WHARF_NULL_ARGUMENT) ||
        (field == NULL ? 0 : told == NULL || strcmp(told, field) != 0)) {
        fprintf(stderr, "%s:%d: %d, not %d; field %s, not %s: %s\n", file, line, (int)result, (int)expected,
                told == NULL ? "-" : told, field == NULL ? "-" : field,
                *error == NULL ? "no error" : wharf_error_text(*error));
        exit(EXIT_FAILURE);
    }
    if (failure) {
        CHECK(strstr(wharf_error_text(*error), "pl4nted") == NULL);
        CHECK(strstr(wharf_error_message(*error), "pl4nted") == NULL);
    }
    wharf_error_free(error);
    CHECK(*error == NULL);
}

#define ENDS(call, expected, field) ended_with(__FILE__, __LINE__, (call), &error, (expected), (field))

static inline wharf_connection *connect_to(const char *product, const char *variable) {
    wharf_connection *connection = NULL;
    wharf_error *error = NULL;
    const char *options = getenv(variable);
    CHECK(options != NULL);
    ENDS(wharf_connection_new(product, options, &connection, &error), WHARF_OK, NULL);
    CHECK(strcmp(wharf_connection_product(connection), product) == 0);
    return connection;
}

/* A value of some JSON, to be freed. */
static inline char *get(const char *json, const char *pointer) {
    char *value = NULL;
    wharf_error *error = NULL;
    ENDS(wharf_json_get(json, pointer, &value, &error), WHARF_OK, NULL);
    return value;
}

static inline int is(const char *json, const char *pointer, const char *expected) {
    char *value = get(json, pointer);
    int same = strcmp(value, expected) == 0;
    wharf_text_free(&value);
    return same;
}

#endif
