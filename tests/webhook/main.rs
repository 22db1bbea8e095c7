//! The admission webhook as a process: what it answers, what it takes, and how it stops.

#![allow(clippy::unwrap_used, reason = "a thread that fails is a failed test")]

#[path = "../../src/webhook/admission/tests/review.rs"]
mod review;
mod support;

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use review::{deployment, operations_of as operations, review_of};
use serde::Deserialize;
use serde_json::{Value, json};
use support::{Files, JSON, Server, answer, command_line, exchange, patched, review_on};

const JAEGER: &str = "backend: jaeger\n";
const DATADOG: &str = "{backend: datadog, service: '{name}-{container}', environment: prod, tag: {team: ml}}\n";

/// Every SeldonDeployment in the inputs of `fixtures/`.
fn fixtures() -> Result<Vec<Value>> {
    fn inputs(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                inputs(&path, found)?;
            } else if path.file_name().is_some_and(|name| name == "input.yaml") {
                found.push(path);
            }
        }
        Ok(())
    }
    let mut paths = Vec::new();
    inputs(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), &mut paths)?;
    let mut objects = Vec::new();
    for path in paths {
        let Ok(text) = fs::read_to_string(path) else { continue };
        for document in serde_yaml::Deserializer::from_str(&text) {
            // Other files are for what is wrong with them.
            let Ok(object) = Value::deserialize(document) else { break };
            let metadata = &object["metadata"];
            let has_texts = |field: &str| {
                metadata[field].as_object().is_none_or(|texts| texts.values().all(|text| text.is_string()))
            };
            // The API server admits no other metadata.
            let is_valid = metadata["name"].is_string() && has_texts("labels") && has_texts("annotations");
            if object["kind"] == "SeldonDeployment" && object["spec"].is_object() && is_valid {
                objects.push(object);
            }
        }
    }
    ensure!(objects.len() > 100, "only {} objects", objects.len());
    Ok(objects)
}

#[test]
fn the_patched_object_is_what_the_command_line_makes_of_the_manifest() -> Result<()> {
    let objects = fixtures()?;
    let all = [("enable", JAEGER), ("enable", DATADOG), ("disable", "action: disable\n")];
    for (at, (command, settings)) in all.into_iter().enumerate() {
        let files = Files::with(settings)?;
        let server = Server::start(&files, &[])?;
        let mut connection = server.connect()?;
        let (mut changed, mut refused) = (0, 0);
        // Each second object with one of the settings: a run of the command line takes its time.
        for object in objects.iter().skip(at).step_by(2 * all.len()) {
            let response = review_on(&mut connection, &review_of(object))?;
            ensure!(response["allowed"] == true, "{response}");
            let operations = operations(&response);
            let Some(wanted) = command_line(command, &files.path("settings.yaml"), object)? else {
                ensure!(operations.is_empty() && response["warnings"].is_array(), "{object:#}\n{response:#}");
                refused += 1;
                continue;
            };
            let found = patched(object, &operations)?;
            ensure!(found == wanted, "{object:#}\nis\n{found:#}\ninstead of\n{wanted:#}");
            changed += usize::from(found != *object);
            // A second pass changes nothing.
            let again = review_on(&mut connection, &review_of(&found))?;
            ensure!(again.get("patch").is_none(), "{found:#}\n{again:#}");
        }
        ensure!(changed > 10, "only {changed} of {} are changed", objects.len());
        ensure!(refused > 0, "none is refused");
    }
    Ok(())
}

