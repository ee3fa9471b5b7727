//! Secrets are planted everywhere; nothing that is printed may show one.

use crate::support::{
    ack_builder, cce_builder, ccs_builder, connections_for, fill, secret_input_for, server, stranger, tke, tke_builder,
};
use std::io;
use std::sync::{Arc, LazyLock, Mutex};
use wharf::cce::PasswordLogin;
use wharf::{Credentials, Secret, ack};
use wharf_core::connection::CallOptions;

pub(crate) const PLANTED: &str = "pl4nted";

pub(crate) fn assert_clean(what: &str, shown: &str) {
    assert!(!shown.contains(PLANTED), "{what} shows a secret: {shown}");
}

#[test]
fn no_request_and_no_answer_shows_a_secret() {
    let mut sensitive = 0;
    for entry in wharf::operations() {
        for mut model in [entry.input(), entry.output()] {
            fill(&mut *model, None, PLANTED);
            sensitive += wharf_core::model::json::to_string(&*model, wharf_core::model::json::Style::Compact)
                .matches(PLANTED)
                .count();
            assert_clean(entry.meta.name, &format!("{model:?} {model:#?}"));
        }
    }
    assert!(sensitive >= 30, "only {sensitive} secrets were planted");
}

#[test]
fn connections_and_credentials_show_none() {
    let credentials = Credentials::new("AKIDexample", PLANTED).with_token(PLANTED);
    assert_clean("credentials", &format!("{credentials:?}"));
    let builder = wharf::tke::Connection::builder()
        .region("ap-guangzhou")
        .proxy(format!("http://user:{PLANTED}@127.0.0.1:1"))
        .credentials(credentials);
    assert_clean("builder", &format!("{builder:?}"));
    let connection = builder.build().unwrap();
    assert_clean("connection", &format!("{connection:?} {:?}", connection.clusters()));
    let request = connection.clusters().create_cluster().run_instances_for_node([{
        wharf::tke::types::RunInstancesForNode::default().node_role("WORKER").run_instances_para([PLANTED])
    }]);
    assert_clean("request", &format!("{request:?}"));
    let old = wharf::ccs::Connection::builder().region("gz").credentials(Credentials::new("AKIDexample", PLANTED));
    assert_clean("builder", &format!("{old:?}"));
    let old = old.build().unwrap();
    let request = old.registries().change_password().password(PLANTED);
    assert_clean(
        "request",
        &format!("{old:?} {request:?} {:?}", old.nodes().add_cluster_instances("c", "1", "s").password(PLANTED)),
    );
    let secret = Secret::from(PLANTED);
    assert_clean("secret", &format!("{secret} {secret:?} {:?}", Some(&secret)));
}

#[tokio::test]
async fn errors_and_spans_show_none() {
    let (log, guard) = listen();
    let server = server().await;
    let good = tke(&server);
    let secret_in_every_place = |connection: &wharf::tke::Connection| {
        let mut input = wharf::tke::cluster::operations::ForwardRequest::default();
        fill(&mut input, None, PLANTED);
        wharf::tke::cluster::Request::new(&connection.clone().into(), input)
    };
    let stranger = tke_builder(&server).credentials(stranger().with_token(PLANTED)).build().unwrap();
    let wrong = tke_builder(&server).credentials(Credentials::new("AKIDexample", PLANTED)).build().unwrap();
    for connection in [&good, &stranger, &wrong] {
        if let Err(error) = secret_in_every_place(connection).send().await {
            assert_clean("error", &format!("{error} {error:?} {error:#?}"));
        }
    }
    let security = good.clusters().describe_cluster_security(PLANTED).send().await.unwrap_err();
    assert!(security.to_string().contains("DescribeClusterSecurity"));
    for builder in [
        cce_builder(&server).token(PLANTED),
        cce_builder(&server).password_login(PasswordLogin::new("user", PLANTED, "account")),
        cce_builder(&server).credentials(Credentials::new("key", PLANTED).with_token(PLANTED)),
    ] {
        let error = builder.build().unwrap().clusters().list_clusters().send().await.unwrap_err();
        assert_clean("error", &format!("{error} {error:?} {error:#?}"));
    }
    let credentials = || Credentials::new(server.credentials().id(), PLANTED);
    for builder in [
        ack_builder(&server).credentials(credentials()),
        ack_builder(&server).credentials(credentials()).signature_method(ack::SignatureMethod::Acs3HmacSha256),
        ack_builder(&server).credentials(server.credentials().with_token(PLANTED)),
        ack_builder(&server).credentials(credentials()).assume_role(ack::Role::new(server.role_arn())),
    ] {
        let error = builder.build().unwrap().clusters().describe_user_quota().send().await.unwrap_err();
        assert_clean("error", &format!("{error} {error:?} {error:#?}"));
    }
    for method in [wharf::tke::HttpMethod::Get, wharf::tke::HttpMethod::Post] {
        let builder = || ccs_builder(&server).http_method(method);
        let key = server.credentials();
        for builder in [
            builder(),
            builder().credentials(Credentials::new(key.id(), PLANTED)),
            builder().credentials(Credentials::new(key.id(), key.secret().expose()).with_token(PLANTED)),
        ] {
            let registry = builder.build().unwrap().registries();
            if let Err(error) = registry.change_password().password(PLANTED).send().await {
                assert_clean("error", &format!("{error} {error:?} {error:#?}"));
            }
        }
    }
    drop(guard);

    let text = log.text();
    assert!(
        ["DescribeClusterSecurity", "IAMCreateToken", "AssumeRole", "ChangePassword", "attempt"]
            .iter()
            .all(|word| text.contains(word)),
        "no spans: {text}"
    );
    // The cluster id of the last call is no secret, yet nothing of an input is logged.
    assert_clean("log", &text);
    for entry in server.journal().calls() {
        let shown = format!("{entry:?}");
        assert!(entry.operation == "DescribeClusterSecurity" || !shown.contains(PLANTED), "journal: {shown}");
    }
}

/// Whatever the world makes of such requests.
#[tokio::test]
async fn requests_full_of_secrets_leave_none_behind() {
    let (log, guard) = listen();
    let server = server().await;
    for entry in wharf::operations() {
        for connection in connections_for(&server, entry) {
            let input = secret_input_for(&server, entry, None, PLANTED);
            let mut output = entry.output();
            let answer = connection.execute(entry.meta, &*input, &CallOptions::default(), &mut *output).await;
            if let Err(error) = answer {
                assert_clean(entry.meta.name, &format!("{error} {error:?} {error:#?}"));
            }
            assert_clean(entry.meta.name, &format!("{output:?}"));
            assert_clean("journal", &format!("{:?}", server.journal().last()));
        }
    }
    drop(guard);
    assert_clean("log", &log.text());
}

/// A subscriber that stays. While there is only one, tracing asks the subscriber of the thread that meets a span first, and a
/// thread without a subscriber would switch the span off for all.
static SECOND: LazyLock<tracing::Dispatch> = LazyLock::new(|| {
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(io::sink);
    tracing::Dispatch::new(subscriber.finish())
});

/// What is logged from now on, until the guard is dropped.
fn listen() -> (Log, tracing::subscriber::DefaultGuard) {
    LazyLock::force(&SECOND);
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer({
            let log = log.clone();
            move || log.clone()
        })
        .finish();
    (log, tracing::subscriber::set_default(subscriber))
}

/// What is logged while the future runs.
pub(crate) async fn logged(future: impl Future<Output = ()>) -> String {
    let (log, guard) = listen();
    future.await;
    drop(guard);
    log.text()
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
