"""Krew: the manifest of a release by Krew's own rules, and the plugin that it installs."""

import shutil
import subprocess
from pathlib import Path

from host import DEPLOYMENT

REPOSITORY = Path(__file__).resolve().parents[3]
URL = "https://git.example/seldon-trace"


def is_a_checkout():
    if shutil.which("git") is None or not (REPOSITORY / ".git").exists():
        return False
    return subprocess.run(["git", "-C", REPOSITORY, "rev-parse", "HEAD"], capture_output=True).returncode == 0


def check(host):
    if not is_a_checkout():
        print("skipped krew: a release is made of a checkout only", flush=True)
        return
    # A dry run, in which every archive has the program that is tried here.
    release = [REPOSITORY / ".ci" / "release", "--url", URL, "--out", host.folder / "release", "--program", host.program]
    made = subprocess.run(release, capture_output=True, text=True)
    host.succeeds("a release", made)
    if made.returncode != 0:
        return
    manifest = host.folder / "release" / "seldon-trace.yaml"
    done = host.run(host.tools["krew-validate"], "-manifest", manifest, "-skip-install")
    host.succeeds("Krew's validation of the manifest", done)
    # Krew compares it with the sum that the manifest has for this platform.
    (archive,) = manifest.parent.glob("seldon-trace-*-x86_64-unknown-linux-gnu.tar.gz")
    (host.bin / "kubectl-krew").symlink_to(host.tools["krew"])
    done = host.run("kubectl", "krew", "install", f"--manifest={manifest}", f"--archive={archive}")
    host.succeeds("the installation", done)
    path = f"{host.home}/.krew/bin:{host.bin}:/usr/local/bin:/usr/bin:/bin"
    text = DEPLOYMENT.format(name="iris")
    done = host.run("kubectl", "seldon-trace", "enable", "--backend=jaeger", stdin=text, PATH=path)
    host.equal("the installed plugin prints what the program does", host.enable(text), done.stdout)
