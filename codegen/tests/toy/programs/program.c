/* A toy from C, by the constants of its header. The argument is the address of the service. */

#include <stdio.h>
#include <string.h>

#include <wharf.h>
#include <wharf/toy.h>
#include <wharf/toy_v20220501.h>

static int failed(const char *what, wharf_error **error) {
    fprintf(stderr, "%s: %s\n", what, wharf_error_text(*error));
    wharf_error_free(error);
    return 1;
}

/* Whether a value of some JSON is that text. */
static int is(const char *json, const char *pointer, const char *expected) {
    char *value = NULL;
    if (wharf_json_get(json, pointer, &value, NULL) != WHARF_OK) {
        return 0;
    }
    int same = strcmp(value, expected) == 0;
    wharf_text_free(&value);
    return same;
}

static int pages_of(wharf_connection *connection) {
    wharf_error *error = NULL;
    wharf_pages *pages = NULL;
    if (wharf_pages_new(connection, WHARF_TOY_OPERATION_DESCRIBE_TOYS, NULL, NULL, &pages, &error) != WHARF_OK) {
        return failed("pages", &error);
    }
    char *page = NULL;
    int count = 0;
    while (wharf_pages_next(pages, NULL, &page, &error) == WHARF_OK) {
        count += 1;
        wharf_text_free(&page);
    }
    wharf_pages_free(&pages);
    if (error != NULL) {
        return failed("page", &error);
    }
    return count == 2 ? 0 : 1;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        return 2;
    }
    char options[512];
    snprintf(options, sizeof options,
             "{\"endpoint\": \"%s\", \"region\": \"ap-guangzhou\", \"credentials\": {\"id\": \"id\", \"secret\": \"secret\"}}",
             argv[1]);
    wharf_error *error = NULL;
    wharf_connection *connection = NULL;
    if (wharf_connection_new(WHARF_TOY, options, &connection, &error) != WHARF_OK) {
        return failed("connection", &error);
    }
    char *made = NULL;
    if (wharf_call(connection, WHARF_TOY_OPERATION_CREATE_TOY, "{\"Name\": \"bear\"}", NULL, NULL, &made, &error) !=
        WHARF_OK) {
        return failed("call", &error);
    }
    int wrong = !is(made, "/ToyId", "toy-1");
    wharf_text_free(&made);
    char *ready = NULL;
    if (wharf_wait(connection, WHARF_TOY_WAITER_TOY_READY, "{\"toy_id\": \"toy-1\", \"poll_interval\": 0.001}", NULL,
                   NULL, NULL, &ready, &error) != WHARF_OK) {
        return failed("wait", &error);
    }
    wrong = wrong || !is(ready, "/State", WHARF_TOY_TOY_STATE_READY);
    wharf_text_free(&ready);
    char *later = NULL;
    if (wharf_wait(connection, WHARF_TOY_V20220501_WAITER_TOY_READY, "{\"toy_id\": \"toy-1\"}", NULL, NULL, NULL, &later,
                   &error) != WHARF_OK) {
        return failed("wait of the other version", &error);
    }
    wrong = wrong || !is(later, "/FullName", "teddy bear");
    wharf_text_free(&later);
    wrong = wrong || pages_of(connection);
    wharf_connection_free(&connection);
    return wrong;
}
