//! The service that the programs call: a loopback server with answers in the form that Tencent documents for API 3.0.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the toy is still being made.
static MAKING: AtomicBool = AtomicBool::new(false);

/// Starts the service and returns its address. It ends with the process.
pub fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            answer(&mut stream.unwrap()).unwrap();
        }
    });
    address
}

fn answer(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut action, mut version, mut length) = (String::new(), String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "x-tc-action" => action = value.trim().to_owned(),
            "x-tc-version" => version = value.trim().to_owned(),
            "content-length" => length = value.trim().parse().unwrap(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let input: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = json!({"Response": response(&action, &version, &input)}).to_string();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close";
    write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{text}", text.len())
}

fn response(action: &str, version: &str, input: &Value) -> Value {
    let refusal = |message: &str| json!({"Error": {"Code": "InternalError", "Message": message}, "RequestId": "r-0"});
    match (action, version) {
        ("CreateToy", "2020-01-01") if input["Name"] == "bear" => {
            MAKING.store(true, Ordering::SeqCst);
            json!({"ToyId": "toy-1", "RequestId": "r-1"})
        }
        ("DescribeToys", "2020-01-01") => {
            let state = if MAKING.swap(false, Ordering::SeqCst) { "Making" } else { "Ready" };
            let toy = |id: &str| json!({"ToyId": id, "Name": "bear", "State": state});
            let all = ["toy-1", "toy-2", "toy-3"].map(toy);
            let offset = usize::try_from(input["Offset"].as_u64().unwrap_or(0)).unwrap();
            let page: Vec<_> = all.iter().skip(offset).take(2).collect();
            json!({"TotalCount": all.len(), "Toys": page, "RequestId": "r-2"})
        }
        ("DescribeToys", "2022-05-01") => {
            let toy = json!({"ToyId": "toy-1", "FullName": "teddy bear", "State": "Finished"});
            json!({"TotalCount": 1, "Toys": [toy], "RequestId": "r-3"})
        }
        _ => refusal(&format!("{action} {version} {input}")),
    }
}
