use super::*;
use std::time::UNIX_EPOCH;

#[test]
fn json_has_every_member_and_no_unknown_ones_are_null() {
    let time = UNIX_EPOCH + Duration::from_millis(1_700_000_000_250);
    let mut entry = Entry::new(time, "r-1".to_owned(), "POST", 7);
    assert_eq!(entry.outcome(), Outcome::Open);
    entry.duration = Some(Duration::from_micros(1_234));
    assert_eq!(entry.outcome(), Outcome::Cut);
    (entry.status, entry.response) = (Some(200), "{\"a\":1}".to_owned());
    entry.headers.push(("host".to_owned(), "h".to_owned()));
    assert_eq!(entry.outcome(), Outcome::Succeeded);
    let expected = json!({
        "sequence": 0, "time": "2023-11-14T22:13:20.250Z", "product": null, "operation": "", "method": "POST",
        "target": "", "account": null, "caller": null, "region": "",
        "signature": { "method": "none", "verdict": "unchecked" }, "outcome": "succeeded", "status": 200, "code": null,
        "request_id": "r-1", "duration_ms": 1.234, "bytes": 7, "response_bytes": 0, "acted": false, "shaped": false,
        "fault": null, "parameters": {}, "headers": { "host": "h" }, "response": { "a": 1 }, "diagnosis": null,
    });
    assert_eq!(entry.to_json(), expected);
    entry.code = Some("No".to_owned());
    entry.response = "<xml/>".to_owned();
    assert_eq!((entry.outcome(), entry.to_json()["response"].as_str()), (Outcome::Refused, Some("<xml/>")));
}
