/**
 * @file
 * Wharf for C++17: classes over `wharf.h`, in one header without further dependencies.
 *
 * @code
 * #include <iostream>
 * #include <wharf.hpp>
 *
 * int main() {
 *     try {
 *         wharf::Connection tke(WHARF_TKE, wharf::Json::object({{"region", "ap-guangzhou"}}));
 *         for (const wharf::Json &cluster : tke.pages(WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS).items()) {
 *             std::cout << cluster.get("/ClusterId") << '\n';
 *         }
 *     } catch (const wharf::Error &error) {
 *         std::cerr << error.what() << '\n';
 *         return error.kind() == WHARF_NOT_FOUND ? 2 : 1;
 *     }
 * }
 * @endcode
 *
 * - Every failure is a `wharf::Error`, except wrong arguments of this header's own functions, which are standard exceptions.
 * - Handles free themselves. `Connection`, `Cancel`, `Kubeconfig` and `Pages` are shared by their copies, which are cheap.
 * - A function that ends in `_async` returns a `std::future`. The destructor of such a future does not wait.
 *   What is wrong with the arguments is thrown by the function itself, every other failure by `get`.
 * - Functions that are passed in may throw. They run on threads of the library where `wharf.h` says so.
 * - The rules of `wharf.h` about threads, forks and secrets apply. The texts of a `Json` are not wiped.
 */

#ifndef WHARF_HPP
#define WHARF_HPP

#include "wharf.h"

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <future>
#include <initializer_list>
#include <iterator>
#include <locale>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace wharf {

namespace detail {

/** Returns a copy of a text that may be NULL. */
inline std::optional<std::string> copy(const char *text) {
    return text == nullptr ? std::nullopt : std::optional<std::string>(text);
}

/** Returns a pointer for a parameter that may be NULL. */
inline const char *pointer(const std::optional<std::string> &text) {
    return text ? text->c_str() : nullptr;
}

} // namespace detail

/** A failure. Never contains a secret. Copies are cheap. */
class Error : public std::runtime_error {
  public:
    /** Copies an error of the library, which may be NULL. */
    Error(wharf_result result, const wharf_error *error)
        : std::runtime_error(describe(result, error)), parts_(std::make_shared<const Parts>(result, error)) {}

    /** Returns the kind of the failure (`WHARF_NOT_FOUND`), or another result than `WHARF_OK`. */
    wharf_result kind() const noexcept { return parts_->kind; }
    /** Returns the message for people: the service's own text if it responded. `what()` has all parts. */
    const std::string &message() const noexcept { return parts_->message; }
    /** Returns the service's error code (`WHARF_TKE_ERROR_...`). */
    const std::optional<std::string> &code() const noexcept { return parts_->code; }
    /** Returns the path of the input field, the option or the argument that is wrong. */
    const std::optional<std::string> &field() const noexcept { return parts_->field; }
    /** Returns the service's identifier of the request. */
    const std::optional<std::string> &request_id() const noexcept { return parts_->request_id; }
    /** Returns the product of the operation that failed. */
    const std::optional<std::string> &product() const noexcept { return parts_->product; }
    /** Returns the operation that failed. */
    const std::optional<std::string> &operation() const noexcept { return parts_->operation; }
    /** Returns the HTTP status of the response, or 0 without a response. */
    std::uint16_t http_status() const noexcept { return parts_->http_status; }
    /** Returns true if the same call may succeed later. This does not mean that a retry is safe. */
    bool is_retryable() const noexcept { return parts_->is_retryable; }
    /** Returns the number of attempts. */
    std::size_t attempts() const noexcept { return parts_->attempts; }
    /** Returns the delay before the next attempt that the service requests. */
    std::optional<std::chrono::duration<double>> retry_after() const noexcept { return parts_->retry_after; }

  private:
    struct Parts {
        Parts(wharf_result result, const wharf_error *error)
            : kind(result), message(detail::copy(wharf_error_message(error)).value_or(name(result))),
              code(detail::copy(wharf_error_code(error))), field(detail::copy(wharf_error_field(error))),
              request_id(detail::copy(wharf_error_request_id(error))), product(detail::copy(wharf_error_product(error))),
              operation(detail::copy(wharf_error_operation(error))), http_status(wharf_error_http_status(error)),
              is_retryable(wharf_error_is_retryable(error)), attempts(wharf_error_attempts(error)) {
            const double seconds = wharf_error_retry_after(error);
            if (error != nullptr && seconds >= 0) {
                retry_after = std::chrono::duration<double>(seconds);
            }
        }

