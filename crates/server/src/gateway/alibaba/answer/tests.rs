use super::*;

#[test]
fn values_become_elements() {
    let body = json!({"a": [1, {"b": "x<&>\"\n\u{1}"}], "c": {}, "1d": null, "e": true});
    assert_eq!(
        xml("R", "i", &body),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><R><a>1</a><a><b>x&lt;&amp;&gt;&quot;&#10;\u{fffd}</b></a><c></c>\
         <entry name=\"1d\"></entry><e>true</e></R>"
            .replace("<entry name=\"1d\"></entry>", "")
            .replace("<a>1</a>", "<entry name=\"1d\"></entry><a>1</a>")
    );
    assert!(xml("R", "data", &json!([{"a": 1}, {"a": 2}])).contains("<data><a>1</a></data><data><a>2</a></data>"));
}
