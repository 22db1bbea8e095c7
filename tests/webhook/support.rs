//! The server as a process, and a client.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_seldon-trace");
const HOST: &str = "webhook.seldon-trace.svc";

/// The longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// A folder with settings, a certificate and its key.
pub struct Files {
    folder: TempDir,
    authority: CertifiedIssuer<'static, KeyPair>,
}

impl Files {
    pub fn with(settings: &str) -> Result<Self> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let files = Self { folder: tempfile::tempdir()?, authority };
        files.write("settings.yaml", settings)?;
        files.certify()?;
        Ok(files)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> Result<()> {
        // At once, as a volume of Kubernetes changes.
        let new = self.path("new");
        fs::write(&new, text)?;
        Ok(fs::rename(new, self.path(name))?)
    }

    /// Writes a new certificate, and returns its serial number.
    pub fn certify(&self) -> Result<Vec<u8>> {
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new([HOST.to_owned()])?.signed_by(&key, &self.authority)?;
        self.write("tls.crt", &certificate.pem())?;
        self.write("tls.key", &key.serialize_pem())?;
        Ok(certificate.der().to_vec())
    }

    /// A command that serves these files.
    pub fn command(&self) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg("webhook").env_clear().current_dir(self.folder.path());
        for (option, name) in [("--cert", "tls.crt"), ("--key", "tls.key"), ("--config", "settings.yaml")] {
            command.arg(option).arg(self.path(name));
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn client(&self) -> Result<Arc<ClientConfig>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.der().clone())?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
    }
}

/// A server that runs.
pub struct Server {
    child: Child,
    pub address: String,
    client: Arc<ClientConfig>,
    log: Arc<Mutex<Vec<Value>>>,
}

/// An answer by HTTP.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

pub type Connection = StreamOwned<ClientConnection, TcpStream>;

impl Server {
    pub fn start(files: &Files, options: &[&str]) -> Result<Self> {
        let mut child = files.command().args(["--listen", "127.0.0.1:0"]).args(options).spawn()?;
        let stderr = BufReader::new(child.stderr.take().context("no stderr")?);
        let log: Arc<Mutex<Vec<Value>>> = Arc::default();
        let lines = Arc::clone(&log);
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let value = serde_json::from_str(&line).unwrap_or(Value::String(line));
                lines.lock().unwrap().push(value);
            }
        });
        let mut server = Self { child, address: String::new(), client: files.client()?, log };
        let line = server.logged(|line| line["message"] == "listening")?;
        server.address = line["address"].as_str().context("no address")?.to_owned();
        Ok(server)
    }

    /// The lines of the log so far.
    pub fn log(&self) -> Vec<Value> {
        self.log.lock().unwrap().clone()
    }

    /// The first line of the log that fits, once it is there.
    pub fn logged(&self, fits: impl Fn(&Value) -> bool) -> Result<Value> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(line) = self.log().into_iter().find(|line| fits(line)) {
                return Ok(line);
            }
            thread::sleep(Duration::from_millis(20));
        }
        anyhow::bail!("the log is {:#?}", self.log())
    }

    pub fn tcp(&self) -> Result<TcpStream> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(stream)
    }

    pub fn connect(&self) -> Result<Connection> {
        let name = ServerName::try_from(HOST)?;
        let mut connection = StreamOwned::new(ClientConnection::new(Arc::clone(&self.client), name)?, self.tcp()?);
        while connection.conn.is_handshaking() {
            connection.conn.complete_io(&mut connection.sock)?;
        }
        Ok(connection)
    }

    /// A request on a connection of its own.
    pub fn request(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Result<Reply> {
        exchange(&mut self.connect()?, method, path, headers, body)
    }

    pub fn get(&self, path: &str) -> Result<Reply> {
        self.request("GET", path, "", b"")
    }

    pub fn review(&self, review: &Value) -> Result<Value> {
        review_on(&mut self.connect()?, review)
    }

    /// A value of `/metrics`.
    pub fn metric(&self, name: &str) -> Result<f64> {
        let text = String::from_utf8(self.get("/metrics")?.body)?;
        let line = text.lines().find(|line| line.rsplit_once(' ').is_some_and(|(own, _)| own == name));
        let (_, value) = line.and_then(|line| line.rsplit_once(' ')).with_context(|| format!("no {name} in {text}"))?;
        Ok(value.parse()?)
    }

    pub fn terminate(&self) -> Result<()> {
        ensure!(Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?.success(), "no kill");
        Ok(())
    }

    /// The exit status, once it has ended.
    pub fn ended(&mut self) -> Result<i32> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait()? {
                return status.code().context("killed");
            }
            thread::sleep(Duration::from_millis(20));
        }
        anyhow::bail!("it does not end")
    }

    /// The memory that it has used at most, in KiB.
    pub fn memory(&self) -> Result<u64> {
        let status = fs::read_to_string(Path::new("/proc").join(self.child.id().to_string()).join("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request on a connection that is kept.
pub fn exchange(
    connection: &mut (impl Read + Write),
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> Result<Reply> {
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {length}\r\n{headers}\r\n");
    connection.write_all(head.as_bytes())?;
    // The server may answer without reading all of it.
    let _ = connection.write_all(body).and_then(|()| connection.flush());
    answer(connection)
}

/// Reads an answer.
pub fn answer(connection: &mut impl Read) -> Result<Reply> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 1 << 14];
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        let count = connection.read(&mut chunk)?;
        ensure!(count > 0, "closed after {:?}", String::from_utf8_lossy(&bytes));
        bytes.extend(&chunk[..count]);
    };
    let head = String::from_utf8(bytes[..end].to_vec())?.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).context("no length")?;
    let length = end + length.parse::<usize>()?;
    while bytes.len() < length {
        let count = connection.read(&mut chunk)?;
        ensure!(count > 0, "closed within a body");
        bytes.extend(&chunk[..count]);
    }
    let status = head.split(' ').nth(1).context("no status")?.parse()?;
    Ok(Reply { status, head, body: bytes[end..].to_vec() })
}

