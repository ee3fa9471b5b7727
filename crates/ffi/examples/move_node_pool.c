/*
 * Moves a node pool to another instance type without losing a pod: creates a pool of the new type, drains the nodes of
 * the old one with the Eviction API, which obeys the PodDisruptionBudget, and deletes the old pool.
 *
 *     move_node_pool <options of a connection to TKE, as JSON>
 */

#define _POSIX_C_SOURCE 200809L

#include <time.h>

#include "helpers.h"

#define PODS "/api/v1/namespaces/default/pods?labelSelector=app%3Dweb"
#define OLD_NODES "/api/v1/nodes?labelSelector=pool%3Dold"
#define NAME "\"metadata\": {\"name\": \"web\"}"
#define LABELS "{\"app\": \"web\"}"
#define CONTAINERS "[{\"name\": \"web\", \"image\": \"nginx\"}]"

static void pause_briefly(void) {
    struct timespec tenth = {0, 100000000};
    nanosleep(&tenth, NULL);
}

/* Sends a change to the Kubernetes API. Returns the status of the response. */
static long change(const wharf_connection *tke, const char *id, const char *method, const char *path,
                   const char *body) {
    long status = 0;
    char *object = kubernetes(tke, id, method, path, body, &status);
    wharf_text_free(&object);
    return status;
}

/* Returns the number of objects. */
static size_t count_of(const wharf_connection *tke, const char *id, const char *path) {
    long status = 0;
    char *list = kubernetes(tke, id, "GET", path, NULL, &status);
    size_t objects = count(list, "/items");
    wharf_text_free(&list);
    return objects;
}

/* Returns the number of nodes or pods that are ready. */
static size_t count_ready(const wharf_connection *tke, const char *id, const char *path) {
    long status = 0;
    char *list = kubernetes(tke, id, "GET", path, NULL, &status);
    size_t ready = 0;
    for (size_t at = 0; at < count(list, "/items"); at++) {
        char *stopping = get_of_item(list, "/items", at, "/metadata/deletionTimestamp");
        char *conditions = get_of_item(list, "/items", at, "/status/conditions");
        for (size_t each = 0; stopping == NULL && conditions != NULL && each < count(conditions, ""); each++) {
            char *type = get_of_item(conditions, "", each, "/type");
            char *state = get_of_item(conditions, "", each, "/status");
            ready += strcmp(type, "Ready") == 0 && strcmp(state, "True") == 0;
            wharf_text_free(&state);
            wharf_text_free(&type);
        }
        wharf_text_free(&conditions);
        wharf_text_free(&stopping);
    }
    wharf_text_free(&list);
    return ready;
}

static void wait_until_ready(const wharf_connection *tke, const char *id, const char *path, size_t wanted) {
    while (count_ready(tke, id, path) < wanted) {
        pause_briefly();
    }
    printf("%zu are ready of %s\n", wanted, path);
}

/* Creates a pool of two machines and waits until their nodes, which have the label `pool`, are ready. */
static char *create_pool(const wharf_connection *tke, const char *id, const char *name, const char *machine) {
    char *created = call(tke, WHARF_TKE_V20220501_OPERATION_CREATE_NODE_POOL,
                         "{\"ClusterId\": \"%s\", \"Name\": \"%s\", \"Type\": \"Native\","
                         " \"Labels\": [{\"Name\": \"pool\", \"Value\": \"%s\"}], \"Native\": {"
                         " \"InstanceTypes\": [\"%s\"], \"InstanceChargeType\": \"POSTPAID_BY_HOUR\", \"Replicas\": 2,"
                         " \"Scaling\": {\"MinReplicas\": 0, \"MaxReplicas\": 5, \"CreatePolicy\": \"ZonePriority\"},"
                         " \"SubnetIds\": [\"subnet-default1\"], \"SystemDisk\": {\"DiskType\": \"CLOUD_PREMIUM\","
                         " \"DiskSize\": 50, \"AutoFormatAndMount\": false, \"FileSystem\": \"\","
                         " \"MountTarget\": \"\"}}}",
                         id, name, name, machine);
    char *pool = get(created, "/NodePoolId");
    char path[128];
    snprintf(path, sizeof path, "/api/v1/nodes?labelSelector=pool%%3D%s", name);
    wait_until_ready(tke, id, path, 2);
    wharf_text_free(&created);
    return pool;
}