#[test]
fn a_request_is_answered_logged_and_counted() -> Result<()> {
    let files = Files::with("{backend: jaeger, set: {JAEGER_TAGS: 'token=sesame'}}")?;
    let server = Server::start(&files, &[])?;
    let mut refused = deployment();
    refused["spec"]["predictors"][0]["svcOrchSpec"] = json!({ "env": { "PASSWORD": "sesame" } });
    let mut other = review_of(&deployment());
    other["request"]["kind"]["kind"] = "Other".into();
    let traced = patched(&deployment(), &operations(&server.review(&review_of(&deployment()))?))?;
    for (review, outcome) in [
        (review_of(&deployment()), "patched"),
        (review_of(&traced), "unchanged"),
        (other, "ignored"),
        (review_of(&refused), "refused"),
    ] {
        let response = server.review(&review)?;
        ensure!(response["allowed"] == true, "{response}");
        ensure!(response.get("patch").is_some() == (outcome == "patched"), "{response}");
        ensure!(response.get("warnings").is_some() == (outcome == "refused"), "{response}");
        let line = server.logged(|line| line["outcome"] == outcome)?;
        ensure!(line["uid"] == review["request"]["uid"] && line["operation"] == "CREATE", "{line}");
        ensure!(line["namespace"] == "models" && line["name"] == "iris" && line["milliseconds"].is_f64(), "{line}");
        ensure!(line["operations"].as_u64().is_some_and(|count| (count > 0) == (outcome == "patched")), "{line}");
    }
    ensure!(server.metric("seldon_trace_webhook_requests_total{outcome=\"patched\"}")? == 2.0, "patched");
    ensure!(server.metric("seldon_trace_webhook_requests_total{outcome=\"refused\"}")? == 1.0, "refused");
    ensure!(server.metric("seldon_trace_webhook_requests_total{outcome=\"denied\"}")? == 0.0, "denied");
    ensure!(server.metric("seldon_trace_webhook_patches_total{backend=\"jaeger\"}")? == 2.0, "backend");
    ensure!(server.metric("seldon_trace_webhook_request_duration_seconds_count")? == 5.0, "durations");
    ensure!(!format!("{:?}", server.log()).contains("sesame"), "{:#?}", server.log());
    Ok(())
}

#[test]
fn an_object_that_can_not_be_edited_is_denied_if_asked() -> Result<()> {
    let server = Server::start(&Files::with(JAEGER)?, &["--on-error", "deny"])?;
    let mut refused = deployment();
    refused["spec"]["predictors"][0]["svcOrchSpec"] = json!({ "env": {} });
    let response = server.review(&review_of(&refused))?;
    ensure!(response["allowed"] == false && response["status"]["code"] == 403, "{response}");
    let message = response["status"]["message"].as_str().context("no message")?;
    ensure!(message.contains("spec.predictors[0].svcOrchSpec.env"), "{message}");
    Ok(())
}

#[test]
fn what_is_no_review_is_answered_by_its_status() -> Result<()> {
    let server = Server::start(&Files::with(JAEGER)?, &[])?;
    let large = vec![b' '; (3 << 20) + 1];
    let review = review_of(&deployment()).to_string();
    let many = review.replace("\"predictors\":[", &format!("\"predictors\":[{}", "0,".repeat(100_000)));
    let xml = "Content-Type: application/xml\r\n";
    let with_charset = "content-type: Application/JSON; charset=utf-8\r\n";
    for (method, path, headers, body, status) in [
        ("GET", "/", "", b"".as_slice(), 404),
        ("GET", "/mutate", "", b"", 405),
        ("PUT", "/mutate", JSON, review.as_bytes(), 405),
        ("POST", "/healthz", "", b"", 405),
        ("POST", "/mutate", "", review.as_bytes(), 415),
        ("POST", "/mutate", xml, review.as_bytes(), 415),
        ("POST", "/mutate", with_charset, review.as_bytes(), 200),
        ("POST", "/mutate", JSON, b"", 400),
        ("POST", "/mutate", JSON, &review.as_bytes()[..100], 400),
        ("POST", "/mutate", JSON, b"\xff\xfe\0", 400),
        ("POST", "/mutate", JSON, b"{}", 400),
        ("POST", "/mutate", JSON, &large, 413),
        ("POST", "/mutate", JSON, many.as_bytes(), 413),
        ("GET", "/healthz", "", b"", 200),
        ("GET", "/readyz", "", b"", 200),
        ("GET", "/metrics", "", b"", 200),
    ] {
        let reply = match server.request(method, path, headers, body) {
            // It may be closed while the client still sends.
            Err(_) if body.len() == large.len() => continue,
            reply => reply?,
        };
        ensure!(reply.status == status, "{method} {path}: {}", reply.status);
        ensure!(status != 405 || reply.head.contains("\r\nallow: "), "{}", reply.head);
    }
    // Without a length.
    let mut connection = server.connect()?;
    connection.write_all(
        format!("POST /mutate HTTP/1.1\r\nHost: a\r\n{JSON}Transfer-Encoding: chunked\r\n\r\n").as_bytes(),
    )?;
    connection.write_all(format!("{:x}\r\n{review}\r\n0\r\n\r\n", review.len()).as_bytes())?;
    ensure!(answer(&mut connection)?.status == 200, "chunks");
    Ok(())
}