/// The response to a review.
pub fn review_on(connection: &mut (impl Read + Write), review: &Value) -> Result<Value> {
    let reply = exchange(connection, "POST", "/mutate", JSON, review.to_string().as_bytes())?;
    ensure!(reply.status == 200, "{}: {}", reply.status, String::from_utf8_lossy(&reply.body));
    let body: Value = serde_json::from_slice(&reply.body)?;
    ensure!(body["response"]["uid"] == review["request"]["uid"], "another request's answer");
    Ok(body["response"].clone())
}

pub const JSON: &str = "Content-Type: application/json\r\n";

/// The object with the operations applied, as the API server does.
pub fn patched(object: &Value, operations: &[Value]) -> Result<Value> {
    let mut object = object.clone();
    for operation in operations {
        let path = operation["path"].as_str().context("no path")?;
        let (parent, name) = path.rsplit_once('/').context("no parent")?;
        let name = name.replace("~1", "/").replace("~0", "~");
        let parent = object.pointer_mut(parent).with_context(|| format!("no {parent}"))?;
        match (operation["op"].as_str().context("no op")?, parent) {
            ("add", Value::Array(items)) if name == "-" => items.push(operation["value"].clone()),
            ("add", Value::Array(items)) => items.insert(name.parse()?, operation["value"].clone()),
            ("remove", Value::Array(items)) => drop(items.remove(name.parse()?)),
            ("replace", Value::Array(items)) => {
                *items.get_mut(name.parse::<usize>()?).context("no item")? = operation["value"].clone();
            }
            ("remove", Value::Object(members)) => drop(members.remove(&name).context("no member")?),
            ("add" | "replace", Value::Object(members)) => {
                members.insert(name, operation["value"].clone());
            }
            (op, _) => anyhow::bail!("{op} {path}"),
        }
    }
    Ok(object)
}

/// The result of a run of the command line, as JSON; `None` if it refuses.
pub fn command_line(command: &str, settings: &Path, object: &Value) -> Result<Option<Value>> {
    let mut run = Command::new(PROGRAM);
    run.arg(command).arg("--config").arg(settings).env_clear().stdin(Stdio::piped());
    let mut child = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    child.stdin.take().context("no stdin")?.write_all(object.to_string().as_bytes())?;
    let done = child.wait_with_output()?;
    if !done.status.success() {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(&done.stdout)?))
}