        wharf_result kind;
        std::string message;
        std::optional<std::string> code, field, request_id, product, operation;
        std::uint16_t http_status;
        bool is_retryable;
        std::size_t attempts;
        std::optional<std::chrono::duration<double>> retry_after;
    };

    static std::string name(wharf_result result) {
        return detail::copy(wharf_result_name(static_cast<std::int32_t>(result))).value_or("unknown failure");
    }

    static std::string describe(wharf_result result, const wharf_error *error) {
        return detail::copy(wharf_error_text(error)).value_or(name(result));
    }

    std::shared_ptr<const Parts> parts_;
};

namespace detail {

/** Frees an object of the library. */
template <typename T, void (*Free)(T **)> struct Freed {
    void operator()(T *object) const noexcept { Free(&object); }
};

/** Receives an error, and throws it. */
class Failing {
  public:
    Failing() = default;
    Failing(const Failing &) = delete;
    Failing &operator=(const Failing &) = delete;
    ~Failing() { wharf_error_free(&error_); }

    wharf_error **place() noexcept { return &error_; }

    /** Throws unless the result is a success. Returns false at the end of pages. */
    bool check(wharf_result result) const {
        if (result == WHARF_OK || result == WHARF_END) {
            return result == WHARF_OK;
        }
        throw Error(result, error_);
    }

  private:
    wharf_error *error_ = nullptr;
};

/** Receives a text. */
class Text {
  public:
    Text() = default;
    Text(const Text &) = delete;
    Text &operator=(const Text &) = delete;
    ~Text() { wharf_text_free(&text_); }

    char **place() noexcept { return &text_; }
    std::string copy() const { return text_ == nullptr ? std::string() : std::string(text_); }

  private:
    char *text_ = nullptr;
};

} // namespace detail

/** JSON, as text: the input of a call, or its output. The value of an empty one is `null`. */
class Json {
  public:
    class Value;

    Json() = default;
    /** Wraps JSON. It is read when it is used: what is no JSON is an error then. */
    explicit Json(std::string text) : text_(std::move(text)) {}

    /** Creates an object: `Json::object({{"Limit", 5}, {"Filters", Json::list({...})}})`. */
    static Json object(std::initializer_list<std::pair<std::string_view, Value>> members);
    /** Creates a list. */
    static Json list(std::initializer_list<Value> items);
    /** Creates a list of the items of a container. */
    template <typename Items> static Json list_of(const Items &items);

    /** Returns the text, for another JSON library. */
    const std::string &text() const noexcept { return text_; }

    /**
     * Returns the value at a JSON Pointer (`/Clusters/0/ClusterId`): strings without quotation marks, any other value as
     * JSON. The whole text is parsed on every call. Throws an `Error` of the kind `WHARF_NOT_FOUND` if it does not exist.
     */
    std::string get(const std::string &pointer) const {
        detail::Failing failing;
        detail::Text value;
        failing.check(wharf_json_get(c_str(), pointer.c_str(), value.place(), failing.place()));
        return value.copy();
    }

    /** Returns the value as `get` does, or nothing if it does not exist. */
    std::optional<std::string> find(const std::string &pointer) const {
        detail::Failing failing;
        detail::Text value;
        const wharf_result result = wharf_json_get(c_str(), pointer.c_str(), value.place(), failing.place());
        if (result == WHARF_NOT_FOUND) {
            return std::nullopt;
        }
        failing.check(result);
        return value.copy();
    }

    /** Returns the value at a JSON Pointer as JSON. It must not be a string. */
    Json at(const std::string &pointer) const { return Json(get(pointer)); }

    /** Returns the number of items of a list, or of members of an object. */
    std::size_t count(const std::string &pointer = "") const {
        detail::Failing failing;
        std::size_t count = 0;
        failing.check(wharf_json_count(c_str(), pointer.c_str(), &count, failing.place()));
        return count;
    }

    /** Returns the text for a function of `wharf.h`. */
    const char *c_str() const noexcept { return text_.empty() ? "null" : text_.c_str(); }