#[test]
fn bad_clients_are_closed_and_others_are_served_meanwhile() -> Result<()> {
    let server = Server::start(&Files::with(JAEGER)?, &[])?;
    let review = review_of(&deployment()).to_string();
    let half = |bytes: &[u8]| -> Result<_> {
        let mut connection = server.connect()?;
        connection.write_all(bytes)?;
        connection.flush()?;
        Ok(connection)
    };
    let head = format!("POST /mutate HTTP/1.1\r\nHost: a\r\n{JSON}Content-Length: {}\r\n\r\n", review.len() + 1);
    // Nothing at all, half a handshake, nothing in TLS, half a head, half a body.
    let mut plain: Vec<_> = (0..2).map(|_| server.tcp()).collect::<Result<_>>()?;
    plain[1].write_all(&[22, 3, 1, 2, 0])?;
    let mut secured =
        vec![half(b"")?, half(b"POST /mutate HTTP/1.1\r\nHo")?, half(format!("{head}{review}").as_bytes())?];
    // Plain HTTP.
    let mut http = server.tcp()?;
    http.write_all(format!("{head}{review}").as_bytes())?;
    let mut answered = Vec::new();
    let _ = http.read_to_end(&mut answered);
    ensure!(!answered.starts_with(b"HTTP"), "{answered:?}");
    // A client that leaves within a request.
    drop(half(&head.as_bytes()[..40])?);
    drop(half(format!("{head}{{").as_bytes())?);
    // A head without end.
    let mut endless = server.connect()?;
    endless.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n")?;
    let sent = (0..1 << 12).all(|_| endless.write_all(b"X-Y: zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\r\n").is_ok());
    let refused = answer(&mut endless).map(|reply| reply.status);
    ensure!(!sent || !matches!(refused, Ok(200)), "{refused:?}");
    let start = Instant::now();
    thread::scope(|scope| -> Result<()> {
        let mut waiting = Vec::new();
        for stream in &mut plain {
            waiting.push(scope.spawn(|| stream.read_to_end(&mut Vec::new()).is_ok()));
        }
        for stream in &mut secured {
            waiting.push(scope.spawn(|| stream.read_to_end(&mut Vec::new()).is_ok()));
        }
        while waiting.iter().any(|one| !one.is_finished()) {
            ensure!(start.elapsed() < Duration::from_secs(25), "a bad client is kept");
            let asked = Instant::now();
            server.review(&review_of(&deployment()))?;
            ensure!(asked.elapsed() < Duration::from_secs(3), "others wait {:?}", asked.elapsed());
            thread::sleep(Duration::from_millis(200));
        }
        Ok(())
    })
}

