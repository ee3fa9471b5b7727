//! Pages and items of the three lists, each with its own names, and with a server that lies.

use super::{Cloud, SignatureMethod};
use crate::support::{ack_builder, server};
use serde_json::{Map, Value, json};
use wharf::ack::{self, Connection};
use wharf::{Error, ErrorKind};
use wharf_core::Paginated;
use wharf_core::paginate::{Items, Pages};
use wharf_server::{Fault, Server};

/// How a list names things: the number and the size of a page, the items, the identifier of one, and what tells
/// of the page.
const NAMES: [(&str, [&str; 5]); 3] = [
    ("DescribeClustersV1", ["page_number", "page_size", "clusters", "cluster_id", "page_info"]),
    ("DescribeTemplates", ["page_num", "page_size", "templates", "id", "page_info"]),
    ("DescribeClusterNodes", ["pageNumber", "pageSize", "nodes", "instance_id", "page"]),
];

fn names(operation: &str) -> [&'static str; 5] {
    NAMES.iter().find(|(name, _)| *name == operation).unwrap().1
}

/// Answers a list with `count` items in pages, whatever the world has.
pub(super) fn answer(operation: &str, count: u64) -> Fault {
    let [number, size, list, id, info] = names(operation);
    Fault::answer_with(move |parameters: &Map<String, Value>| {
        let at = |name: &str, default: u64| parameters.get(name).and_then(Value::as_u64).unwrap_or(default);
        let (page, most) = (at(number, 1), at(size, 10));
        let from = (page - 1) * most;
        let items: Vec<Value> = (from..count.min(from + most)).map(|at| json!({id: format!("n-{at}")})).collect();
        Ok(json!({list: items, info: {"page_number": page, "page_size": most, "total_count": count}}))
    })
    .operation(operation)
}

/// A request for a list, of whichever client.
trait Listing {
    type Op: Paginated;
    fn pages(self) -> Pages<Self::Op>;
    fn items(self) -> Items<Self::Op>;
}

macro_rules! listing {
    ($($client:ident)*) => {$(
        impl<Op: Paginated> Listing for ack::$client::Request<Op> {
            type Op = Op;
            fn pages(self) -> Pages<Op> {
                self.pages()
            }
            fn items(self) -> Items<Op> {
                self.items()
            }
        }
    )*};
}
listing! { cluster node }

/// A list: its operation, how it is asked for by size and number of a page, and the identifier of an item.
struct List<R, N> {
    operation: &'static str,
    request: R,
    id: N,
}

impl<L, R, N> List<R, N>
where
    L: Listing,
    R: Fn(&Connection, i64, i64) -> L,
    N: Fn(<L::Op as Paginated>::Item) -> String,
{
    async fn ids(&self, server: &Server, size: i64) -> Result<Vec<String>, Error> {
        let items = (self.request)(&connection(server), size, 1).items().collect_all().await?;
        Ok(items.into_iter().map(&self.id).collect())
    }

    async fn is_paged(&self) {
        self.every_size_of_the_last_page().await;
        self.pages_hold_what_the_answers_hold().await;
        self.lies_end_all_the_same().await;
        self.a_repeated_page_is_found_out().await;
        self.an_empty_page_is_the_end().await;
        self.it_goes_on_where_it_stopped().await;
        self.an_error_in_the_middle_ends_it().await;
    }

    async fn every_size_of_the_last_page(&self) {
        for (count, size, calls) in
            [(0, 10, 1), (1, 10, 1), (10, 10, 1), (11, 10, 2), (20, 10, 2), (25, 10, 3), (10_000, 100, 100)]
        {
            let server = server().await;
            server.faults().add(answer(self.operation, count));
            assert_eq!(self.ids(&server, size).await.unwrap(), expected(count), "{count} items");
            assert_eq!(server.journal().len(), calls, "{count} items in pages of {size}");
        }
    }

    async fn pages_hold_what_the_answers_hold(&self) {
        let server = server().await;
        server.faults().add(answer(self.operation, 25));
        let mut pages = (self.request)(&connection(&server), 10, 2).pages();
        assert!(server.journal().is_empty(), "a page is fetched only when it is asked for");
        let mut sizes = Vec::new();
        while let Some(page) = pages.try_next().await.unwrap() {
            assert_eq!(L::Op::total(&page), Some(25));
            sizes.push(L::Op::count(&page));
            assert_eq!(server.journal().len(), sizes.len());
        }
        assert_eq!(sizes, [10, 5], "from the second page on");
        let [number, ..] = names(self.operation);
        let asked: Vec<_> = server.journal().calls().into_iter().map(|call| call.parameters[number].clone()).collect();
        assert_eq!(asked, [2, 3]);
    }

    async fn lies_end_all_the_same(&self) {
        for total in [0, 1, 7, 24, 26, 1_000_000, u64::from(u32::MAX)] {
            let server = server().await;
            server.faults().add(answer(self.operation, 25));
            server.faults().add(Fault::total(total));
            let found = self.ids(&server, 10).await.unwrap();
            assert!(expected(25).starts_with(&found), "nothing twice, nothing out of order");
            if total == 0 || total >= 25 {
                assert_eq!(found.len(), 25, "total {total}");
            }
            assert!(server.journal().len() <= 4, "total {total}: {} calls", server.journal().len());
        }
    }

    async fn a_repeated_page_is_found_out(&self) {
        let ([_, _, list, id, info], server) = (names(self.operation), server().await);
        server.faults().add(Fault::answer_with(move |_| {
            let items: Vec<Value> = (0..10).map(|at| json!({id: format!("n-{at}")})).collect();
            Ok(json!({list: items, info: {"page_number": 1, "page_size": 10, "total_count": 1_000}}))
        }));
        let error = self.ids(&server, 10).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        assert_eq!(server.journal().len(), 2);
    }

    async fn an_empty_page_is_the_end(&self) {
        let ([number, size, list, id, info], server) = (names(self.operation), server().await);
        server.faults().add(Fault::answer_with(move |parameters| {
            let (page, size) = (parameters[number].as_u64().unwrap(), parameters[size].as_u64().unwrap());
            let count = if page < 3 { size } else { 0 };
            let items: Vec<Value> = (0..count).map(|at| json!({id: format!("n-{}", (page - 1) * size + at)})).collect();
            Ok(json!({list: items, info: {"page_number": page, "page_size": size, "total_count": 1_000}}))
        }));
        assert_eq!(self.ids(&server, 10).await.unwrap(), expected(20));
        assert_eq!(server.journal().len(), 3);
    }

    async fn it_goes_on_where_it_stopped(&self) {
        let server = server().await;
        server.faults().add(answer(self.operation, 45));
        let connection = connection(&server);
        let mut items = (self.request)(&connection, 10, 1).items();
        let mut seen = Vec::new();
        for _ in 0..20 {
            seen.push((self.id)(items.try_next().await.unwrap().unwrap()));
        }
        assert_eq!((items.offset(), items.page()), (20, Some(3)));
        let next = i64::try_from(items.page().unwrap()).unwrap();
        drop(items);
        let rest = (self.request)(&connection, 10, next).items().collect_all().await.unwrap();
        seen.extend(rest.into_iter().map(&self.id));
        assert_eq!(seen, expected(45));
        assert_eq!(server.journal().len(), 5);
    }

    async fn an_error_in_the_middle_ends_it(&self) {
        let server = server().await;
        server.faults().add(answer(self.operation, 100));
        server.faults().add(Fault::refuse("Forbidden.RAM", "Not any more.").after(2));
        let mut items = (self.request)(&connection(&server), 10, 1).items();
        let mut seen = 0;
        let error = loop {
            match items.try_next().await {
                Ok(Some(_)) => seen += 1,
                Ok(None) => panic!("ended without the error"),
                Err(error) => break error,
            }
        };
        assert_eq!((seen, error.kind()), (20, ErrorKind::PermissionDenied));
        assert!(items.try_next().await.unwrap().is_none(), "after an error there is nothing");
    }
}