  private:
    template <typename Items, typename Write>
    static Json joined(char open, const Items &items, char close, const Write &write) {
        std::string text(1, open);
        for (const auto &item : items) {
            if (text.size() > 1) {
                text += ", ";
            }
            write(text, item);
        }
        text += close;
        return Json(std::move(text));
    }

    std::string text_;
};

/** A value in JSON: a text, a number, a boolean, nothing (`nullptr`), or JSON itself. */
class Json::Value {
  public:
    Value(std::nullptr_t) : text_("null") {}
    Value(const Json &json) : text_(json.c_str()) {}
    Value(const char *text) : Value(std::string_view(text)) {}
    Value(const std::string &text) : Value(std::string_view(text)) {}
    Value(std::string_view text) : text_(quoted(text)) {}
    Value(bool value) : text_(value ? "true" : "false") {}
    template <typename Number, std::enable_if_t<std::is_integral_v<Number> && !std::is_same_v<Number, bool>, int> = 0>
    Value(Number number) : text_(std::to_string(number)) {}
    Value(double number) : text_(written(number)) {}

    const std::string &text() const noexcept { return text_; }

    /** Returns a text as a JSON string. */
    static std::string quoted(std::string_view plain) {
        static const char *const digits = "0123456789abcdef";
        std::string out = "\"";
        for (const char letter : plain) {
            const auto byte = static_cast<unsigned char>(letter);
            if (letter == '"' || letter == '\\') {
                out += '\\';
                out += letter;
            } else if (byte < 0x20) {
                out += "\\u00";
                out += digits[byte >> 4U];
                out += digits[byte & 0xFU];
            } else {
                out += letter;
            }
        }
        out += '"';
        return out;
    }

  private:
    static std::string written(double number) {
        if (!std::isfinite(number)) {
            throw std::invalid_argument("JSON has no infinite numbers");
        }
        std::ostringstream out;
        out.imbue(std::locale::classic());
        out.precision(17);
        out << number;
        return out.str();
    }

    std::string text_;
};

inline Json Json::object(std::initializer_list<std::pair<std::string_view, Value>> members) {
    return joined('{', members, '}', [](std::string &text, const auto &member) {
        text += Value::quoted(member.first);
        text += ": ";
        text += member.second.text();
    });
}

inline Json Json::list(std::initializer_list<Value> items) { return list_of(items); }

template <typename Items> Json Json::list_of(const Items &items) {
    return joined('[', items, ']', [](std::string &text, const auto &item) { text += Value(item).text(); });
}

/** Cancels calls that have it, and calls that get it later. Copies share the handle. */
class Cancel {
  public:
    Cancel() {
        detail::Failing failing;
        wharf_cancel *made = nullptr;
        failing.check(wharf_cancel_new(&made, failing.place()));
        handle_.reset(made, detail::Freed<wharf_cancel, wharf_cancel_free>());
    }

    /** Ends the calls with an `Error` of the kind `WHARF_CANCELLED`. It is not known whether they took effect. */
    void cancel() const noexcept { wharf_cancel_cancel(handle_.get()); }

    const wharf_cancel *c_ptr() const noexcept { return handle_.get(); }

  private:
    std::shared_ptr<wharf_cancel> handle_;
};

/** The response of a successful call. */
struct Response {
    /** Output of the operation. */
    Json output;
    /** The service's identifier of the request, if it sent one. */
    std::optional<std::string> request_id;
    /** HTTP status. */
    std::uint16_t http_status = 0;
    /** Number of attempts, the successful one included. */
    std::size_t attempts = 0;
    /** HTTP headers: an object with names in lower case. */
    Json headers;
    /** Fields that could not be read, with the reasons: a list of strings. */
    Json problems;

    /** Copies a response of the library. */
    explicit Response(const wharf_response *response)
        : output(wharf_response_output(response)), request_id(detail::copy(wharf_response_request_id(response))),
          http_status(wharf_response_http_status(response)), attempts(wharf_response_attempts(response)),
          headers(wharf_response_headers(response)), problems(wharf_response_problems(response)) {}

    /** Returns the value of an HTTP header, by its name in lower case. */
    std::optional<std::string> header(const std::string &name) const { return headers.find("/" + name); }
};

/** The progress of a wait. */
struct Progress {
    /** For people (`Creating`, `1 of 2 running`). */
    std::string text;
    /** For programs: a string or an object. */
    Json state;
};

