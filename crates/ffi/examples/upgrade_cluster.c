/*
 * Upgrades a cluster to the next version of Kubernetes: first the control plane, then one node after another.
 *
 *     upgrade_cluster <options of a connection to TKE, as JSON>
 */

#include "helpers.h"

static void tell(void *user_data, const char *text, const char *state) {
    (void)user_data;
    (void)state;
    printf("  %s\n", text);
}

/* Creates a cluster of an older version with three nodes, and returns its identifier. */
static char *make_cluster(const wharf_connection *tke) {
    char *created = call(tke, WHARF_TKE_OPERATION_CREATE_CLUSTER,
                         "{\"ClusterType\": \"" WHARF_TKE_CLUSTER_TYPE_MANAGED_CLUSTER "\","
                         " \"ClusterCIDRSettings\": {\"ClusterCIDR\": \"172.16.0.0/16\"},"
                         " \"ClusterBasicSettings\": {\"ClusterVersion\": \"1.30.0\", \"VpcId\": \"vpc-default0\"}}");
    char *id = get(created, "/ClusterId");
    wait_for(tke, WHARF_TKE_WAITER_CLUSTER_RUNNING, NULL, "{\"cluster_id\": \"%s\", \"poll_interval\": 0.1}", id);
    char *added = call(tke, WHARF_TKE_OPERATION_CREATE_CLUSTER_INSTANCES,
                       "{\"ClusterId\": \"%s\", \"RunInstancePara\": {\"InstanceType\": \"S5.MEDIUM4\","
                       " \"InstanceCount\": 3}}",
                       id);
    char *nodes = get(added, "/InstanceIdSet");
    wait_for(tke, WHARF_TKE_WAITER_INSTANCES_RUNNING, NULL,
             "{\"cluster_id\": \"%s\", \"instance_ids\": %s, \"poll_interval\": 0.1}", id, nodes);
    wharf_text_free(&nodes);
    wharf_text_free(&added);
    wharf_text_free(&created);
    return id;
}

static void upgrade_control_plane(const wharf_connection *tke, const char *id) {
    char *available =
        call(tke, WHARF_TKE_OPERATION_DESCRIBE_AVAILABLE_CLUSTER_VERSION, "{\"ClusterId\": \"%s\"}", id);
    char *version = get(available, "/Versions/0");
    printf("upgrading the control plane to %s\n", version);
    char *answer = call(tke, WHARF_TKE_OPERATION_UPDATE_CLUSTER_VERSION,
                        "{\"ClusterId\": \"%s\", \"DstVersion\": \"%s\"}", id, version);
    wait_for(tke, WHARF_TKE_WAITER_CLUSTER_MAINTAINED, tell, "{\"cluster_id\": \"%s\", \"poll_interval\": 0.1}", id);
    wharf_text_free(&answer);
    wharf_text_free(&version);
    wharf_text_free(&available);
}

/* `major` upgrades a node to another version in place: it is cordoned, drained, upgraded and uncordoned. */
static void upgrade_nodes(const wharf_connection *tke, const char *id) {
    char *able = call(tke, WHARF_TKE_OPERATION_CHECK_INSTANCES_UPGRADE_ABLE,
                      "{\"ClusterId\": \"%s\", \"UpgradeType\": \"major\"}", id);
    char nodes[2048] = "";
    for (size_t at = 0; at < count(able, "/UpgradeAbleInstances"); at++) {
        char *node = get_of_item(able, "/UpgradeAbleInstances", at, "/InstanceId");
        size_t length = strlen(nodes);
        snprintf(nodes + length, sizeof nodes - length, "%s\"%s\"", at > 0 ? ", " : "", node);
        wharf_text_free(&node);
    }
    printf("upgrading the nodes %s\n", nodes);
    char *answer = call(tke, WHARF_TKE_OPERATION_UPGRADE_CLUSTER_INSTANCES,
                        "{\"ClusterId\": \"%s\", \"Operation\": \"create\", \"UpgradeType\": \"major\","
                        " \"InstanceIds\": [%s]}",
                        id, nodes);
    wait_for(tke, WHARF_TKE_WAITER_NODE_UPGRADE_DONE, tell, "{\"cluster_id\": \"%s\", \"poll_interval\": 0.05}", id);
    wharf_text_free(&answer);
    wharf_text_free(&able);
}

/* Prints the version of each node, from the Kubernetes API of the cluster. */
static void print_nodes(const wharf_connection *tke, const char *id) {
    long status = 0;
    char *nodes = kubernetes(tke, id, "GET", "/api/v1/nodes", NULL, &status);
    for (size_t at = 0; at < count(nodes, "/items"); at++) {
        char *name = get_of_item(nodes, "/items", at, "/metadata/name");
        char *version = get_of_item(nodes, "/items", at, "/status/nodeInfo/kubeletVersion");
        printf("node %s has %s\n", name, version);
        wharf_text_free(&version);
        wharf_text_free(&name);
    }
    wharf_text_free(&nodes);
}

int main(int argc, char **argv) {
    wharf_connection *tke = connect_to_tke(argc > 1 ? argv[1] : NULL);
    char *id = make_cluster(tke);
    print_nodes(tke, id);
    upgrade_control_plane(tke, id);
    upgrade_nodes(tke, id);
    print_nodes(tke, id);
    wharf_text_free(&id);
    wharf_connection_free(&tke);
    return EXIT_SUCCESS;
}