fn connection(server: &Server) -> Connection {
    ack_builder(server).build().unwrap()
}

fn expected(count: u64) -> Vec<String> {
    (0..count).map(|at| format!("n-{at}")).collect()
}

#[tokio::test]
async fn clusters() {
    let list = List {
        operation: "DescribeClustersV1",
        request: |ack: &Connection, size, page| ack.clusters().describe_clusters_v1().page_size(size).page_number(page),
        id: |cluster: ack::types::Cluster| cluster.cluster_id,
    };
    list.is_paged().await;
}

#[tokio::test]
async fn templates() {
    let list = List {
        operation: "DescribeTemplates",
        request: |ack: &Connection, size, page| ack.clusters().describe_templates().page_size(size).page_num(page),
        id: |template: ack::types::Template| template.id,
    };
    list.is_paged().await;
}

#[tokio::test]
async fn nodes() {
    let list = List {
        operation: "DescribeClusterNodes",
        request: |ack: &Connection, size, page| {
            ack.nodes().describe_cluster_nodes("c").page_size(size).page_number(page)
        },
        id: |node: ack::types::Node| node.instance_id,
    };
    list.is_paged().await;
}

/// The pages of what the world really has.
#[tokio::test]
async fn what_there_is_comes_in_pages() {
    let cloud = Cloud::new(SignatureMethod::Acs3HmacSha256).await;
    let clusters = &cloud.clusters;
    let mut made = Vec::new();
    for count in [0, 1, 4, 5, 11] {
        while made.len() < count {
            let create = clusters.create_template().name(format!("t-{}", made.len())).template("a: 1");
            made.push(create.template_type("kubernetes").send().await.unwrap().template_id);
        }
        let mut found: Vec<String> = Vec::new();
        let mut pages = clusters.describe_templates().page_size(4).pages();
        while let Some(page) = pages.try_next().await.unwrap() {
            assert_eq!((page.page_info.total_count, page.page_info.page_size), (count as i64, 4));
            found.extend(page.templates.into_iter().map(|template| template.id));
        }
        found.sort();
        let mut due = made.clone();
        due.sort();
        assert_eq!(found, due);
    }
    let id = cloud.order("paged").num_of_nodes(6).send().await.unwrap().cluster_id;
    let all: Vec<String> = cloud.list_nodes(&id).await.into_iter().map(|node| node.instance_id).collect();
    for size in [1, 4, 9, 10] {
        let nodes = cloud.nodes.describe_cluster_nodes(&id).page_size(size).items().collect_all().await.unwrap();
        assert_eq!(nodes.into_iter().map(|node| node.instance_id).collect::<Vec<_>>(), all, "pages of {size}");
    }
    let beyond = cloud.nodes.describe_cluster_nodes(&id).page_size(10).page_number(7).send().await.unwrap();
    assert_eq!((beyond.nodes.len(), beyond.page.total_count), (0, 9));
}