/** Called with the first state of a resource, and with every state that differs from the previous one. */
using OnProgress = std::function<void(const Progress &)>;

namespace detail {

inline const wharf_cancel *pointer(const Cancel *cancel) noexcept { return cancel == nullptr ? nullptr : cancel->c_ptr(); }

/** Passes the progress of a wait to a function that may throw: the wait is then cancelled. */
class Teller {
  public:
    Teller(OnProgress on_progress, const Cancel *cancel) : on_progress_(std::move(on_progress)) {
        if (cancel != nullptr) {
            cancel_ = *cancel;
        } else if (on_progress_) {
            cancel_.emplace();
        }
    }

    const wharf_cancel *cancel() const noexcept { return cancel_ ? cancel_->c_ptr() : nullptr; }
    wharf_progress_callback callback(wharf_progress_callback function) const noexcept {
        return on_progress_ ? function : nullptr;
    }
    const std::exception_ptr &thrown() const noexcept { return thrown_; }

    void tell(const char *text, const char *state) noexcept {
        if (thrown_) {
            return;
        }
        try {
            on_progress_(Progress{text, Json(state)});
        } catch (...) {
            thrown_ = std::current_exception();
            cancel_->cancel();
        }
    }

    static void progress(void *user_data, const char *text, const char *state) noexcept {
        static_cast<Teller *>(user_data)->tell(text, state);
    }

  private:
    OnProgress on_progress_;
    std::optional<Cancel> cancel_;
    std::exception_ptr thrown_;
};

/** The promise of an asynchronous call. The library owns it until the call has ended. */
template <typename T> class Promise {
  public:
    explicit Promise(OnProgress on_progress = nullptr, const Cancel *cancel = nullptr)
        : teller(std::move(on_progress), cancel) {}

    std::promise<T> promise;
    Teller teller;

    static void finalize(void *user_data) noexcept { delete static_cast<Promise *>(user_data); }

    static void progress(void *user_data, const char *text, const char *state) noexcept {
        static_cast<Promise *>(user_data)->teller.tell(text, state);
    }

    /** The callback with an output, which is NULL at the end of pages. */
    static void answer(void *user_data, wharf_result result, const char *answer, const wharf_error *error) noexcept {
        static_cast<Promise *>(user_data)->keep(result, error, [&] { return made(answer); });
    }

    /** The callback with a response. */
    static void response(void *user_data, wharf_result result, const wharf_response *response,
                         const wharf_error *error) noexcept {
        static_cast<Promise *>(user_data)->keep(result, error, [&] { return Response(response); });
    }

  private:
    static T made(const char *answer) {
        if constexpr (std::is_same_v<T, std::optional<Json>>) {
            return answer == nullptr ? std::nullopt : std::optional<Json>(Json(answer));
        } else {
            return T(std::string(answer == nullptr ? "" : answer));
        }
    }

    template <typename Make> void keep(wharf_result result, const wharf_error *error, const Make &make) noexcept {
        try {
            if (teller.thrown()) {
                std::rethrow_exception(teller.thrown());
            }
            if (result != WHARF_OK && result != WHARF_END) {
                throw Error(result, error);
            }
            promise.set_value(make());
        } catch (...) {
            promise.set_exception(std::current_exception());
        }
    }
};

/** Starts an asynchronous call. `start` gets the promise, which belongs to the library from then on, whatever it returns. */
template <typename T, typename Start> std::future<T> begin(std::unique_ptr<Promise<T>> made, const Start &start) {
    std::future<T> future = made->promise.get_future();
    Failing failing;
    failing.check(start(made.release(), failing.place()));
    return future;
}

} // namespace detail

/** The remaining pages or items, for a range-based `for`. It fetches what is needed, and can be run through once. */
class Range {
  public:
    class Iterator {
      public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Json;
        using difference_type = std::ptrdiff_t;
        using pointer = const Json *;
        using reference = const Json &;

        Iterator() = default;
        explicit Iterator(const Range *range) : range_(range) { ++*this; }

        reference operator*() const { return *now_; }
        pointer operator->() const { return &*now_; }
        Iterator &operator++() {
            now_ = range_->next_();
            if (!now_) {
                range_ = nullptr;
            }
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const Iterator &one, const Iterator &other) { return one.range_ == other.range_; }
        friend bool operator!=(const Iterator &one, const Iterator &other) { return one.range_ != other.range_; }

