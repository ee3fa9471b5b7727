//! The signature doctor: deliberate mistakes in each scheme, by a signer that shares no code with the server.

mod signer;

use crate::client::LIMITS;
use signer::{Client, OTHER, SECRET, Scheme, base64, hex, hmac_sha1, hmac_sha256, iso, percent, sha256};
use wharf_core::credentials::Credentials;
use wharf_server::{Diagnosis, Server, Verdict};

/// What a client does wrongly.
type Change = fn(&mut Client);

/// A mistake: what the cause has to say, and what the client does.
type Row = (&'static str, Change);

/// Mistakes that can be made in each scheme.
const EVERYWHERE: [Row; 10] = [
    ("secret key was used with a line break at its end", |client| client.secret.push('\n')),
    ("secret key was used with a space at its end", |client| client.secret.push(' ')),
    ("secret key was used with quotation marks", |client| client.secret = format!("\"{SECRET}\"")),
    ("belongs to another key", |client| client.secret = OTHER.to_owned()),
    ("identifier of the key was used as its secret", |client| client.secret = signer::ID.to_owned()),
    ("last character of the secret key is missing", |client| _ = client.secret.pop()),
    ("encoded in base64 before it was used", |client| client.secret = base64(SECRET.as_bytes())),
    ("secret key is wrong", |client| client.secret = "nothing like it".to_owned()),
    ("signed the method PUT", |client| client.method = "PUT".to_owned()),
    ("method was signed in small letters", |client| client.method = client.method.to_lowercase()),
];

/// Of the schemes with a canonical request.
const CANONICAL: [Row; 18] = [
    ("signed the host `localhost`", |client| client.host = "localhost".to_owned()),
    ("signed the host `127.0.0.1:443`", |client| client.host = "127.0.0.1:443".to_owned()),
    ("signature is base64 where hex digits are expected", |client| client.spell = base64),
    ("signature is in capital letters", |client| client.spell = |digest| hex(digest).to_uppercase()),
    ("has `0x` before its digits", |client| client.spell = |digest| format!("0x{}", hex(digest))),
    ("it has 62 hex digits and not 64", |client| client.spell = |digest| hex(digest).chars().skip(2).collect()),
    ("body was left out of the signature", |client| client.body.clear()),
    ("signed without white space and sent with it", |client| {
        client.body = String::from_utf8_lossy(&client.body).replace(": ", ":").replace(", ", ",").into_bytes();
    }),
    ("it was signed with a line break at its end", |client| client.body.push(b'\n')),
    ("as `\\u` escapes", |client| {
        client.body = String::from_utf8_lossy(&client.body).replace("集群", "\\u96c6\\u7fa4").into_bytes();
    }),
    // The two characters in GBK.
    ("charset (GBK)", |client| client.body = b"{\"Limit\": 5, \"Name\": \"\xbc\xaf\xc8\xba a/b\"}".to_vec()),
    ("digest of the body is in capital letters", |client| client.digest = |body| hex(&sha256(body)).to_uppercase()),
    ("digest of the body is base64", |client| client.digest = |body| base64(&sha256(body))),
    ("content type `application/json; charset=utf-8`", |client| {
        client.content_type = "application/json; charset=utf-8".to_owned();
    }),
    ("canonical request itself was put into the string to sign", |client| client.unhashed = true),
    ("space after the colon", |client| client.colon = ": "),
    ("made with HMAC-SHA1 and not with HMAC-SHA256", |client| client.hash = hmac_sha1),
    ("line with the algorithm is missing", |client| {
        client.text = |text| text.split_once('\n').map_or_else(String::new, |(_, rest)| rest.to_owned());
    }),
];

const TC3: [Row; 9] = [
    ("derived for the service `cvm`", |client| client.service = "cvm".to_owned()),
    ("secret itself was used as the key", |client| client.key = |client| client.secret.clone().into_bytes()),
    ("prefix `TC3` before the secret is missing", |client| {
        client.key = |client| {
            let first = hmac_sha256(client.secret.as_bytes(), client.date.as_bytes());
            hmac_sha256(&hmac_sha256(&first, client.service.as_bytes()), b"tc3_request")
        };
    }),
    ("derived from hex digits", |client| {
        client.key = |client| {
            let first = hex(&hmac_sha256(format!("TC3{}", client.secret).as_bytes(), client.date.as_bytes()));
            let second = hex(&hmac_sha256(first.as_bytes(), client.service.as_bytes()));
            hex(&hmac_sha256(second.as_bytes(), b"tc3_request")).into_bytes()
        };
    }),
    ("time that was signed", |client| client.time -= 3),
    ("signed in milliseconds", |client| {
        client.text = |text| {
            let lines = text.lines().enumerate();
            let changed = lines.map(|(at, line)| if at == 1 { format!("{line}000") } else { line.to_owned() });
            changed.collect::<Vec<_>>().join("\n")
        }
    }),
    ("derived for the date", |client| client.date = client.date.replace('-', "")),
    ("client signed the path `/tke`", |client| client.path = "/tke".to_owned()),
    ("secret key was used with a space before it, and the client signed the host", |client| {
        (client.secret, client.host) = (format!(" {SECRET}"), "localhost".to_owned());
    }),
];

/// Of the schemes with a canonical request and paths.
const RESOURCES: [Row; 8] = [
    ("query was left out", |client| client.query.clear()),
    ("parameters of the query were not sorted", |client| client.sorted = false),
    ("encoded as `+` and not as `%20`", |client| client.encode = |text| percent(text).replace("%20", "+")),
    ("without its encoding", |client| client.encode = str::to_owned),
    ("encoded twice before it was signed", |client| client.encode = |text| percent(&percent(text))),
    ("small letters (`%2f` and not `%2F`)", |client| {
        client.encode = |text| percent(text).replace("%2F", "%2f").replace("%3A", "%3a").replace("%2B", "%2b");
    }),
    ("of the query was left out of the signature", |client| _ = client.query.remove(1)),
    ("client signed the path `/`", |client| client.path = "/".to_owned()),
];

const SDK: [Row; 4] = [
    ("path was signed without its first part", |client| client.path = client.path.replacen("/api", "", 1)),
    ("path was signed without the slash at its end", |client| {
        client.canonical = |text| text.replacen("/clusters/\n", "/clusters\n", 1);
    }),
    ("signed in another format than that of `X-Sdk-Date`", |client| {
        client.text = |text| {
            let lines: Vec<&str> = text.lines().collect();
            let [algorithm, stamp, digest] = lines[..] else { panic!("{text}") };
            let time = chrono::NaiveDateTime::parse_from_str(stamp, "%Y%m%dT%H%M%SZ").unwrap().and_utc().timestamp();
            format!("{algorithm}\n{}\n{digest}", iso(time))
        };
    }),
    ("in local time (UTC+8)", |client| {
        client.text = |text| {
            let lines: Vec<&str> = text.lines().collect();
            let [algorithm, stamp, digest] = lines[..] else { panic!("{text}") };
            let time = chrono::NaiveDateTime::parse_from_str(stamp, "%Y%m%dT%H%M%SZ").unwrap();
            let local = (time + chrono::TimeDelta::hours(8)).format("%Y%m%dT%H%M%SZ");
            format!("{algorithm}\n{local}\n{digest}")
        };
    }),
];

const ACS3: [Row; 3] = [
    ("header `x-acs-version` was left out", |client| {
        client.canonical = |text| text.replace("x-acs-version:2015-12-15\n", "").replace(";x-acs-version", "");
    }),
    ("names of the signed headers were joined with commas", |client| {
        client.canonical = |text| {
            let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
            let names = lines.len() - 2;
            lines[names] = lines[names].replace(';', ",");
            lines.join("\n")
        };
    }),
    ("header `x-acs-date` was named as signed, and its line left out", |client| {
        client.canonical =
            |text| text.split('\n').filter(|line| !line.starts_with("x-acs-date:")).collect::<Vec<_>>().join("\n");
    }),
];

/// Of the schemes that sign parameters.
const PARAMETERS: [Row; 7] = [
    ("hex digits where base64 is expected", |client| client.spell = hex),
    ("digits of the digest were put into base64", |client| client.spell = |digest| base64(hex(digest).as_bytes())),
    ("not sorted before they were signed", |client| client.sorted = false),
    ("signature was encoded for the URL twice", |client| client.spell = |digest| percent(&base64(digest))),
    ("padding `=` of the signature is missing", |client| client.spell = |digest| base64(digest).replace('=', "")),
    ("parameter `Action` was left out of the signature", |client| client.query.retain(|(name, _)| name != "Action")),
    ("system's own charset (GBK)", |client| {
        client.bytes = |text| {
            let plain = text.replace("%25E9%259B%2586%25E7%25BE%25A4", "%25BC%25AF%25C8%25BA");
            let mut bytes = Vec::new();
            for (at, part) in plain.split("集群").enumerate() {
                if at > 0 {
                    bytes.extend_from_slice(&[0xbc, 0xaf, 0xc8, 0xba]);
                }
                bytes.extend_from_slice(part.as_bytes());
            }
            bytes
        }
    }),
];

/// Of both older schemes of Tencent.
const V1: [Row; 10] = [
    ("signed the host `localhost:4000`", |client| client.host = "localhost:4000".to_owned()),
    ("host was left out", |client| client.host.clear()),
    ("question mark after the path was left out", |client| client.text = |text| text.replacen('?', "", 1)),
    ("sorted without regard to capitals", |client| {
        client.query.sort_by_key(|(name, _)| name.to_lowercase());
        client.sorted = false;
    }),
    ("by value (`a.2` before `a.10`)", |client| {
        client.query.sort();
        let ten = client.query.iter().position(|(name, _)| name == "ids.10").unwrap();
        client.query.swap(ten, ten + 1);
        client.sorted = false;
    }),
    ("values were signed encoded", |client| {
        client.query.iter_mut().for_each(|(_, value)| *value = percent(value));
    }),
    ("sent as `+` without encoding", |client| {
        client.query.iter_mut().for_each(|(_, value)| *value = value.replace(' ', "+"));
    }),
    ("parameters without a value were left out", |client| client.query.retain(|(_, value)| !value.is_empty())),
    ("signed the method POST", |client| client.method = "POST".to_owned()),
    ("secret and the text were exchanged", |client| {
        client.bytes = |text| text.into_bytes();
        let exchanged: fn(&[u8], &[u8]) -> Vec<u8> = match client.scheme {
            Scheme::HmacSha256 => |key, text| hmac_sha256(text, key),
            _ => |key, text| hmac_sha1(text, key),
        };
        client.hash = exchanged;
    }),
];

const RPC: [Row; 10] = [
    ("ampersand after the secret was left out", |client| client.key = |client| client.secret.clone().into_bytes()),
    ("`%2F` between method and query was left out", |client| client.text = |text| text.replacen("&%2F&", "&", 1)),
    ("slash between method and query was not encoded", |client| client.text = |text| text.replacen("&%2F&", "&/&", 1)),
    ("encoded once", |client| {
        client.text = |text| {
            let (start, query) = text.split_at(8);
            let query = percent_encoding::percent_decode_str(query).decode_utf8_lossy().into_owned();
            format!("{start}{query}")
        }
    }),
    ("spaces were encoded as `+`", |client| client.encode = |text| percent(text).replace("%20", "+")),
    ("encoded as in forms", |client| {
        client.encode = |text| percent(text).replace("%20", "+").replace("%2A", "*").replace('~', "%7E");
    }),
    ("small letters (`%2f` and not `%2F`)", |client| {
        client.encode = |text| {
            let mut out = String::new();
            for (at, part) in percent(text).split('%').enumerate() {
                if at == 0 {
                    out.push_str(part);
                } else {
                    out.push_str(&format!("%{}{}", part[..2].to_lowercase(), &part[2..]));
                }
            }
            out
        };
    }),
    ("values were not encoded", |client| client.encode = str::to_owned),
    ("sorted without regard to capitals", |client| {
        client.query.sort_by_key(|(name, _)| name.to_lowercase());
        client.sorted = false;
    }),
    ("made with HMAC-SHA256 and not with HMAC-SHA1", |client| client.hash = hmac_sha256),
];

const ROA: [Row; 14] = [
    ("ampersand was put after the secret", |client| client.secret.push('&')),
    ("hex digits where base64 is expected", |client| client.spell = hex),
    ("digits of the digest were put into base64", |client| client.spell = |digest| base64(hex(digest).as_bytes())),
    ("made with HMAC-SHA256 and not with HMAC-SHA1", |client| client.hash = hmac_sha256),
    ("query was left out of the signature", |client| {
        client.canonical = |text| text.split('?').next().unwrap().to_owned()
    }),
    ("parameters of the query were not sorted", |client| client.sorted = false),
    ("parameter `name` of the query was left out", |client| client.query.retain(|(name, _)| name != "name")),
    ("values of the query were signed encoded", |client| {
        client.query.iter_mut().for_each(|(_, value)| *value = percent(value));
    }),
    ("header `accept` was left out", |client| client.accept.clear()),
    ("header `content-type: application/xml`", |client| client.content_type = "application/xml".to_owned()),
    ("signed without white space and sent with it", |client| {
        client.body = String::from_utf8_lossy(&client.body).replace(": ", ":").replace(", ", ",").into_bytes();
    }),
    ("header `x-acs-version` was left out", |client| {
        client.text = |text| text.replace("x-acs-version:2015-12-15\n", "")
    }),
    ("header `content-md5` was left out", |client| {
        client.text = |text| {
            let mut lines: Vec<&str> = text.split('\n').collect();
            lines[2] = "";
            lines.join("\n")
        }
    }),
    ("client signed the path `/`", |client| client.path = "/".to_owned()),
];

/// The mistakes of a scheme.
fn rows(scheme: Scheme) -> Vec<Row> {
    let own: &[&[Row]] = match scheme {
        Scheme::Tc3 => &[&CANONICAL, &TC3],
        Scheme::Sdk => &[&CANONICAL, &RESOURCES, &SDK],
        Scheme::Acs3 => &[&CANONICAL, &RESOURCES, &ACS3],
        Scheme::HmacSha1 => {
            &[&PARAMETERS, &V1, &[("HmacSHA256 and did not name it", |client| client.hash = hmac_sha256)]]
        }
        Scheme::HmacSha256 => {
            &[&PARAMETERS, &V1, &[("HmacSHA1 and named HmacSHA256", |client| client.hash = hmac_sha1)]]
        }
        Scheme::Api2 => &[
            &PARAMETERS,
            &V1,
            &[("underscores of names were signed as they are", |client| {
                client.text = |text| text.replace("under.score", "under_score");
            })],
        ],
        Scheme::Rpc => &[&PARAMETERS, &RPC],
        Scheme::Roa => &[&ROA],
    };
    EVERYWHERE.iter().chain(own.iter().copied().flatten()).copied().collect()
}

const SCHEMES: [Scheme; 8] = [
    Scheme::Tc3,
    Scheme::HmacSha1,
    Scheme::HmacSha256,
    Scheme::Api2,
    Scheme::Sdk,
    Scheme::Roa,
    Scheme::Acs3,
    Scheme::Rpc,
];

async fn server() -> Server {
    let builder = Server::builder().without_socket().credentials(Credentials::new(signer::ID, SECRET));
    builder.credentials(Credentials::new("AKIDother", OTHER)).rate_limits(false).start().await.unwrap()
}

/// What the server says of a request: the verdict, and the diagnosis.
async fn examined(server: &Server, right: &Client, client: &Client) -> (Verdict, Option<Diagnosis>) {
    server.transport().send(client.request(right), LIMITS).await.unwrap();
    let entry = server.journal().last().unwrap();
    (entry.verdict, entry.diagnosis)
}

#[tokio::test]
async fn each_mistake_gets_the_right_cause() {
    let server = server().await;
    let (mut count, mut wrong) = (0, Vec::new());
    for scheme in SCHEMES {
        let right = Client::new(scheme);
        let (verdict, diagnosis) = examined(&server, &right, &right).await;
        assert_eq!(verdict, Verdict::Good, "{scheme:?}: {diagnosis:?}");
        let rows = rows(scheme);
        assert!(rows.len() >= 10, "{scheme:?}");
        for (expected, change) in rows {
            let mut client = right.clone();
            change(&mut client);
            let (verdict, diagnosis) = examined(&server, &right, &client).await;
            count += 1;
            let Some(diagnosis) = diagnosis.filter(|_| verdict == Verdict::Wrong) else {
                wrong.push(format!("{scheme:?} {expected}: {verdict}"));
                continue;
            };
            if !diagnosis.cause.to_lowercase().contains(&expected.to_lowercase()) {
                wrong.push(format!("{scheme:?} {expected}: {}", diagnosis.cause));
            }
            let text = format!("{diagnosis} {diagnosis:?}");
            assert!(!text.contains(SECRET) && !text.contains(OTHER), "{scheme:?} {expected}: {text}");
            let own = match scheme {
                Scheme::Sdk => "huawei",
                Scheme::Roa | Scheme::Acs3 | Scheme::Rpc => "aliyun",
                _ => "tencent",
            };
            for other in ["tencentcloudapi", "qcloud", "huaweicloud", "aliyuncs"] {
                let of_own = other.contains(own) || (own == "tencent" && other == "qcloud");
                assert!(of_own || !text.contains(other), "{scheme:?} {expected}: {text}");
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 70, "{count}");
}

#[tokio::test]
async fn hosts_of_other_vendors_are_not_suggested_even_if_they_were_signed() {
    let server = server().await;
    let foreign = [
        (Scheme::Tc3, "cce.cn-north-4.myhuaweicloud.com"),
        (Scheme::HmacSha1, "cs.aliyuncs.com"),
        (Scheme::Api2, "sts.aliyuncs.com"),
        (Scheme::Sdk, "tke.tencentcloudapi.com"),
        (Scheme::Acs3, "ccs.api.qcloud.com"),
    ];
    for (scheme, host) in foreign {
        let right = Client::new(scheme);
        let mut client = right.clone();
        client.host = host.to_owned();
        let mut request = client.request(&right);
        request.headers_mut().insert("x-forwarded-host", host.parse().unwrap());
        server.transport().send(request, LIMITS).await.unwrap();
        let entry = server.journal().last().unwrap();
        let diagnosis = entry.diagnosis.unwrap();
        assert_eq!(entry.verdict, Verdict::Wrong, "{scheme:?}");
        assert!(!diagnosis.to_string().contains(host), "{scheme:?}: {diagnosis}");
    }
    // A host of the same vendor is.
    let right = Client::new(Scheme::Tc3);
    let mut client = right.clone();
    client.host = "tke.tencentcloudapi.com".to_owned();
    let (_, diagnosis) = examined(&server, &right, &client).await;
    assert!(diagnosis.unwrap().cause.contains("tke.tencentcloudapi.com"));
}
