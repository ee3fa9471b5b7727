//! What `codegen/import/prose.py` takes from texts, and what it leaves. The texts are made up, in the forms of the
//! packages. What the import wrote keeps the promises of the rules.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use wharf_spec::file::Field;
use wharf_spec::{Catalog, Type};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// The facts that a vendor's rules find in each text of a type, and in the name of its field where that counts.
fn read(vendor: &str, given: &[(&str, &str)]) -> Vec<Value> {
    const CALL: &str = "import json, sys, prose
rule = getattr(prose, sys.argv[1])
json.dump([rule(*given) for given in json.loads(sys.argv[2])], sys.stdout)";
    let split = |kind: &str, text: &str| match kind.split_once(' ') {
        Some((kind, name)) => json!([kind, text, name]),
        None => json!([kind, text]),
    };
    let given: Vec<Value> = given.iter().map(|(kind, text)| split(kind, text)).collect();
    let mut python = Command::new("python3");
    python.args(["-B", "-c", CALL, vendor]).arg(Value::from(given).to_string());
    let output = python.env("PYTHONPATH", root().join("codegen/import")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn check(vendor: &str, cases: &[(&str, &str, Value)]) {
    let given: Vec<_> = cases.iter().map(|(kind, text, _)| (*kind, *text)).collect();
    for (found, (kind, text, due)) in read(vendor, &given).iter().zip(cases) {
        assert_eq!(found, due, "{vendor}, {kind}: {text}");
    }
}

#[test]
fn lists_in_english_are_bullets_below_their_announcement() {
    let list = "The colour of the boat. Valid values:\n\n- `red`: a warm one.\n- `blue`: A cold one. It is rare.\n";
    check(
        "alibaba",
        &[
            ("string", list, json!({"values": ["red", "blue"]})),
            ("list<string>", list, json!({"values": ["red", "blue"]})),
            (
                "string",
                &format!("{list}\nDefault value: `blue`."),
                json!({"values": ["red", "blue"], "default": "blue"}),
            ),
            ("list<string>", &format!("{list}\nDefault value: `blue`."), json!({"values": ["red", "blue"]})),
            ("string", "Valid values:\n*   oak (default): Hard.\n*   pine: Soft.", json!({"values": ["oak", "pine"]})),
            ("string", "Valid values:\n- 10\n- 20", json!({"values": ["10", "20"]})),
            // A value that is not there, and a list of which that is a sign.
            ("string", &format!("{list}\nDefault value: `green`."), json!({})),
            ("string", "The colour. Default value: `green`.", json!({})),
            // One value; the same twice; numbers and words; sentences; other scripts; parts of the list elsewhere.
            ("string", "Valid values:\n- `red`: a warm one.", json!({})),
            ("string", "Valid values:\n- `red`: a.\n- `Red`: b.", json!({})),
            ("string", "Valid values:\n- 10: Ten.\n- many: More.", json!({})),
            ("string", "Valid values:\n- `red`: a.\n- If the boat is old: blue.", json!({})),
            ("string", "Valid values:\n- `红`: a.\n- `蓝`: b.", json!({})),
            ("string", "Valid values:\n- red: a.\n- Note: b.", json!({})),
            ("string", &format!("{list}For old boats:\n- `black`: a dark one."), json!({})),
            ("string", &format!("{list}\nValid values of the deck:\n- `white`: a light one."), json!({})),
            ("string", &format!("Separate the colours with commas. {list}"), json!({})),
            ("string", &format!("{list}\nAn empty value means any colour."), json!({})),
            ("string", "If the boat is old, valid values:\n- `red`: a.\n- `blue`: b.", json!({})),
            ("string", "Valid values: `red` and so on.\n- `red`: a.\n- `blue`: b.", json!({})),
            ("string", "Valid values:\n`red`: a.\n`blue`: b.", json!({})),
            ("string", "Valid values such as:\n- `red`: a.\n- `blue`: b.", json!({})),
        ],
    );
}

#[test]
fn numbers_in_english_stand_alone() {
    check(
        "alibaba",
        &[
            ("int", "The length. Valid values: 3 to 40. Unit: m.", json!({"min": 3, "max": 40})),
            (
                "int",
                "The length.\n\nValid values: [3, 40].\n\nDefault value: 12.",
                json!({"min": 3, "default": 12, "max": 40}),
            ),
            ("int", "Default value: `12`.", json!({"default": 12})),
            ("float", "Default value: 0.5.", json!({"default": 0.5})),
            (
                "bool",
                "Whether it floats. Valid values:\n- true: yes.\n- false: no.\n\nDefault value: `true`.",
                json!({"default": true}),
            ),
            // Outside of the range, ends in the wrong order, below zero, another type.
            ("int", "Valid values: 3 to 40. Default value: 50.", json!({})),
            ("int", "Valid values: 40 to 3.", json!({})),
            ("uint", "Valid values: -1 to 3.", json!({})),
            ("bool", "Default value: 1.", json!({})),
            // Another number may be a value too; an end that is not one number; two defaults; one of something else.
            ("int", "Valid values: 3 to 40. It can be set to 0.", json!({})),
            ("int", "Valid values: 3 to max{40, beam}.", json!({})),
            ("int", "Valid values: 3 to 40,000.", json!({})),
            ("int", "Valid values: [3, length]. Default value: 5.", json!({"default": 5})),
            ("int", "Valid values: 3, 4, and 5.", json!({})),
            ("int", "Valid values of N: 1 to 20.", json!({})),
            ("int", "Default value: 5. The default of old boats is 6.", json!({})),
            ("int", "Default value: 5 per mast.", json!({})),
            ("int", "Valid values:\n- sail: 1 to 5. Default value: 2.\n- oar: 2 to 9.", json!({})),
            ("int", "Default value: 5. If it is not specified, all boats are counted.", json!({})),
        ],
    );
}

#[test]
fn lists_with_headings_are_those_of_the_range() {
    let told = |range: &str, default: &str| {
        format!("**参数解释：** 船的颜色 **约束限制：** 不涉及 **取值范围：** {range} **默认取值：** {default}")
    };
    let list = "- red：暖色 - blue: 冷色，很少见";
    check(
        "huawei",
        &[
            ("string", &told(list, "不涉及"), json!({"values": ["red", "blue"]})),
            ("string", &told(list, "blue"), json!({"values": ["red", "blue"], "default": "blue"})),
            ("string", &told("- \\\"red\\\"：暖色 - “blue”：冷色", "无"), json!({"values": ["red", "blue"]})),
            ("string", &told("- red - blue", "无"), json!({"values": ["red", "blue"]})),
            ("string", "船的颜色，取值如下 - red：暖色 - blue：冷色", json!({"values": ["red", "blue"]})),
            ("bool", &told("- true：会 - false：不会", "默认false"), json!({"default": false})),
            ("int", &told("3-40", "不涉及"), json!({"min": 3, "max": 40})),
            ("int", &told("取值范围为3~40。", "12（米）"), json!({"min": 3, "default": 12, "max": 40})),
            ("int", &told("3到40之间（含3和40）的整数。", "12"), json!({"min": 3, "default": 12, "max": 40})),
            // A value that no list has, of one item, of editions, of texts, with more at its end, of the keys of a document.
            ("string", &told(list, "green"), json!({})),
            ("string", &told("- red：暖色", "red"), json!({})),
            ("string", &told("- red：暖色 [- blue：冷色](tag:old)", "不涉及"), json!({})),
            ("string", &told("- red：暖色 - 旧船的颜色：深色", "不涉及"), json!({})),
            ("string", &told("- red：暖色 - blue：冷色等", "不涉及"), json!({})),
            ("string", &told("- red：是否暖色 - blue：是否冷色", "不涉及"), json!({})),
            ("string", &told(list, "不涉及").replace("船的颜色", "如{\"red\": 1}"), json!({})),
            ("string", &told("red、blue等颜色", "不涉及"), json!({})),
            ("string", &format!("{} **取值范围：** {list}", told(list, "不涉及")), json!({})),
            // More than one range, another number beside it, a default that depends or is none of the range.
            ("int", &told("3-40。 > 注意：如果传值为-1，不限长度。", "不涉及"), json!({})),
            ("int", &told("3-40", "不配置该值或值为0时，由船型决定"), json!({})),
            ("int", &told("3-40", "不涉及").replace("不涉及 **取值", "填0表示不限 **取值"), json!({})),
            ("int", &told("-1或[3,40]", "不涉及"), json!({})),
            ("int", &told("3-40", "50"), json!({})),
            ("int", &told("大于0，小于船数", "0"), json!({})),
            ("bool", &told("- true：会 - false：不会", "新船默认true"), json!({})),
        ],
    );
}

#[test]
fn lists_and_numbers_in_chinese_prose() {
    let two = json!({"values": ["red", "blue"]});
    check(
        "tencent",
        &[
            ("string", "船的颜色，取值：red、blue", two.clone()),
            ("string", "船的颜色，可选值为red（暖色），blue(冷色、少见)。旧船除外。", two.clone()),
            ("string", "船的颜色，取值red / blue\n注意：此字段可能返回 null，表示取不到有效值。", two.clone()),
            ("string", "船的颜色。枚举值：\nred：暖色\nblue：冷色\n旧船没有颜色", two.clone()),
            ("string", "<p>船的颜色</p><p>枚举值：</p><ul><li>red： 暖色</li><li>blue： 冷色</li></ul>", two.clone()),
            (
                "string",
                "船的颜色，取值：red 或 blue，默认值：blue。",
                json!({"values": ["red", "blue"], "default": "blue"}),
            ),
            (
                "string",
                "取值范围：\nred：暖色\nblue：冷色默认取值：blue。",
                json!({"values": ["red", "blue"], "default": "blue"}),
            ),
            (
                "int Limit",
                "返回数量，默认为20，最大值为100。详见[简介](https://example.com/1/2)。",
                json!({"default": 20, "max": 100}),
            ),
            ("int", "长度，默认 12 米。取值范围：[3, 40]", json!({"min": 3, "default": 12, "max": 40})),
            ("uint", "长度（默认为12米）", json!({"default": 12})),
            ("bool", "是否有帆(默认值： FALSE)", json!({"default": false})),
            ("float", "帆的面积，默认0", json!({"default": 0})),
            // More than the list, two lists, lists of something else, no separators, spaces in values, another default.
            ("string", "船的颜色，取值：red、blue等", json!({})),
            ("string", "船的颜色，取值：red、blue，旧船还有green", json!({})),
            ("string", "旧船可选值为red、blue，新船可选值为green、white", json!({})),
            ("string", "船的颜色，取值：red（暖色）blue（冷色）", json!({})),
            ("string", "枚举值：\ndark red：暖色\nblue：冷色", json!({})),
            ("string", "可选值：\n暖色：\nred：深红\npink：浅红\n冷色：\nblue：蓝", json!({})),
            ("string", "枚举值：\nred：暖色\nblue：冷色\n\n旧船：\ngreen：绿", json!({})),
            ("string", "默认值：green。\n旧船可选值：\nred：暖色\nblue：冷色", json!({})),
            ("string", "船的颜色，取值：red", json!({})),
            // Numbers that depend, contradict, are corrected by the service, or belong to another field.
            ("int", "长度，帆船默认为20，货船默认为30", json!({})),
            ("int", "长度，取值范围[3,40)", json!({})),
            ("int", "长度，取值范围：[3, 40]，填0表示不限", json!({})),
            ("int", "长度，取值范围：1, 2, 3", json!({})),
            ("int", "长度，默认为50，最大值为40", json!({})),
            ("int", "长度，默认12.5", json!({})),
            ("int Limit", "返回数量，默认20，最大为100（超出最大值，调整到最大值）", json!({"default": 20})),
            ("int Limit", "偏移量，默认0", json!({})),
            ("int Offset", "返回数量，默认20，最大为100", json!({})),
            ("bool", "默认不保留", json!({})),
            ("bool", "是否保留，旧船默认true，新船默认false", json!({})),
        ],
    );
}

/// What an import has written about a field.
fn imported(catalog: &Catalog) -> Vec<(String, &Field)> {
    let mut out = Vec::new();
    for product in catalog.products() {
        for operation in &product.operations {
            for field in operation.spec.input.iter().chain(&operation.spec.output) {
                out.push((format!("{} {}.{}", product.name, operation.name, field.name), field));
            }
        }
        for shape in &product.shapes {
            for field in &shape.spec.fields {
                out.push((format!("{} {}.{}", product.name, shape.name, field.name), field));
            }
        }
    }
    out.retain(|(_, field)| field.source == "sdk");
    out
}

#[test]
fn what_the_import_wrote_is_plain_and_contradicts_nothing() {
    let catalog = Catalog::load(&root().join("specs")).unwrap();
    let (mut listed, mut numbered) = (0, 0);
    for (name, field) in imported(&catalog) {
        let values = &field.values;
        if !values.is_empty() {
            listed += 1;
            let plain = |value: &String| {
                value.len() <= 64 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_./-".contains(&byte))
            };
            assert!(values.len() > 1 && values.iter().all(plain), "{name}: {values:?}");
            let numbers = values.iter().filter(|value| value.parse::<f64>().is_ok()).count();
            assert!(numbers == 0 || numbers == values.len(), "{name}: {values:?}");
            assert!(
                matches!(field.ty.item(), Type::String) && field.enumeration.is_none() && !field.sensitive,
                "{name}"
            );
        }
        if let Some(Value::String(default)) = &field.default {
            assert!(values.contains(default), "{name}: {default}");
        }
        let default = field.default.as_ref().and_then(Value::as_i64);
        let ends: Vec<i64> = [field.min, default, field.max].into_iter().flatten().collect();
        assert!(ends.is_sorted(), "{name}: {ends:?}");
        numbered += usize::from(!ends.is_empty());
        assert_eq!(field.checked_range(), (None, None), "{name}: a number from a text stops no call");
        assert_eq!(field.unchecked, field.min.or(field.max).is_some(), "{name}");
        assert!(!field.required || field.default.is_none(), "{name}");
    }
    assert!(listed > 150 && numbered > 100, "{listed} lists, {numbered} fields with numbers");
}