#[test]
fn memory_is_bounded_whatever_is_sent() -> Result<()> {
    let server = Server::start(&Files::with(JAEGER)?, &[])?;
    // A tenth of the keys and values that are taken, each in the shape that takes the most memory of its kind.
    let shapes: [(&str, &str, usize); 6] = [
        ("/spec/predictors/0/x", r#"{"":0}"#, 3_300),
        ("/spec/predictors/0/x", r#"{"a":{"a":{"a":0}}}"#, 1_300),
        ("/spec/predictors/0/x", "[[[[]]]]", 2_000),
        ("/spec/predictors/0/svcOrchSpec", r#"{"name":"A"}"#, 3_300),
        ("/spec/predictors/0/componentSpecs/0/spec/containers", r#"{}"#, 5_000),
        ("/spec/predictors", r#"{"name":"a","graph":{"name":"b"}}"#, 1_400),
    ];
    let reviews = shapes.map(|(path, item, count)| {
        let items: Value = vec![serde_json::from_str::<Value>(item).unwrap(); count].into();
        let (mut object, (parent, name)) = (deployment(), path.rsplit_once('/').unwrap());
        object.pointer_mut(parent).unwrap()[name] = if name == "svcOrchSpec" { json!({ "env": items }) } else { items };
        review_of(&object).to_string()
    });
    let mut others = review_of(&deployment());
    others["request"]["options"] = json!({ "x": vec![json!({ "": 0 }); 150_000] });
    let others = others.to_string();
    let idle = server.memory()?;
    for (review, (path, item, _)) in reviews.iter().zip(shapes) {
        let reply = server.request("POST", "/mutate", JSON, review.as_bytes())?;
        ensure!(reply.status == 200, "{item} in {path}: {}", reply.status);
        let used = server.memory()?;
        ensure!((used - idle) * 10 < 400 << 10, "{item} in {path}: {used} KiB, and {idle} KiB before");
    }
    thread::scope(|scope| {
        let ask = || -> Result<()> {
            for review in reviews.iter().chain([&others]) {
                server.request("POST", "/mutate", JSON, review.as_bytes())?;
            }
            Ok(())
        };
        let all: Vec<_> = (0..10).map(|_| scope.spawn(ask)).collect();
        all.into_iter().try_for_each(|one| one.join().unwrap())
    })?;
    let used = server.memory()?;
    ensure!(used < 512 << 10, "{used} KiB");
    ensure!(server.get("/healthz")?.status == 200, "it is not well");
    Ok(())
}

#[test]
fn files_are_read_again_when_they_change_and_wrong_ones_are_not_used() -> Result<()> {
    let files = Files::with(JAEGER)?;
    let server = Server::start(&files, &[])?;
    let mut kept = server.connect()?;
    let names = |response: &Value| -> Result<BTreeSet<String>> {
        let text = patched(&deployment(), &operations(response))?.to_string();
        Ok(["TRACING", "DD_TRACE_ENABLED", "DD_AGENT_HOST"]
            .into_iter()
            .filter(|name| text.contains(name))
            .map(str::to_owned)
            .collect())
    };
    let jaeger = names(&review_on(&mut kept, &review_of(&deployment()))?)?;
    ensure!(jaeger.contains("TRACING"), "{jaeger:?}");
    let is = |what: &'static str, message: &'static str| {
        move |line: &Value| line["file"] == what && line["message"] == message
    };

    files.write("settings.yaml", "backend: jager\n")?;
    let line = server.logged(is("settings", "wrong: the former one stays"))?;
    ensure!(
        line["reason"].as_str().is_some_and(|words| words.contains("settings.yaml:1: backend: expected `jaeger`")),
        "{line}"
    );
    ensure!(server.metric("seldon_trace_webhook_reload_failures_total")? == 1.0, "not counted");
    ensure!(names(&server.review(&review_of(&deployment()))?)? == jaeger, "the settings are gone");
    files.write("settings.yaml", DATADOG)?;
    server.logged(is("settings", "read again"))?;
    let datadog = names(&review_on(&mut kept, &review_of(&deployment()))?)?;
    ensure!(datadog.contains("DD_AGENT_HOST"), "{datadog:?}");

    let shown = || -> Result<Vec<u8>> {
        let connection = server.connect()?;
        Ok(connection.conn.peer_certificates().context("no certificate")?[0].to_vec())
    };
    let former = shown()?;
    files.write("tls.crt", "nothing")?;
    server.logged(is("certificate", "wrong: the former one stays"))?;
    ensure!(shown()? == former, "the certificate is gone");
    let new = files.certify()?;
    server.logged(is("certificate", "read again"))?;
    ensure!(shown()? == new && new != former, "the certificate is the former one");
    // A connection stays as it is.
    review_on(&mut kept, &review_of(&deployment()))?;
    Ok(())
}

#[test]
fn a_server_that_stops_loses_no_request() -> Result<()> {
    let mut server = Server::start(&Files::with(JAEGER)?, &["--shutdown-delay", "2"])?;
    let review = review_of(&deployment());
    let is_over = AtomicBool::new(false);
    let served = thread::scope(|scope| -> Result<usize> {
        // Each client asks again until it can't connect.
        let client = |keeps: bool| {
            let mut served = 0;
            'connections: while let Ok(mut connection) = server.connect() {
                loop {
                    let text = review.to_string();
                    let reply = exchange(&mut connection, "POST", "/mutate", JSON, text.as_bytes())?;
                    ensure!(reply.status == 200, "{}", reply.status);
                    served += 1;
                    if !keeps || reply.head.contains("\r\nconnection: close") {
                        continue 'connections;
                    }
                }
            }
            ensure!(is_over.load(Ordering::Relaxed), "it can't be reached before it stops");
            Ok(served)
        };
        let clients: Vec<_> = (0..6).map(|at| scope.spawn(move || client(at % 2 == 0))).collect();
        thread::sleep(Duration::from_millis(300));
        is_over.store(true, Ordering::Relaxed);
        server.terminate()?;
        server.logged(|line| line["message"] == "leaving")?;
        ensure!(server.get("/readyz")?.status == 503 && server.get("/healthz")?.status == 200, "readiness");
        clients.into_iter().map(|one| one.join().unwrap()).sum()
    })?;
    ensure!(served > 20, "only {served} requests");
    ensure!(server.ended()? == 0, "it fails");
    let reviews = server.log().iter().filter(|line| line["message"] == "review").count();
    ensure!(reviews == served, "{reviews} of {served}");
    Ok(())
}

#[test]
fn what_is_wrong_at_the_start_is_an_error() -> Result<()> {
    let files = Files::with(JAEGER)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let taken = listener.local_addr()?.to_string();
    let key = fs::read_to_string(files.path("tls.key"))?;
    let certificate = fs::read_to_string(files.path("tls.crt"))?;
    let other = Files::with(JAEGER)?;
    let other_key = fs::read_to_string(other.path("tls.key"))?;
    let cases = [
        ("settings.yaml", "backend: jager\n", "jaeger"),
        ("settings.yaml", "service: a\n", "no `backend`"),
        ("settings.yaml", "{backend: jaeger, overrides: [{match: {path: a}, service: b}]}", "`path`"),
        ("tls.crt", "", "tls.crt: no certificate"),
        ("tls.crt", &key, "tls.crt: no certificate"),
        ("tls.key", &certificate, "tls.key: no private key"),
        ("tls.key", &other_key, "tls.crt and "),
    ];
    for (name, text, words) in cases {
        let former = fs::read_to_string(files.path(name))?;
        files.write(name, text)?;
        let done = files.command().output()?;
        let stderr = String::from_utf8(done.stderr)?;
        ensure!(done.status.code() == Some(2) && done.stdout.is_empty() && stderr.contains(words), "{name}: {stderr}");
        ensure!(!stderr.contains("PRIVATE KEY"), "{stderr}");
        files.write(name, &former)?;
    }
    for name in ["settings.yaml", "tls.crt", "tls.key"] {
        let away = files.path("away");
        fs::rename(files.path(name), &away)?;
        let done = files.command().output()?;
        let stderr = String::from_utf8(done.stderr)?;
        ensure!(done.status.code() == Some(2) && stderr.contains(name), "{stderr}");
        fs::rename(away, files.path(name))?;
    }
    let words = fs::read_to_string(files.path("tls.key"))?;
    ensure!(words == key, "the files are not what they were");
    let mut command = files.command();
    let done = command.args(["--listen", &taken]).output()?;
    let stderr = String::from_utf8(done.stderr)?;
    ensure!(done.status.code() == Some(2) && stderr.contains(&format!("--listen {taken}")), "{stderr}");
    Ok(())
}
