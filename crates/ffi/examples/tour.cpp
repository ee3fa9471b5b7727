/*
 * A tour of wharf.hpp: a cluster, a wait with progress, many calls at once, pages, errors, helpers of other products.
 *
 *     tour <options of a connection to TKE, as JSON>
 */

#include <cstdlib>
#include <future>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include <wharf.hpp>

using wharf::Json;

namespace {

/* Creates a cluster, and returns its identifier when it runs. */
std::string create_cluster(const wharf::Connection &tke) {
    const Json created = tke.call(
        WHARF_TKE_OPERATION_CREATE_CLUSTER,
        Json::object({{"ClusterType", WHARF_TKE_CLUSTER_TYPE_MANAGED_CLUSTER},
                      {"ClusterCIDRSettings", Json::object({{"ClusterCIDR", "172.16.0.0/16"}})},
                      {"ClusterBasicSettings", Json::object({{"ClusterName", "a \"tour\""}, {"VpcId", "vpc-default0"}})}}));
    const std::string id = created.get("/ClusterId");
    const Json cluster = tke.wait(WHARF_TKE_WAITER_CLUSTER_RUNNING, Json::object({{"cluster_id", id}, {"poll_interval", 0.1}}),
                                  [](const wharf::Progress &progress) { std::cout << "  " << progress.text << '\n'; });
    std::cout << cluster.get("/ClusterName") << " is " << cluster.get("/ClusterStatus") << '\n';
    return id;
}

/* Adds nodes, and waits for them while this thread does something else. */
void add_nodes(const wharf::Connection &tke, const std::string &id) {
    const Json added = tke.call(
        WHARF_TKE_OPERATION_CREATE_CLUSTER_INSTANCES,
        Json::object({{"ClusterId", id},
                      {"RunInstancePara", Json::object({{"InstanceType", "S5.MEDIUM4"}, {"InstanceCount", 3}})}}));
    std::future<Json> running = tke.wait_async(
        WHARF_TKE_WAITER_INSTANCES_RUNNING,
        Json::object({{"cluster_id", id}, {"instance_ids", added.at("/InstanceIdSet")}, {"poll_interval", 0.1}}));
    std::cout << running.get().count() << " nodes run\n";

    std::size_t pages = 0;
    std::size_t nodes = 0;
    const Json of_two = Json::object({{"ClusterId", id}, {"Limit", 2}});
    for (const Json &page : tke.pages(WHARF_TKE_OPERATION_DESCRIBE_CLUSTER_INSTANCES, of_two).all()) {
        pages += 1;
        nodes += page.count("/InstanceSet");
    }
    std::size_t items = 0;
    for (const Json &node : tke.pages(WHARF_TKE_OPERATION_DESCRIBE_CLUSTER_INSTANCES, of_two).items()) {
        items += node.find("/InstanceId") ? 1U : 0U;
    }
    std::cout << nodes << " nodes on " << pages << " pages, " << items << " items\n";
}

/* Many calls at once. */
void many_calls(const wharf::Connection &tke) {
    std::vector<std::future<wharf::Response>> started;
    for (int at = 0; at < 10; at++) {
        started.push_back(tke.call_with_response_async(WHARF_TKE_OPERATION_DESCRIBE_REGIONS));
    }
    std::size_t answered = 0;
    for (auto &call : started) {
        const wharf::Response response = call.get();
        answered += response.http_status == 200 && response.request_id && response.attempts == 1 ? 1U : 0U;
    }
    std::cout << answered << " calls answered\n";
}

/* What an error has, and how a wait is ended. */
void errors(const wharf::Connection &tke) {
    try {
        tke.call(WHARF_TKE_OPERATION_DELETE_CLUSTER,
                 Json::object({{"ClusterId", "cls-nowhere"}, {"InstanceDeleteMode", "terminate"}}));
    } catch (const wharf::Error &error) {
        std::cout << (error.kind() == WHARF_NOT_FOUND ? "not found: " : "another error: ") << error.code().value_or("-")
                  << (error.request_id() ? ", with a request id" : "") << '\n';
    }
    try {
        tke.call(WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, Json::object({{"Limit", "many"}}));
    } catch (const wharf::Error &error) {
        std::cout << "wrong field: " << error.field().value_or("-") << '\n';
    }
    const wharf::Cancel cancel;
    const Json arguments = Json::object({{"cluster_id", "cls-nowhere"}, {"grace", 3600}, {"poll_interval", 0.1}});
    std::future<Json> never = tke.wait_async(WHARF_TKE_WAITER_CLUSTER_RUNNING, arguments, nullptr, &cancel);
    cancel.cancel();
    try {
        never.get();
    } catch (const wharf::Error &error) {
        std::cout << (error.kind() == WHARF_CANCELLED ? "cancelled" : error.what()) << '\n';
    }
}

/* Values for the input of an operation, without a connection. */
void helpers() {
    const Json login = wharf::value(WHARF_CCE, WHARF_CCE_HELPER_LOGIN_PASSWORD, Json::object({{"password", "Correct-Horse-7"}}));
    const Json node = wharf::value(WHARF_CCE, WHARF_CCE_HELPER_NODE_SPEC_SERVER,
                                   Json::object({{"flavor", "s6.large.2"}, {"zone", "az1.dc1"}, {"login", login}}));
    const bool plain = node.text().find("Correct-Horse-7") != std::string::npos;
    std::cout << "a node with " << node.count("/dataVolumes") << " data volume, its password "
              << (plain ? "plain" : "hashed") << '\n';
}

} // namespace

int main(int argc, char **argv) {
    try {
        wharf::check_abi();
        const wharf::Connection tke(WHARF_TKE, Json(argc > 1 ? argv[1] : ""));
        const std::string id = create_cluster(tke);
        add_nodes(tke, id);
        many_calls(tke);
        errors(tke);
        helpers();
    } catch (const std::exception &error) {
        std::cerr << error.what() << '\n';
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
