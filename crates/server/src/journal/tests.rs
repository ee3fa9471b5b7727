#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use std::time::SystemTime;

fn entry(operation: &str) -> Entry {
    let mut entry = Entry::new(SystemTime::now(), String::new(), "POST", 0);
    entry.operation = operation.to_owned();
    entry
}

fn send(journal: &Journal, operation: &str) {
    let mut opened = journal.open(entry(operation), Instant::now());
    opened.status = Some(200);
    opened.close(Duration::ZERO);
}

#[test]
fn entries_are_found_and_sequence_numbers_continue_after_a_clear() {
    let journal = Journal::new(10, 1 << 20);
    for operation in ["A", "B", "A", "A"] {
        send(&journal, operation);
    }
    let found = |filter: Filter| journal.find(&filter).iter().map(|entry| entry.sequence).collect::<Vec<_>>();
    assert_eq!(found(Filter::new().operation("A").limit(2)), [2, 3], "the newest");
    assert_eq!(found(Filter::new().operation("A").since(0).limit(2)), [0, 2], "the oldest from there on");
    assert_eq!((journal.get(1).map(|entry| entry.operation), journal.get(4)), (Some("B".to_owned()), None));
    let open = journal.open(entry("C"), Instant::now());
    journal.clear();
    assert!(journal.is_empty() && journal.get(1).is_none());
    open.close(Duration::ZERO);
    assert!(journal.calls().is_empty(), "what was forgotten does not come back");
    send(&journal, "D");
    assert_eq!((journal.len(), journal.last().map(|entry| entry.sequence)), (1, Some(5)));
}

#[test]
fn a_request_that_is_dropped_is_one_that_was_cut() {
    let journal = Journal::new(10, 1 << 20);
    let mut opened = journal.open(entry("A"), Instant::now());
    opened.status = Some(200);
    assert_eq!(journal.last().unwrap().outcome(), Outcome::Open);
    drop(opened);
    let last = journal.last().unwrap();
    assert_eq!((last.outcome(), last.status, last.duration.is_some()), (Outcome::Cut, None, true));
}

#[tokio::test]
async fn a_follower_gets_each_entry_and_learns_how_many_it_missed() {
    let journal = Journal::new(3, 1 << 20);
    send(&journal, "before");
    let mut follow = journal.follow();
    send(&journal, "A");
    let Followed::Entry(first) = follow.next().await else { panic!("an entry") };
    assert_eq!((first.operation.as_str(), first.outcome()), ("A", Outcome::Succeeded));
    for _ in 0..follow::BEHIND + 10 {
        send(&journal, "B");
    }
    assert_eq!(follow.next().await, Followed::Missed(10), "more wait than may");
    assert_eq!(follow.next().await, Followed::Missed(1), "the journal has dropped it");
    let waiting = tokio::time::timeout(Duration::from_millis(10), async {
        loop {
            if let Followed::Entry(entry) = follow.next().await {
                assert_eq!(entry.operation, "B");
            }
        }
    });
    assert!(waiting.await.is_err(), "the follower waits for more");
}

#[test]
fn each_entry_is_a_line_of_the_file_and_a_full_disk_stops_nothing() {
    let folder = std::env::temp_dir().join(format!("wharf-journal-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("journal.jsonl");
    let journal = Journal::new(1, 1 << 20).with_file(&path).unwrap();
    let open = journal.open(entry("open"), Instant::now());
    for operation in ["A", "B"] {
        send(&journal, operation);
    }
    drop(open);
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let operations: Vec<_> = lines.iter().map(|line| line["operation"].as_str().unwrap()).collect();
    assert_eq!(operations, ["A", "B", "open"], "also those that the journal does not keep");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    std::fs::remove_dir_all(&folder).unwrap();
    if Path::new("/dev/full").exists() {
        let full = Journal::new(2, 1 << 20).with_file(Path::new("/dev/full")).unwrap();
        send(&full, "A");
        send(&full, "B");
        assert_eq!(full.calls().len(), 2);
    }
}