      private:
        const Range *range_ = nullptr;
        std::optional<Json> now_;
    };

    explicit Range(std::function<std::optional<Json>()> next) : next_(std::move(next)) {}

    Iterator begin() const { return Iterator(this); }
    Iterator end() const { return Iterator(); }

  private:
    std::function<std::optional<Json>()> next_;
};

/** The pages of an operation, for one thread at a time. Copies share the position. */
class Pages {
  public:
    /** Fetches the next page: the whole output. Returns nothing after the last one. */
    std::optional<Json> next(const Cancel *cancel = nullptr) const {
        detail::Failing failing;
        detail::Text page;
        const bool there = failing.check(
            wharf_pages_next(handle_.get(), detail::pointer(cancel), page.place(), failing.place()));
        return there ? std::optional<Json>(Json(page.copy())) : std::nullopt;
    }

    /** Returns the next item, and fetches a page when it is needed. Returns nothing after the last one. */
    std::optional<Json> next_item(const Cancel *cancel = nullptr) const {
        detail::Failing failing;
        detail::Text item;
        const bool there = failing.check(
            wharf_pages_next_item(handle_.get(), detail::pointer(cancel), item.place(), failing.place()));
        return there ? std::optional<Json>(Json(item.copy())) : std::nullopt;
    }

    /** Starts to fetch the next page. */
    std::future<std::optional<Json>> next_async(const Cancel *cancel = nullptr) const {
        using Promise = detail::Promise<std::optional<Json>>;
        return detail::begin(std::make_unique<Promise>(), [&](Promise *promise, wharf_error **error) {
            return wharf_pages_next_async(handle_.get(), detail::pointer(cancel), Promise::answer, promise,
                                          Promise::finalize, error);
        });
    }

    /** Returns the remaining pages. */
    Range all(const Cancel *cancel = nullptr) const {
        return Range([pages = *this, kept = copy(cancel)] { return pages.next(kept ? &*kept : nullptr); });
    }

    /** Returns the remaining items. */
    Range items(const Cancel *cancel = nullptr) const {
        return Range([pages = *this, kept = copy(cancel)] { return pages.next_item(kept ? &*kept : nullptr); });
    }

    /** Returns the position of the next page, in the unit of the operation: items to skip, or a page number. */
    std::uint64_t begin_position() const noexcept { return wharf_pages_begin(handle_.get()); }
    /** Returns the number of items before the next page. */
    std::uint64_t offset() const noexcept { return wharf_pages_offset(handle_.get()); }

  private:
    friend class Connection;
    static std::optional<Cancel> copy(const Cancel *cancel) {
        return cancel == nullptr ? std::nullopt : std::optional<Cancel>(*cancel);
    }

    explicit Pages(wharf_pages *pages) : handle_(pages, detail::Freed<wharf_pages, wharf_pages_free>()) {}

    std::shared_ptr<wharf_pages> handle_;
};

/** The kubeconfig of a cluster, with secrets. */
class Kubeconfig {
  public:
    /** Returns the YAML, with its secrets. */
    std::string text() const {
        detail::Failing failing;
        detail::Text yaml;
        failing.check(wharf_kubeconfig_text(handle_.get(), yaml.place(), failing.place()));
        return yaml.copy();
    }

