//! The files that `.ci/release` makes, without the static program, the .deb and the crate, which take minutes; and the
//! version.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{Host, Outcome, PROGRAM, ROOT, file, outcome, yaml};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The targets of a release, with the names that Helm and Krew have for them, and the program's name.
const TARGETS: [(&str, &str, &str, &str); 5] = [
    ("x86_64-unknown-linux-gnu", "linux", "amd64", "seldon-trace"),
    ("aarch64-unknown-linux-musl", "linux", "arm64", "seldon-trace"),
    ("x86_64-apple-darwin", "darwin", "amd64", "seldon-trace"),
    ("aarch64-apple-darwin", "darwin", "arm64", "seldon-trace"),
    ("x86_64-pc-windows-gnu", "windows", "amd64", "seldon-trace.exe"),
];

const URL: &str = "https://git.example/team/seldon-trace";

/// Runs the script with the arguments that it gets besides the program.
fn release(arguments: &[&str]) -> Outcome {
    let mut command = Command::new(Path::new(ROOT).join(".ci/release"));
    outcome(command.args(["--program", PROGRAM]).args(arguments))
}

fn is_a_checkout() -> bool {
    let done = Command::new("git").arg("-C").arg(ROOT).args(["rev-parse", "HEAD"]).output();
    let is_one = Path::new(ROOT).join(".git").exists() && done.is_ok_and(|done| done.status.success());
    if !is_one {
        eprintln!("skipped: this is no checkout");
    }
    is_one
}