/* Evicts a pod, unless it is one of a daemon or stops already. Returns whether it still must leave its node. */
static int evict(const wharf_connection *tke, const char *id, const char *pod) {
    char *owner = get(pod, "/metadata/ownerReferences/0/kind");
    char *stopping = get(pod, "/metadata/deletionTimestamp");
    char *name = get(pod, "/metadata/name");
    char *namespace = get(pod, "/metadata/namespace");
    int leaves = owner == NULL || strcmp(owner, "DaemonSet") != 0;
    if (leaves && stopping == NULL) {
        char path[512], eviction[512];
        snprintf(path, sizeof path, "/api/v1/namespaces/%s/pods/%s/eviction", namespace, name);
        snprintf(eviction, sizeof eviction,
                 "{\"apiVersion\": \"policy/v1\", \"kind\": \"Eviction\", \"metadata\": {\"name\": \"%s\"}}", name);
        /* The budget allows it again when the pod that was evicted before has a ready successor. */
        int refused = change(tke, id, "POST", path, eviction) == 429;
        printf("%s %s\n", name, refused ? "stays for now" : "leaves its node");
    }
    wharf_text_free(&namespace);
    wharf_text_free(&name);
    wharf_text_free(&stopping);
    wharf_text_free(&owner);
    return leaves;
}

/* Evicts the pods of a node until only those of daemons are left. Three pods of `web` must always be ready. */
static void drain(const wharf_connection *tke, const char *id, const char *node) {
    char path[256];
    snprintf(path, sizeof path, "/api/v1/pods?fieldSelector=spec.nodeName%%3D%s", node);
    for (int left = 1; left > 0;) {
        long status = 0;
        char *pods = kubernetes(tke, id, "GET", path, NULL, &status);
        left = 0;
        for (size_t at = 0; at < count(pods, "/items"); at++) {
            char *pod = get_of_item(pods, "/items", at, "");
            left += evict(tke, id, pod);
            wharf_text_free(&pod);
            if (count_ready(tke, id, PODS) < 3) {
                fprintf(stderr, "fewer than three pods are ready\n");
                exit(EXIT_FAILURE);
            }
        }
        wharf_text_free(&pods);
        pause_briefly();
    }
    printf("node %s is drained\n", node);
}

/* Cordons all nodes of the old pool, and drains them one after another. */
static void empty(const wharf_connection *tke, const char *id) {
    long status = 0;
    char *nodes = kubernetes(tke, id, "GET", OLD_NODES, NULL, &status);
    for (size_t at = 0; at < count(nodes, "/items"); at++) {
        char *node = get_of_item(nodes, "/items", at, "/metadata/name");
        char path[256];
        snprintf(path, sizeof path, "/api/v1/nodes/%s", node);
        change(tke, id, "PATCH", path, "{\"spec\": {\"unschedulable\": true}}");
        wharf_text_free(&node);
    }
    for (size_t at = 0; at < count(nodes, "/items"); at++) {
        char *node = get_of_item(nodes, "/items", at, "/metadata/name");
        drain(tke, id, node);
        wharf_text_free(&node);
    }
    wharf_text_free(&nodes);
}

int main(int argc, char **argv) {
    wharf_connection *tke = connect_to_tke(argc > 1 ? argv[1] : NULL);
    char *created = call(tke, WHARF_TKE_OPERATION_CREATE_CLUSTER,
                         "{\"ClusterType\": \"" WHARF_TKE_CLUSTER_TYPE_MANAGED_CLUSTER "\","
                         " \"ClusterCIDRSettings\": {\"ClusterCIDR\": \"172.16.0.0/16\"},"
                         " \"ClusterBasicSettings\": {\"ClusterVersion\": \"1.32.2\", \"VpcId\": \"vpc-default0\"}}");
    char *id = get(created, "/ClusterId");
    wait_for(tke, WHARF_TKE_WAITER_CLUSTER_RUNNING, NULL, "{\"cluster_id\": \"%s\", \"poll_interval\": 0.1}", id);
    char *old_pool = create_pool(tke, id, "old", "S5.MEDIUM4");
    change(tke, id, "POST", "/apis/apps/v1/namespaces/default/deployments",
           "{" NAME ", \"spec\": {\"replicas\": 4, \"selector\": {\"matchLabels\": " LABELS "},"
           " \"template\": {\"metadata\": {\"labels\": " LABELS "}, \"spec\": {\"containers\": " CONTAINERS "}}}}");
    change(tke, id, "POST", "/apis/policy/v1/namespaces/default/poddisruptionbudgets",
           "{" NAME ", \"spec\": {\"minAvailable\": 3, \"selector\": {\"matchLabels\": " LABELS "}}}");
    wait_until_ready(tke, id, PODS, 4);
    char *new_pool = create_pool(tke, id, "new", "S5.LARGE8");

    empty(tke, id);
    char *deleted = call(tke, WHARF_TKE_V20220501_OPERATION_DELETE_NODE_POOL,
                         "{\"ClusterId\": \"%s\", \"NodePoolId\": \"%s\"}", id, old_pool);
    while (count_of(tke, id, OLD_NODES) > 0) {
        pause_briefly();
    }
    printf("the old pool is deleted; ");
    wait_until_ready(tke, id, PODS, 4);
    wharf_text_free(&deleted);
    wharf_text_free(&new_pool);
    wharf_text_free(&old_pool);
    wharf_text_free(&id);
    wharf_text_free(&created);
    wharf_connection_free(&tke);
    return EXIT_SUCCESS;
}
