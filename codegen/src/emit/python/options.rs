//! The options of connections: their types in Python, and what they say. Which of them a product has, the facade
//! knows.

/// Name, type, and what it is.
pub(super) const OPTIONS: &[(&str, &str, &str)] = &[
    (
        "asapi",
        "Mapping[str, str]",
        "Call by way of the private cloud's API gateway, with `product_ak` and `role_id` where it wants them.",
    ),
    (
        "assume_role",
        "Mapping[str, Any]",
        "Call as a role: its `arn`, and maybe `session_name`, `duration` in seconds, `policy`, `region`.",
    ),
    ("attempt_timeout", "float", "Seconds that one attempt may take."),
    ("call_timeout", "float", "Seconds that a call may take with all its attempts."),
    (
        "client_rate_limit",
        "bool",
        "Wait before sending, so that the documented limits of calls per second are kept. Off by default.",
    ),
    (
        "cluster_addressing",
        "Literal[\"host\", \"path\"]",
        "How a call says which cluster it is for, where the service has both ways.",
    ),
    ("connect_timeout", "float", "Seconds that connecting may take."),
    (
        "credentials",
        "Credentials",
        "Whose calls they are. Without them the product's default chain is asked: environment, profile file, instance role.",
    ),
    (
        "danger_accept_invalid_certificates",
        "bool",
        "Trust any certificate. Whoever is on the way can read and change everything.",
    ),
    ("danger_accept_plain_http", "bool", "Send without encryption to hosts other than this machine."),
    ("domain", "str", "The domain of a private cloud, from which the hosts of its products follow."),
    ("endpoint", "str", "A full URL that every call goes to."),
    ("http_method", "Literal[\"POST\", \"GET\"]", "How requests are sent."),
    ("iam_endpoint", "str", "A full URL of the identity service."),
    ("instance", "str", "The instance that calls are about, by its id, where the private cloud wants it said."),
    ("language", "str", "The language of messages (`en-US`)."),
    ("max_response_bytes", "int", "Largest answer that is read."),
    ("no_proxy", "bool", "Use no proxy, whatever the environment says."),
    ("organization", "str", "The organization that calls are made for, by its id. That of the caller by default."),
    (
        "password_login",
        "Mapping[str, Any]",
        "Log in to the identity service with `user`, `password` and `account`, and maybe a `scope`.",
    ),
    ("pool_idle_timeout", "float", "Seconds after which an unused connection is closed."),
    ("pool_max_idle_per_host", "int", "Unused connections that are kept for each host."),
    ("project_id", "str", "The project of calls that do not name another."),
    ("proxy", "str", "URL of a proxy."),
    ("region", "str", "The region of calls that do not name another."),
    ("request_client", "str", "How the program names itself to the service."),
    (
        "resolve",
        "Mapping[str, str]",
        "Addresses of hosts, in the place of name resolution: `{\"host\": \"address:port\"}`.",
    ),
    ("resource_group", "str", "The resource set of that organization that calls are made for, by its id."),
    ("retry", "RetryOptions", "Which failed attempts are repeated, and when."),
    ("root_certificate", "str | Sequence[str]", "Certificates, as PEM text, to trust besides those of the system."),
    ("signature_method", "str", "How requests are signed, by the vendor's name of the method."),
    ("sts_endpoint", "str", "A full URL of the service that hands out the credentials of roles."),
    ("token", "str | Secret", "A token of the identity service, in the place of credentials."),
    ("user_agent", "str", "What the program calls itself in the `User-Agent` header."),
];