    /** Returns the expiry of the credentials, if it is known. */
    std::optional<std::chrono::system_clock::time_point> expires() const {
        detail::Failing failing;
        std::uint64_t seconds = 0;
        failing.check(wharf_kubeconfig_expires(handle_.get(), &seconds, failing.place()));
        if (seconds == 0) {
            return std::nullopt;
        }
        return std::chrono::system_clock::time_point(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
    }

    /** Writes a file that only its owner can read. */
    void write(const std::string &path) const {
        detail::Failing failing;
        failing.check(wharf_kubeconfig_write(handle_.get(), path.c_str(), failing.place()));
    }

    /** Adds the entries to a kubeconfig file, their names behind an optional prefix. */
    void merge(const std::string &path, const std::optional<std::string> &prefix = std::nullopt) const {
        detail::Failing failing;
        failing.check(wharf_kubeconfig_merge(handle_.get(), path.c_str(), detail::pointer(prefix), failing.place()));
    }

  private:
    friend class Connection;
    explicit Kubeconfig(wharf_kubeconfig *config)
        : handle_(config, detail::Freed<wharf_kubeconfig, wharf_kubeconfig_free>()) {}

    std::shared_ptr<wharf_kubeconfig> handle_;
};

/** Credentials that a function of the program provides. */
struct Credentials {
    std::string id;
    std::string secret;
    /** Session token of a temporary key. */
    std::optional<std::string> token = std::nullopt;
    /** Expiry; without one the key does not expire. */
    std::optional<std::chrono::system_clock::time_point> expires = std::nullopt;
};

/** A connection to a product. Copies share it; any number of threads may use it at once. */
class Connection {
  public:
    /** Creates a connection (`WHARF_TKE`). `wharf/options.h` has the options. Nothing is sent. */
    explicit Connection(const std::string &product, const Json &options = Json()) {
        detail::Failing failing;
        wharf_connection *made = nullptr;
        failing.check(wharf_connection_new(product.c_str(), options.c_str(), &made, failing.place()));
        keep(made);
    }

    /** Creates a connection whose credentials come from a function. If it throws, the call that needs them fails. */
    Connection(const std::string &product, const Json &options, std::function<Credentials()> provide) {
        detail::Failing failing;
        wharf_connection *made = nullptr;
        auto given = std::make_unique<std::function<Credentials()>>(std::move(provide));
        failing.check(wharf_connection_new_with_credentials(product.c_str(), options.c_str(), provided, given.release(),
                                                            forget, &made, failing.place()));
        keep(made);
    }

    /** Returns the name of the product. */
    std::string product() const { return wharf_connection_product(handle_.get()); }

    /** Calls an operation or a helper, and returns its output. `options` are those of `wharf_call`. */
    Json call(const std::string &operation, const Json &input = Json(), const Json &options = Json(),
              const Cancel *cancel = nullptr) const {
        detail::Failing failing;
        detail::Text answer;
        failing.check(wharf_call(handle_.get(), operation.c_str(), input.c_str(), options.c_str(),
                                 detail::pointer(cancel), answer.place(), failing.place()));
        return Json(answer.copy());
    }

    /** Calls as `call` does, and returns the response. */
    Response call_with_response(const std::string &operation, const Json &input = Json(), const Json &options = Json(),
                                const Cancel *cancel = nullptr) const {
        return respond([&](wharf_response **response, wharf_error **error) {
            return wharf_call_with_response(handle_.get(), operation.c_str(), input.c_str(), options.c_str(),
                                            detail::pointer(cancel), response, error);
        });
    }

    /** Starts a call. */
    std::future<Json> call_async(const std::string &operation, const Json &input = Json(), const Json &options = Json(),
                                 const Cancel *cancel = nullptr) const {
        using Promise = detail::Promise<Json>;
        return detail::begin(std::make_unique<Promise>(), [&](Promise *promise, wharf_error **error) {
            return wharf_call_async(handle_.get(), operation.c_str(), input.c_str(), options.c_str(),
                                    detail::pointer(cancel), Promise::answer, promise, Promise::finalize, error);
        });
    }

    /** Starts a call whose future returns the response. */
    std::future<Response> call_with_response_async(const std::string &operation, const Json &input = Json(),
                                                   const Json &options = Json(), const Cancel *cancel = nullptr) const {
        using Promise = detail::Promise<Response>;
        return detail::begin(std::make_unique<Promise>(), [&](Promise *promise, wharf_error **error) {
            return wharf_call_with_response_async(handle_.get(), operation.c_str(), input.c_str(), options.c_str(),
                                                  detail::pointer(cancel), Promise::response, promise,
                                                  Promise::finalize, error);
        });
    }

    /** Calls an operation that the headers do not have: see `wharf_call_unlisted`. */
    Response call_unlisted(const std::string &version, const std::string &action, const Json &input = Json(),
                           const Json &options = Json(), const Cancel *cancel = nullptr) const {
        return respond([&](wharf_response **response, wharf_error **error) {
            return wharf_call_unlisted(handle_.get(), version.c_str(), action.c_str(), input.c_str(), options.c_str(),
                                       detail::pointer(cancel), response, error);
        });
    }

