/*
 * The main job: creates a cluster, waits for it, adds nodes, lists them page by page, and inspects an error.
 *
 * Starts the reference server, so that no account is needed:
 *
 *     quickstart [path of wharf-server]
 */

#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <wharf.h>

/* Starts the server and reads the line of JSON that it prints when it is ready. */
static pid_t start_server(const char *program, char *ready, size_t size) {
    int ends[2];
    if (pipe(ends) != 0) {
        return -1;
    }
    pid_t server = fork();
    if (server == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execlp(program, program, "--speed", "600", (char *)NULL);
        perror(program);
        _exit(127);
    }
    close(ends[1]);
    FILE *out = fdopen(ends[0], "r");
    if (server < 0 || out == NULL || fgets(ready, (int)size, out) == NULL) {
        return -1;
    }
    fclose(out);
    return server;
}

/* Prints the error and frees it. */
static void report(const char *what, wharf_error **error) {
    fprintf(stderr, "%s: %s\n", what, wharf_error_text(*error));
    wharf_error_free(error);
}

static void tell(void *user_data, const char *text, const char *state) {
    (void)user_data;
    (void)state;
    printf("  %s\n", text);
}

/* Returns a value of some JSON, or NULL. */
static char *get(const char *json, const char *pointer) {
    char *value = NULL;
    wharf_json_get(json, pointer, &value, NULL);
    return value;
}

static wharf_connection *connect_to(const char *ready) {
    char *endpoint = get(ready, "/endpoint");
    char *credentials = get(ready, "/credentials");
    char *region = get(ready, "/region");
    char options[1024];
    snprintf(options, sizeof options, "{\"endpoint\": \"%s\", \"credentials\": %s, \"region\": \"%s\"}", endpoint,
             credentials, region);
    wharf_connection *connection = NULL;
    wharf_error *error = NULL;
    if (wharf_connection_new(WHARF_TKE, options, &connection, &error) != WHARF_OK) {
        report("connecting", &error);
    }
    wharf_text_free(&endpoint);
    wharf_text_free(&credentials);
    wharf_text_free(&region);
    return connection;
}

/* Creates a cluster with nodes and returns its identifier. */
static char *make_cluster(const wharf_connection *tke) {
    const char *input = "{\"ClusterType\": \"" WHARF_TKE_CLUSTER_TYPE_MANAGED_CLUSTER "\","
                        " \"ClusterCIDRSettings\": {\"ClusterCIDR\": \"172.16.0.0/16\"},"
                        " \"ClusterBasicSettings\": {\"ClusterName\": \"from C\", \"VpcId\": \"vpc-default0\"}}";
    char *created = NULL;
    wharf_error *error = NULL;
    if (wharf_call(tke, WHARF_TKE_OPERATION_CREATE_CLUSTER, input, NULL, NULL, &created, &error) != WHARF_OK) {
        report("creating a cluster", &error);
        return NULL;
    }
    char *id = get(created, "/ClusterId");
    wharf_text_free(&created);

    printf("waiting for %s\n", id);
    char arguments[256];
    snprintf(arguments, sizeof arguments, "{\"cluster_id\": \"%s\", \"poll_interval\": 0.05}", id);
    char *cluster = NULL;
    if (wharf_wait(tke, "cluster_running", arguments, NULL, tell, NULL, &cluster, &error) != WHARF_OK) {
        report("waiting", &error);
    }
    wharf_text_free(&cluster);
    return id;
}

static int add_nodes(const wharf_connection *tke, const char *id) {
    char input[512];
    snprintf(input, sizeof input,
             "{\"ClusterId\": \"%s\", \"RunInstancePara\": {\"InstanceType\": \"S5.MEDIUM4\", \"InstanceCount\": 5,"
             " \"VirtualPrivateCloud\": {\"VpcId\": \"vpc-default0\", \"SubnetId\": \"subnet-default1\"}}}",
             id);
    char *added = NULL;
    wharf_error *error = NULL;
    if (wharf_call(tke, WHARF_TKE_OPERATION_CREATE_CLUSTER_INSTANCES, input, NULL, NULL, &added, &error) != WHARF_OK) {
        report("adding nodes", &error);
        return 0;
    }
    wharf_text_free(&added);
    return 1;
}

static void list_nodes(const wharf_connection *tke, const char *id) {
    char input[128];
    snprintf(input, sizeof input, "{\"ClusterId\": \"%s\", \"Limit\": 2}", id);
    wharf_pages *pages = NULL;
    wharf_error *error = NULL;
    wharf_result result =
        wharf_pages_new(tke, WHARF_TKE_OPERATION_DESCRIBE_CLUSTER_INSTANCES, input, NULL, &pages, &error);
    char *page = NULL;
    while (result == WHARF_OK && (result = wharf_pages_next(pages, NULL, &page, &error)) == WHARF_OK) {
        size_t count = 0;
        wharf_json_count(page, "/InstanceSet", &count, NULL);
        printf("a page of %zu nodes\n", count);
        for (size_t at = 0; at < count; at++) {
            char pointer[64];
            snprintf(pointer, sizeof pointer, "/InstanceSet/%zu/InstanceId", at);
            char *node = get(page, pointer);
            printf("  %s\n", node);
            wharf_text_free(&node);
        }
        wharf_text_free(&page);
    }
    if (result != WHARF_END) {
        report("listing nodes", &error);
    }
    wharf_pages_free(&pages);
}

static void meet_an_error(const wharf_connection *tke) {
    char *answer = NULL;
    wharf_error *error = NULL;
    wharf_result result = wharf_call(tke, WHARF_TKE_OPERATION_DESCRIBE_CLUSTER_SECURITY,
                                     "{\"ClusterId\": \"cls-nowhere\"}", NULL, NULL, &answer, &error);
    printf("%s: code %s, status %u, request %s: %s\n", wharf_result_name(result), wharf_error_code(error),
           wharf_error_http_status(error), wharf_error_request_id(error), wharf_error_message(error));
    wharf_error_free(&error);
}

int main(int argc, char **argv) {
    if (wharf_abi_version() != WHARF_ABI_VERSION) {
        fprintf(stderr, "libwharf %s is not the one of this header\n", wharf_version());
        return EXIT_FAILURE;
    }
    char ready[4096];
    pid_t server = start_server(argc > 1 ? argv[1] : "wharf-server", ready, sizeof ready);
    if (server < 0) {
        fprintf(stderr, "the server does not start\n");
        return EXIT_FAILURE;
    }
    int done = 0;
    wharf_connection *tke = connect_to(ready);
    if (tke != NULL) {
        char *id = make_cluster(tke);
        if (id != NULL && add_nodes(tke, id)) {
            list_nodes(tke, id);
            meet_an_error(tke);
            done = 1;
        }
        wharf_text_free(&id);
    }
    wharf_connection_free(&tke);
    kill(server, SIGTERM);
    waitpid(server, NULL, 0);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