#[test]
fn the_version_has_the_commit() {
    let said = outcome(Command::new(PROGRAM).arg("--version")).stdout;
    let rest = said.trim_end().strip_prefix(concat!("seldon-trace ", env!("CARGO_PKG_VERSION"))).unwrap();
    if !is_a_checkout() {
        return;
    }
    let words = rest.strip_prefix(" (").and_then(|rest| rest.strip_suffix(')')).unwrap_or_else(|| panic!("{said}"));
    let (commit, date) = words.split_once(' ').unwrap();
    assert!(commit.len() >= 7 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{said}");
    let form: String = date.chars().map(|char| if char.is_ascii_digit() { '0' } else { char }).collect();
    assert_eq!(form, "0000-00-00");
    let head = outcome(Command::new("git").arg("-C").arg(ROOT).args(["rev-parse", "HEAD"])).stdout;
    assert!(head.starts_with(commit), "{said} is not of {head}");
}

#[test]
fn nothing_is_released_without_the_repository_s_address() {
    let host = Host::new(false);
    let out = host.folder().join("out").display().to_string();
    for (arguments, words) in [
        (&["--out", &out][..], "--url has to say"),
        (&["--out", &out, "--url", "git.example"], "--url has to say"),
        (&["--out", &out, "--url", "https://git.example/a|b"], "no URL"),
        (&["--out"], "needs a value"),
        (&["--outt", &out], "what is --outt?"),
    ] {
        let done = release(arguments);
        assert_eq!(done.status, 2, "{arguments:?}");
        assert!(done.stderr.contains(words), "{}", done.stderr);
        assert!(!Path::new(&out).exists(), "{arguments:?}");
    }
}

#[test]
fn a_release_is_whole_and_the_same_twice() {
    if !is_a_checkout() {
        return;
    }
    let host = Host::new(false);
    let (first, second) = (host.folder().join("first"), host.folder().join("second"));
    for out in [&first, &second] {
        let done = release(&["--url", URL, "--out", out.to_str().unwrap()]);
        assert_eq!(done.status, 0, "{}", done.stderr);
    }
    let archive = format!("seldon-trace-{VERSION}-x86_64-unknown-linux-gnu");
    let names: BTreeSet<String> =
        fs::read_dir(&first).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let mut wanted = BTreeSet::from([
        "SHA256SUMS".to_owned(),
        "seldon-trace.yaml".to_owned(),
        format!("seldon-trace-{VERSION}.tgz"),
        format!("seldon-trace-{VERSION}.cdx.json"),
    ]);
    wanted.extend(TARGETS.map(|(target, ..)| format!("seldon-trace-{VERSION}-{target}.tar.gz")));
    assert_eq!(names, wanted);
    for name in &names {
        assert_eq!(fs::read(first.join(name)).unwrap(), fs::read(second.join(name)).unwrap(), "{name}");
    }
    let unpack = format!(
        "cd first && sha256sum --check --strict --quiet SHA256SUMS && cd .. &&
        for archive in first/seldon-trace-{VERSION}-*.tar.gz; do tar -xzf $archive || exit; done && tar -xzf first/seldon-trace-{VERSION}.tgz"
    );
    let done = outcome(host.command("sh").args(["-c", &unpack]));
    assert_eq!(done.status, 0, "{}", done.stderr);

    // The program runs, and the files beside it belong to it.
    let run = |program: String, arguments: &[&str]| outcome(host.command(&program).args(arguments));
    let ours = host.folder().join(&archive);
    let program = format!("{}/seldon-trace", ours.display());
    let version = run(PROGRAM.to_owned(), &["--version"]).stdout;
    assert_eq!(run(program.clone(), &["--version"]).stdout, version);
    for command in ["enable", "disable", "lint", "status", "explain", "man", "completions"] {
        let page = run(program.clone(), &["man", command]).stdout;
        assert_eq!(host.read(&format!("{archive}/man/seldon-trace-{command}.1")), page);
    }
    assert_eq!(host.read(&format!("{archive}/argocd/plugin.yaml")), file(".ci/hosts/argocd-plugin.yaml"));
    assert_eq!(host.read(&format!("{archive}/argocd/plugin-build.yaml")), file(".ci/hosts/argocd-plugin-build.yaml"));
    assert_eq!(host.read(&format!("{archive}/argocd/Dockerfile")), file(".github/Dockerfile"));
    assert_eq!(fs::read_dir(ours.join("completions")).unwrap().count(), 5);
    // The links of the README lead somewhere there, too.
    for link in host.read(&format!("{archive}/README.md")).split("](").skip(1) {
        let target = link.split([')', '#']).next().unwrap();
        assert!(ours.join(target).exists(), "{target} is not in the archive");
    }
    let plugin = yaml(&host.read("seldon-trace/plugin.yaml"));
    assert_eq!((&plugin["version"], &plugin["type"]), (&VERSION.into(), &"postrenderer/v1".into()));
    let platforms = plugin["runtimeConfig"]["platformCommand"].as_sequence().unwrap();
    assert_eq!(platforms.len(), TARGETS.len());
    for (platform, (_, os, arch, name)) in platforms.iter().zip(TARGETS) {
        let path = format!("{os}-{arch}/{name}");
        assert_eq!((&platform["os"], &platform["arch"]), (&os.into(), &arch.into()));
        assert_eq!(platform["command"], format!("${{HELM_PLUGIN_DIR}}/{path}").as_str());
        // In a dry run they are all the same.
        assert_eq!(run(format!("{}/seldon-trace/{path}", host.folder().display()), &["--version"]).stdout, version);
    }

    // Krew finds each archive below the address, with its sum, and the program in it.
    let krew = yaml(&host.read("first/seldon-trace.yaml"));
    assert_eq!(krew["metadata"]["name"], "seldon-trace");
    assert_eq!(krew["spec"]["version"], format!("v{VERSION}").as_str());
    let platforms = krew["spec"]["platforms"].as_sequence().unwrap();
    assert_eq!(platforms.len(), TARGETS.len(), ".ci/hosts/krew.yaml");
    let sums = host.read("first/SHA256SUMS");
    for (platform, (target, os, arch, name)) in platforms.iter().zip(TARGETS) {
        let archive = format!("seldon-trace-{VERSION}-{target}");
        let sum = sums.lines().find_map(|line| line.strip_suffix(&format!("  {archive}.tar.gz"))).unwrap();
        let labels = &platform["selector"]["matchLabels"];
        assert_eq!((&labels["os"], &labels["arch"]), (&os.into(), &arch.into()));
        assert_eq!(platform["sha256"], sum);
        assert_eq!(platform["uri"], format!("{URL}/releases/download/v{VERSION}/{archive}.tar.gz").as_str());
        assert_eq!(platform["files"][0]["from"], format!("{archive}/*").as_str());
        assert_eq!(platform["bin"], name);
        assert!(host.folder().join(&archive).join(name).exists(), "{archive}");
    }
    assert!(krew["spec"]["shortDescription"].as_str().unwrap().len() <= 50);

    let bom: serde_json::Value =
        serde_json::from_str(&host.read(&format!("first/seldon-trace-{VERSION}.cdx.json"))).unwrap();
    let components = bom["components"].as_array().unwrap();
    let names: BTreeSet<&str> = components.iter().map(|component| component["name"].as_str().unwrap()).collect();
    assert!(names.contains("clap") && !names.contains("proptest") && !names.contains("seldon-trace"), "{names:?}");
    for component in components {
        let has_both =
            component["hashes"][0]["content"].is_string() && component["licenses"][0]["expression"].is_string();
        assert!(has_both, "{component}");
    }
}

/// The files of a folder with their content.
fn contents(folder: &Path) -> BTreeSet<(String, Vec<u8>)> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    files.map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap_or_default())).collect()
}

