/*
 * The behaviour suite's runner in C: reads one step as a line of JSON, runs it through wharf.h, writes one line of
 * JSON with the result (tests/behaviour/README.md). The log goes to standard error.
 */

#define _POSIX_C_SOURCE 200809L

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wharf.h>

/* A text that grows. */
struct text {
    char *bytes;
    size_t used;
    size_t room;
};

static void add(struct text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int needed = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (text->used + (size_t)needed + 1 > text->room) {
        text->room = 2 * (text->used + (size_t)needed + 1);
        text->bytes = realloc(text->bytes, text->room);
        if (text->bytes == NULL) {
            abort();
        }
    }
    va_start(arguments, format);
    vsnprintf(text->bytes + text->used, text->room - text->used, format, arguments);
    va_end(arguments);
    text->used += (size_t)needed;
}

static void add_quoted(struct text *text, const char *plain) {
    char *quoted = NULL;
    if (plain == NULL || wharf_json_quote(plain, &quoted, NULL) != WHARF_OK) {
        add(text, "null");
        return;
    }
    add(text, "%s", quoted);
    wharf_text_free(&quoted);
}

static void add_member(struct text *text, const char *name, const char *value) {
    add(text, ", \"%s\": ", name);
    add_quoted(text, value);
}

/* The error as an object; it is freed. */
static void add_error(struct text *text, wharf_result result, wharf_error **error) {
    add(text, "\"error\": {\"kind\": ");
    add_quoted(text, wharf_result_name(result));
    add_member(text, "message", wharf_error_message(*error));
    add_member(text, "text", wharf_error_text(*error));
    add_member(text, "code", wharf_error_code(*error));
    add_member(text, "field", wharf_error_field(*error));
    add_member(text, "request_id", wharf_error_request_id(*error));
    add_member(text, "product", wharf_error_product(*error));
    add_member(text, "operation", wharf_error_operation(*error));
    add(text, ", \"status\": ");
    if (wharf_error_http_status(*error) == 0) {
        add(text, "null");
    } else {
        add(text, "%u", wharf_error_http_status(*error));
    }
    add(text, ", \"retryable\": %s}", wharf_error_is_retryable(*error) ? "true" : "false");
    wharf_error_free(error);
}

static void add_outcome(struct text *text, wharf_result result, char **answer, wharf_error **error) {
    if (result == WHARF_OK) {
        add(text, "\"ok\": %s", *answer == NULL ? "null" : *answer);
        wharf_text_free(answer);
    } else {
        add_error(text, result, error);
    }
}

/* A field of the step, or NULL. */
static char *member(const char *step, const char *pointer) {
    char *value = NULL;
    wharf_json_get(step, pointer, &value, NULL);
    return value;
}

static void connect_to(const char *step, wharf_connection **connection, struct text *reply) {
    char *product = member(step, "/connect/product");
    char *options = member(step, "/connect/options");
    wharf_error *error = NULL;
    wharf_connection_free(connection);
    wharf_result result = wharf_connection_new(product, options, connection, &error);
    char *none = NULL;
    add_outcome(reply, result, &none, &error);
    wharf_text_free(&product);
    wharf_text_free(&options);
}

static void call(const char *step, const wharf_connection *connection, const char *operation, struct text *reply) {
    char *input = member(step, "/input");
    char *options = member(step, "/options");
    char *answer = NULL;
    wharf_error *error = NULL;
    wharf_result result = wharf_call(connection, operation, input, options, NULL, &answer, &error);
    add_outcome(reply, result, &answer, &error);
    wharf_text_free(&input);
    wharf_text_free(&options);
}

static void walk(const char *step, const wharf_connection *connection, const char *operation, struct text *reply) {
    char *input = member(step, "/input");
    char *options = member(step, "/options");
    wharf_pages *pages = NULL;
    wharf_error *error = NULL;
    wharf_result result = wharf_pages_new(connection, operation, input, options, &pages, &error);
    add(reply, "\"pages\": [");
    char *page = NULL;
    const char *between = "";
    while (result == WHARF_OK && (result = wharf_pages_next(pages, NULL, &page, &error)) == WHARF_OK) {
        add(reply, "%s%s", between, page);
        between = ", ";
        wharf_text_free(&page);
    }
    add(reply, "], \"offset\": %llu", (unsigned long long)wharf_pages_offset(pages));
    if (result != WHARF_END) {
        add(reply, ", ");
        add_error(reply, result, &error);
    }
    wharf_pages_free(&pages);
    wharf_text_free(&input);
    wharf_text_free(&options);
}

static void on_progress(void *user_data, const char *told, const char *state) {
    struct text *progress = user_data;
    add(progress, "%s{\"text\": ", progress->used == 0 ? "" : ", ");
    add_quoted(progress, told);
    add(progress, ", \"state\": %s}", state);
}

static void wait_for(const char *step, const wharf_connection *connection, const char *waiter, struct text *reply) {
    char *arguments = member(step, "/arguments");
    char *answer = NULL;
    wharf_error *error = NULL;
    struct text progress = {NULL, 0, 0};
    wharf_result result = wharf_wait(connection, waiter, arguments, NULL, on_progress, &progress, &answer, &error);
    add_outcome(reply, result, &answer, &error);
    add(reply, ", \"progress\": [%s]", progress.used == 0 ? "" : progress.bytes);
    free(progress.bytes);
    wharf_text_free(&arguments);
}

static void on_log(void *user_data, int32_t level, const char *target, const char *message) {
    (void)user_data;
    fprintf(stderr, "%d %s %s\n", (int)level, target, message);
}

int main(void) {
    wharf_connection *connection = NULL;
    char *line = NULL;
    size_t room = 0;
    if (wharf_log_set(WHARF_LOG_TRACE, on_log, NULL, NULL, NULL) != WHARF_OK) {
        return EXIT_FAILURE;
    }
    while (getline(&line, &room, stdin) > 0) {
        struct text reply = {NULL, 0, 0};
        char *name = NULL;
        add(&reply, "{");
        if ((name = member(line, "/connect")) != NULL) {
            connect_to(line, &connection, &reply);
        } else if ((name = member(line, "/call")) != NULL) {
            call(line, connection, name, &reply);
        } else if ((name = member(line, "/pages")) != NULL) {
            walk(line, connection, name, &reply);
        } else if ((name = member(line, "/wait")) != NULL) {
            wait_for(line, connection, name, &reply);
        }
        wharf_text_free(&name);
        printf("%s}\n", reply.bytes);
        fflush(stdout);
        free(reply.bytes);
    }
    free(line);
    wharf_connection_free(&connection);
    return EXIT_SUCCESS;
}