    /** Signs a request without sending it. Returns `method`, `url`, `headers` and `body`, which contain secrets. */
    Json sign(const std::string &operation, const Json &input = Json(), const Json &options = Json(),
              const Cancel *cancel = nullptr) const {
        detail::Failing failing;
        detail::Text request;
        failing.check(wharf_sign(handle_.get(), operation.c_str(), input.c_str(), options.c_str(),
                                 detail::pointer(cancel), request.place(), failing.place()));
        return Json(request.copy());
    }

    /** Signs a request as a URL. */
    std::string presign(const std::string &operation, const Json &input = Json(), const Json &options = Json(),
                        const Cancel *cancel = nullptr) const {
        detail::Failing failing;
        detail::Text url;
        failing.check(wharf_presign(handle_.get(), operation.c_str(), input.c_str(), options.c_str(),
                                    detail::pointer(cancel), url.place(), failing.place()));
        return url.copy();
    }

    /** Returns the pages of a paged operation. Nothing is sent yet. */
    Pages pages(const std::string &operation, const Json &input = Json(), const Json &options = Json()) const {
        detail::Failing failing;
        wharf_pages *made = nullptr;
        failing.check(wharf_pages_new(handle_.get(), operation.c_str(), input.c_str(), options.c_str(), &made,
                                      failing.place()));
        return Pages(made);
    }

    /**
     * Waits until a resource reaches a state (`WHARF_TKE_WAITER_CLUSTER_RUNNING`), and returns the resource.
     * `on_progress` is called on this thread. If it throws, the wait ends, with it all calls that have `cancel`, and the
     * exception is thrown from here.
     */
    Json wait(const std::string &waiter, const Json &arguments, OnProgress on_progress = nullptr,
              const Cancel *cancel = nullptr) const {
        detail::Teller teller(std::move(on_progress), cancel);
        detail::Failing failing;
        detail::Text result;
        const wharf_result ended =
            wharf_wait(handle_.get(), waiter.c_str(), arguments.c_str(), teller.cancel(),
                       teller.callback(detail::Teller::progress), &teller, result.place(), failing.place());
        if (teller.thrown()) {
            std::rethrow_exception(teller.thrown());
        }
        failing.check(ended);
        return Json(result.copy());
    }

    /** Starts to wait. `on_progress` is called on a thread of the library. If it throws, the future throws that. */
    std::future<Json> wait_async(const std::string &waiter, const Json &arguments, OnProgress on_progress = nullptr,
                                 const Cancel *cancel = nullptr) const {
        using Promise = detail::Promise<Json>;
        auto made = std::make_unique<Promise>(std::move(on_progress), cancel);
        return detail::begin(std::move(made), [&](Promise *promise, wharf_error **error) {
            return wharf_wait_async(handle_.get(), waiter.c_str(), arguments.c_str(), promise->teller.cancel(),
                                    promise->teller.callback(Promise::progress), Promise::answer, promise,
                                    Promise::finalize, error);
        });
    }

    /** Fetches the kubeconfig of a cluster. `address` is `internal` or `external`; 0 is the product's own lifetime. */
    Kubeconfig kubeconfig(const std::string &cluster, const std::optional<std::string> &address = std::nullopt,
                          std::chrono::seconds lifetime = std::chrono::seconds(0), const Cancel *cancel = nullptr) const {
        if (lifetime.count() < 0) {
            throw std::invalid_argument("the lifetime of a kubeconfig is negative");
        }
        detail::Failing failing;
        wharf_kubeconfig *config = nullptr;
        failing.check(wharf_kubeconfig_fetch(handle_.get(), cluster.c_str(), detail::pointer(address),
                                             static_cast<std::uint64_t>(lifetime.count()), detail::pointer(cancel),
                                             &config, failing.place()));
        return Kubeconfig(config);
    }

    /** Sends a request to the Kubernetes API of a cluster. Returns `status`, `headers` and `body`, whatever the status. */
    Json kubernetes(const std::string &cluster, const std::string &method, const std::string &path,
                    const std::optional<std::string> &body = std::nullopt,
                    const std::optional<std::string> &content_type = std::nullopt, const Cancel *cancel = nullptr) const {
        detail::Failing failing;
        detail::Text response;
        failing.check(wharf_kubernetes(handle_.get(), cluster.c_str(), method.c_str(), path.c_str(),
                                       detail::pointer(body), detail::pointer(content_type), detail::pointer(cancel),
                                       response.place(), failing.place()));
        return Json(response.copy());
    }