#[test]
fn a_folder_with_anything_but_a_release_is_not_touched() {
    let refused: [&[&str]; 6] = [
        &["notes.txt"],
        &[".profile"],
        &["seldon-trace.yaml"],
        &["SHA256SUMS", "notes.txt"],
        &["SHA256SUMS", "seldon-trace.yaml", "..notes"],
        &["SHA256SUMS", "seldon-trace-0.0.1.crate/notes.txt"],
    ];
    for names in refused {
        let host = Host::new(false);
        for name in names {
            host.write(&format!("out/{name}"), "mine");
        }
        let out = host.folder().join("out");
        let before = contents(&out);
        let done = release(&["--url", URL, "--out", out.to_str().unwrap()]);
        assert_eq!(done.status, 2, "{names:?}: {}", done.stderr);
        assert!(done.stderr.starts_with("release: --out ") && done.stdout.is_empty(), "{}", done.stderr);
        assert_eq!(contents(&out), before, "{names:?}");
    }
    let host = Host::new(false);
    host.write("out", "mine");
    let done = release(&["--url", URL, "--out", host.folder().join("out").to_str().unwrap()]);
    assert_eq!((done.status, host.read("out").as_str()), (2, "mine"), "{}", done.stderr);
}

#[test]
fn folders_are_relative_to_the_caller_s_and_a_former_release_is_replaced() {
    if !is_a_checkout() {
        return;
    }
    let host = Host::new(false);
    host.copy_program(&host.folder().join("built"));
    for name in ["SHA256SUMS", "seldon-trace.yaml", "seldon-trace-0.0.1.crate", "seldon-trace_0.0.1-1_amd64.deb"] {
        host.write(&format!("a folder/out/{name}"), "former");
    }
    let mut command = Command::new(Path::new(ROOT).join(".ci/release"));
    command.current_dir(host.folder()).args(["--url", URL, "--program", "built", "--out", "a folder/out"]);
    let done = outcome(&mut command);
    assert_eq!(done.status, 0, "{}", done.stderr);
    let files = contents(&host.folder().join("a folder/out"));
    assert_eq!(files.len(), TARGETS.len() + 4);
    assert!(files.iter().all(|(_, content)| content != b"former"));
    assert!(!Path::new(ROOT).join("a folder").exists());
    command.args(["--program", "missing"]);
    let done = outcome(&mut command);
    assert_eq!(done.status, 2);
    assert!(done.stderr.contains("there is no program missing"), "{}", done.stderr);
}

#[test]
fn release_tools_are_pinned_and_not_installed_for_the_user() {
    let script = file(".ci/release");
    let installs: Vec<&str> = script.lines().filter(|line| line.contains("cargo install")).collect();
    assert!(!installs.is_empty());
    for line in installs {
        assert!(["--version", "--locked", "--root"].iter().all(|option| line.contains(option)), "{line}");
    }
}

#[test]
fn a_deb_has_no_field_without_a_value() {
    let host = Host::new(false);
    let control = "Package: a\nInstalled-Size: 1\nDepends: \nConffiles:\n /etc/a\nDescription: A\n Depends:\n b\n";
    host.write("control", control);
    host.write("md5sums", "0  a\n");
    host.write("debian-binary", "2.0\n");
    host.write("data.tar.gz", "odd");
    let pack = "tar -czf control.tar.gz ./control ./md5sums && ar rc a.deb debian-binary control.tar.gz data.tar.gz";
    let unpack = "set -e; ar t a.deb; ar p a.deb data.tar.gz; rm control md5sums; \
                  ar p a.deb control.tar.gz | tar -xz; cat md5sums control";
    let done = outcome(host.command("sh").args(["-c", pack]));
    assert_eq!(done.status, 0, "{}", done.stderr);
    let done = outcome(host.command(&format!("{ROOT}/.ci/without-empty-fields")).arg("a.deb"));
    assert_eq!(done.status, 0, "{}", done.stderr);
    let done = outcome(host.command("sh").args(["-c", unpack]));
    let names = "debian-binary\ncontrol.tar.gz\ndata.tar.gz\n";
    let without = control.replace("Depends: \n", "");
    assert_eq!(done.stdout, format!("{names}odd0  a\n{without}"), "{}", done.stderr);
}
