/* wharf.hpp: what is thrown, what functions that are passed in may do, and who owns what. */

#include <wharf.hpp>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <thread>
#include <vector>

using wharf::Json;

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition)) {                                                    \
            std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            std::exit(EXIT_FAILURE);                                           \
        }                                                                      \
    } while (false)

namespace {

/* Runs something that must fail, and returns its error. */
template <typename Work> wharf::Error error_of(const Work &work) {
    try {
        work();
    } catch (const wharf::Error &error) {
        CHECK(std::string(error.what()).find("pl4nted") == std::string::npos);
        return error;
    }
    std::fprintf(stderr, "no error\n");
    std::exit(EXIT_FAILURE);
}

Json options(const char *variable) {
    const char *text = std::getenv(variable);
    CHECK(text != nullptr);
    return Json(text);
}

void json() {
    const Json made = Json::object({{"a \"b\"\n", "c\\\x01\xC3\xA9"},
                                    {"list", Json::list({1, -2, 3U, 1.5, true, false, nullptr, "x", std::string("y")})},
                                    {"none", Json()},
                                    {"texts", Json::list_of(std::vector<std::string>{"p", "q"})},
                                    {"empty", Json::object({})}});
    CHECK(made.text() == "{\"a \\\"b\\\"\\u000a\": \"c\\\\\\u0001\xC3\xA9\", "
                         "\"list\": [1, -2, 3, 1.5, true, false, null, \"x\", \"y\"], \"none\": null, "
                         "\"texts\": [\"p\", \"q\"], \"empty\": {}}");
    CHECK(made.get("/a \"b\"\n") == "c\\\x01\xC3\xA9");
    CHECK(made.count() == 5 && made.count("/list") == 9 && made.at("/texts").get("/1") == "q");
    CHECK(!made.find("/nowhere") && made.find("/list/7") == "x");
    CHECK(error_of([&] { made.get("/nowhere"); }).kind() == WHARF_NOT_FOUND);
    CHECK(error_of([&] { Json("{").get(""); }).kind() == WHARF_INVALID_JSON);
    CHECK(Json::list({std::numeric_limits<std::int64_t>::min()}).text() == "[-9223372036854775808]");
    bool thrown = false;
    try {
        Json::list({std::numeric_limits<double>::infinity()});
    } catch (const std::invalid_argument &) {
        thrown = true;
    }
    CHECK(thrown);
}

void errors(const wharf::Connection &tke) {
    const wharf::Error unknown = error_of([] { wharf::Connection("elephant"); });
    CHECK(unknown.kind() == WHARF_INVALID_INPUT && unknown.field() == "product" && !unknown.code());
    CHECK(error_of([] { wharf::Connection(WHARF_TKE, Json::object({{"regoin", "r"}})); }).field() == "regoin");
    const wharf::Error missing = error_of([&] {
        tke.call(WHARF_TKE_OPERATION_DELETE_CLUSTER,
                 Json::object({{"ClusterId", "cls-nowhere"}, {"InstanceDeleteMode", "terminate"}}));
    });
    CHECK(missing.kind() == WHARF_NOT_FOUND && missing.code() && missing.request_id() && missing.http_status() == 200);
    CHECK(missing.product() == "tke" && missing.operation() == "DeleteCluster" && missing.attempts() == 1);
    CHECK(!missing.is_retryable() && !missing.retry_after() && !missing.message().empty());
    const wharf::Connection stranger(WHARF_TKE, options("WHARF_TEST_STRANGER"));
    const wharf::Error refused = error_of([&] { stranger.call(WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS); });
    CHECK(refused.kind() == WHARF_CREDENTIALS);
    // A copy outlives everything.
    const std::unique_ptr<wharf::Error> copy = std::make_unique<wharf::Error>(refused);
    CHECK(std::string(copy->what()) == refused.what());
}

void futures(const wharf::Connection &tke) {
    std::future<Json> answer = tke.call_async(WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS);
    CHECK(answer.get().find("/TotalCount"));
    std::future<Json> late = tke.call_async(WHARF_TKE_OPERATION_DELETE_CLUSTER,
                                            Json::object({{"ClusterId", "cls-nowhere"}, {"InstanceDeleteMode", "terminate"}}));
    CHECK(error_of([&] { late.get(); }).kind() == WHARF_NOT_FOUND);
    CHECK(error_of([&] { tke.call_async("Nothing").get(); }).field() == "operation");
    CHECK(error_of([&] { tke.call_async(WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, Json("{")); }).kind() == WHARF_INVALID_JSON);
    // Nobody waits for this one, and it is cancelled after its connection is gone.
    const wharf::Cancel cancel;
    std::future<Json> endless;
    {
        const wharf::Connection own(WHARF_TKE, options("WHARF_TEST_TKE"));
        endless = own.call_async(WHARF_TKE_OPERATION_DESCRIBE_REGIONS, Json(), Json(), &cancel);
        own.call_async(WHARF_TKE_OPERATION_DESCRIBE_REGIONS, Json(), Json(), &cancel);
    }
    cancel.cancel();
    CHECK(error_of([&] { endless.get(); }).kind() == WHARF_CANCELLED);
    CHECK(error_of([&] { tke.call(WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, Json(), Json(), &cancel); }).kind() == WHARF_CANCELLED);
}

struct Stop {};

void waits(const wharf::Connection &tke) {
    const Json created = tke.call(WHARF_TKE_OPERATION_CREATE_CLUSTER,
                                  Json::object({{"ClusterType", "MANAGED_CLUSTER"},
                                                {"ClusterCIDRSettings", Json::object({{"ClusterCIDR", "172.20.0.0/16"}})},
                                                {"ClusterBasicSettings", Json::object({{"VpcId", "vpc-default0"}})}}));
    const Json arguments = Json::object({{"cluster_id", created.get("/ClusterId")}, {"poll_interval", 0.05}});
    std::vector<std::string> states;
    const Json cluster = tke.wait(WHARF_TKE_WAITER_CLUSTER_RUNNING, arguments,
                                  [&](const wharf::Progress &now) { states.push_back(now.text); });
    CHECK(cluster.get("/ClusterStatus") == "Running" && !states.empty() && states.back() == "Running");
    // A function that throws ends the wait, with or without a handle of the caller.
    const wharf::Cancel mine;
    for (const wharf::Cancel *cancel : {static_cast<const wharf::Cancel *>(nullptr), &mine}) {
        for (const bool later : {false, true}) {
            const auto stop = [](const wharf::Progress &) { throw Stop(); };
            const Json deleted = Json::object({{"cluster_id", created.get("/ClusterId")}, {"poll_interval", 0.05}});
            bool stopped = false;
            try {
                if (later) {
                    tke.wait_async(WHARF_TKE_WAITER_CLUSTER_DELETED, deleted, stop, cancel).get();
                } else {
                    tke.wait(WHARF_TKE_WAITER_CLUSTER_DELETED, deleted, stop, cancel);
                }
            } catch (const Stop &) {
                stopped = true;
            } catch (const wharf::Error &error) {
                // The handle was cancelled by the wait before.
                stopped = cancel != nullptr && error.kind() == WHARF_CANCELLED;
            }
            CHECK(stopped);
        }
    }
    CHECK(error_of([&] { tke.wait("cluster_runing", arguments); }).field() == "waiter");
    CHECK(error_of([&] { tke.wait(WHARF_TKE_WAITER_CLUSTER_RUNNING, Json()); }).field() == "cluster_id");
}

void pages(const wharf::Connection &tke) {
    std::size_t items = 0;
    for (const Json &cluster : tke.pages(WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, Json::object({{"Limit", 1}})).items()) {
        CHECK(!cluster.get("/ClusterId").empty());
        items += 1;
    }
    CHECK(items > 0);
    const wharf::Pages both = tke.pages(WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS, Json::object({{"Limit", 1}}));
    CHECK(both.begin_position() == 0 && both.next_item() && both.offset() == 1);
    std::size_t rest = 0;
    while (both.next_async().get()) {
        rest += 1;
    }
    CHECK(rest + 1 == items && !both.next() && !both.next_item());
    CHECK(error_of([&] { tke.pages(WHARF_TKE_OPERATION_CREATE_CLUSTER); }).kind() == WHARF_INVALID_INPUT);
    const wharf::Cancel cancel;
    cancel.cancel();
    const wharf::Pages again = tke.pages(WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS);
    CHECK(error_of([&] { again.next(&cancel); }).kind() == WHARF_CANCELLED);
    CHECK(error_of([&] { again.next_item(&cancel); }).kind() == WHARF_CANCELLED);
    CHECK(again.next());
    const wharf::Range none = again.items();
    CHECK(none.begin() == none.end());
}

void credentials() {
    const Json given = options("WHARF_TEST_TKE");
    const auto without = [&](const char *name) {
        return std::string("{\"endpoint\": ") + wharf::Json::Value(given.get("/endpoint")).text() + ", \"region\": " +
               wharf::Json::Value(given.get(name)).text() + "}";
    };
    std::atomic<int> asked{0};
    const wharf::Connection good(WHARF_TKE, Json(without("/region")), [&] {
        asked += 1;
        return wharf::Credentials{given.get("/credentials/id"), given.get("/credentials/secret")};
    });
    CHECK(good.product() == "tke" && good.call(WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS).find("/TotalCount") && asked == 1);
    const wharf::Connection bad(WHARF_TKE, Json(without("/region")), []() -> wharf::Credentials { throw Stop(); });
    CHECK(error_of([&] { bad.call(WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS); }).kind() == WHARF_CREDENTIALS);
    CHECK(error_of([&] {
              wharf::Connection("elephant", Json(), [] { return wharf::Credentials{"id", "secret"}; });
          }).kind() == WHARF_INVALID_INPUT);
}

void others(const wharf::Connection &tke) {
    const wharf::Response response = tke.call_with_response(WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS);
    CHECK(response.http_status == 200 && response.request_id && response.attempts == 1);
    CHECK(response.header("content-type") && !response.header("no-such-header") && response.problems.count() == 0);
    CHECK(tke.sign(WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS).get("/method") == "POST");
    CHECK(error_of([&] { tke.presign(WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS); }).kind() == WHARF_UNSUPPORTED);
    CHECK(tke.call_unlisted("2018-05-25", "DescribeClusters").output.find("/TotalCount"));
    CHECK(error_of([&] { tke.kubeconfig("cls-nowhere"); }).kind() == WHARF_NOT_FOUND);
    CHECK(error_of([&] { tke.kubeconfig("cls-nowhere", "sideways"); }).field() == "address");
    CHECK(error_of([&] { tke.docker_config("tcr-1"); }).kind() == WHARF_UNSUPPORTED);
    CHECK(wharf::describe().count("/products") >= 5 && wharf::describe("ack").count("/helpers") > 5);

    CHECK(wharf::value(WHARF_CCS, WHARF_CCS_HELPER_SHORT_REGION, Json::object({{"region", "ap-guangzhou"}})).text() == "\"gz\"");
    const wharf::Error weak = error_of([] {
        wharf::value(WHARF_CCE, WHARF_CCE_HELPER_NODE_PASSWORD_FOR_USER, Json::object({{"password", "pl4nted"}}));
    });
    CHECK(weak.kind() == WHARF_INVALID_INPUT && weak.field() == "password");
    CHECK(error_of([&] { tke.call(WHARF_CCE_HELPER_JOB_GET); }).field() == "helper");
    const wharf::Connection cce(WHARF_CCE, options("WHARF_TEST_CCE"));
    CHECK(error_of([&] { cce.call(WHARF_CCE_HELPER_JOB_GET); }).field() == "job_id");
    CHECK(error_of([&] { cce.call(WHARF_CCE_HELPER_JOB_GET, Json::object({{"job_id", "nothing"}})); }).operation() == "GetJob");

    std::atomic<int> lines{0};
    wharf::set_log(WHARF_LOG_DEBUG, [&](wharf_log_level, std::string_view target, std::string_view message) {
        lines += target.empty() || message.empty() ? 0 : 1;
        throw Stop();
    });
    tke.call(WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS);
    wharf::set_log(WHARF_LOG_OFF, nullptr);
    CHECK(lines > 0);
}

} // namespace

int main() {
    wharf::check_abi();
    json();
    const wharf::Connection tke(WHARF_TKE, options("WHARF_TEST_TKE"));
    errors(tke);
    futures(tke);
    waits(tke);
    pages(tke);
    credentials();
    others(tke);
    std::vector<std::thread> threads;
    for (int at = 0; at < 4; at++) {
        threads.emplace_back([copy = tke] { CHECK(copy.call(WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS).find("/TotalCount")); });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    return EXIT_SUCCESS;
}