    /** Issues a temporary password of a registry of TCR, as a `config.json` of Docker. */
    Json docker_config(const std::string &registry, const std::optional<std::string> &server = std::nullopt,
                       const std::optional<std::string> &username = std::nullopt, const Cancel *cancel = nullptr) const {
        detail::Failing failing;
        detail::Text config;
        failing.check(wharf_docker_config(handle_.get(), registry.c_str(), detail::pointer(server),
                                          detail::pointer(username), detail::pointer(cancel), config.place(),
                                          failing.place()));
        return Json(config.copy());
    }

    /** Returns the handle, for a function of `wharf.h`. It stays this object's. */
    const wharf_connection *c_ptr() const noexcept { return handle_.get(); }

  private:
    template <typename Call> static Response respond(const Call &call) {
        detail::Failing failing;
        wharf_response *response = nullptr;
        failing.check(call(&response, failing.place()));
        const std::unique_ptr<wharf_response, detail::Freed<wharf_response, wharf_response_free>> owned(response);
        return Response(owned.get());
    }

    static std::int32_t provided(void *user_data, wharf_credentials *credentials) noexcept {
        try {
            const Credentials given = (*static_cast<std::function<Credentials()> *>(user_data))();
            std::int64_t expires = 0;
            if (given.expires) {
                expires = std::chrono::duration_cast<std::chrono::seconds>(given.expires->time_since_epoch()).count();
            }
            return wharf_credentials_set(credentials, given.id.c_str(), given.secret.c_str(),
                                         detail::pointer(given.token), expires, nullptr) == WHARF_OK
                       ? 0
                       : 1;
        } catch (...) {
            return 1;
        }
    }

    static void forget(void *user_data) noexcept { delete static_cast<std::function<Credentials()> *>(user_data); }

    void keep(wharf_connection *made) {
        handle_.reset(made, detail::Freed<wharf_connection, wharf_connection_free>());
    }

    std::shared_ptr<wharf_connection> handle_;
};

/** Returns the value of a helper (`WHARF_CCE_HELPER_NODE_SPEC_SERVER`). Nothing is sent. */
inline Json value(const std::string &product, const std::string &helper, const Json &arguments = Json()) {
    detail::Failing failing;
    detail::Text made;
    failing.check(wharf_value(product.c_str(), helper.c_str(), arguments.c_str(), made.place(), failing.place()));
    return Json(made.copy());
}

/** Describes a product, or the library: see `wharf_describe`. */
inline Json describe(const std::optional<std::string> &product = std::nullopt) {
    detail::Failing failing;
    detail::Text description;
    failing.check(wharf_describe(detail::pointer(product), description.place(), failing.place()));
    return Json(description.copy());
}

/** Receives a line of the log: its level, the part of the library that wrote it, and its text. */
using OnLog = std::function<void(wharf_log_level level, std::string_view target, std::string_view message)>;

/** Sends the log to a function, which replaces the previous one. What it throws is dropped. An empty one ends the log. */
inline void set_log(wharf_log_level level, OnLog on_log) {
    detail::Failing failing;
    if (!on_log) {
        failing.check(wharf_log_set(WHARF_LOG_OFF, nullptr, nullptr, nullptr, failing.place()));
        return;
    }
    auto given = std::make_unique<OnLog>(std::move(on_log));
    const auto line = [](void *user_data, std::int32_t of_line, const char *target, const char *message) noexcept {
        try {
            (*static_cast<OnLog *>(user_data))(static_cast<wharf_log_level>(of_line), target, message);
        } catch (...) {
            return;
        }
    };
    const auto forget = [](void *user_data) noexcept { delete static_cast<OnLog *>(user_data); };
    failing.check(wharf_log_set(static_cast<std::int32_t>(level), line, given.release(), forget, failing.place()));
}

/** Throws a `std::runtime_error` if the library has another version of the interface than this header. */
inline void check_abi() {
    if (wharf_abi_version() != WHARF_ABI_VERSION) {
        throw std::runtime_error("libwharf has another version of the interface than wharf.hpp");
    }
}

} // namespace wharf

#endif /* WHARF_HPP */
