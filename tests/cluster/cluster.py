"""An API server with its store, kubectl, and the webhook as a process."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time

# What a busy machine may take to start a program.
SECONDS = 120
TOKEN = "test-token"
API = "machinelearning.seldon.io"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class Checks:
    def __init__(self):
        self.case = ""
        self.done = self.failed = 0

    def holds(self, what, holds, detail=""):
        self.done += 1
        self.failed += not holds
        shown = "" if holds else f": {detail}"
        print(f"{'ok' if holds else 'FAILED':8}{self.case}: {what}{shown}", flush=True)

    def equal(self, what, expected, found):
        lines = (json.dumps(value, indent=1, sort_keys=True) for value in (expected, found))
        self.holds(what, expected == found, "expected:\n{}\nfound:\n{}".format(*lines))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(what, holds, seconds=SECONDS):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise RuntimeError(f"not within {seconds} s: {what}")
        time.sleep(0.1)


class Cluster:
    def __init__(self, folder, programs):
        self.folder, self.programs = folder, programs
        self.port = free_port()
        self.started = []

    def __enter__(self):
        self.certify()
        client, peer = free_port(), free_port()
        store = f"http://127.0.0.1:{client}"
        self.start(
            "etcd", f"--data-dir={self.folder / 'etcd-data'}", "--log-level=error", "--unsafe-no-fsync",
            f"--listen-client-urls={store}", f"--advertise-client-urls={store}",
            f"--listen-peer-urls=http://127.0.0.1:{peer}",
        )  # fmt: skip
        tokens = self.write("tokens", f'{TOKEN},me,me,"system:masters"\n')
        self.start(
            "apiserver", f"--etcd-servers={store}", f"--secure-port={self.port}", "--bind-address=127.0.0.1",
            "--advertise-address=192.0.2.1", "--endpoint-reconciler-type=none", "--service-cluster-ip-range=10.0.0.0/24",
            f"--cert-dir={self.folder / 'apiserver-data'}", f"--token-auth-file={tokens}",
            "--authorization-mode=AlwaysAllow", "--disable-admission-plugins=ServiceAccount",
            "--service-account-issuer=https://kubernetes", f"--service-account-key-file={self.folder / 'ca.crt'}",
            f"--service-account-signing-key-file={self.folder / 'ca.key'}",
        )  # fmt: skip
        cluster = {"server": f"https://127.0.0.1:{self.port}", "insecure-skip-tls-verify": True}
        config = {
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [{"name": "test", "cluster": cluster}],
            "users": [{"name": "me", "user": {"token": TOKEN}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "me"}}],
        }  # fmt: skip
        self.write("kubeconfig", json.dumps(config))

        def is_ready():
            if any(process.poll() is not None for process in self.started):
                raise RuntimeError("a program has ended")
            return self.kubectl("get", "--raw", "/readyz").returncode == 0

        try:
            wait_for("the API server is ready", is_ready)
        except RuntimeError:
            print((self.folder / "apiserver.log").read_text()[-3000:])
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.started):
            process.kill()
            process.wait()

    def start(self, name, *arguments):
        with open(self.folder / f"{name}.log", "ab") as log:
            command = [self.programs[name], *map(str, arguments)]
            process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.started.append(process)
        return process

    def write(self, name, text):
        path = self.folder / name
        new = path.with_suffix(".new")
        new.write_text(text)
        new.rename(path)
        return path

    def certify(self):
        """A new certificate of the webhook, by the same authority."""
        subprocess.run([self.programs["certificates"], self.folder], check=True)

    def kubectl(self, *arguments, stdin=""):
        """The finished process. Its environment has nothing of the user's."""
        env = {"HOME": str(self.folder), "PATH": os.environ["PATH"], "KUBECONFIG": str(self.folder / "kubeconfig")}
        command = [shutil.which("kubectl"), *map(str, arguments)]
        return subprocess.run(
            command, cwd=self.folder, env=env, input=stdin, capture_output=True, text=True, timeout=SECONDS
        )

    def apply(self, objects, *options, verb="apply"):
        """The finished process of kubectl, whose input is text, an object, or a list of objects."""
        text = objects if isinstance(objects, str) else json.dumps(as_list(objects))
        done = self.kubectl(verb, *options, "-f", "-", stdin=text)
        if done.returncode != 0 and not options:
            raise RuntimeError(done.stderr)
        return done

    def wait_for_kind(self):
        wait_for("the kind is served", lambda: self.kubectl("get", "sdep", "-A").returncode == 0)

    def stored(self, name, namespace):
        """The object as the API server has it, without what only the API server and kubectl write."""
        done = self.kubectl("get", f"sdep/{name}", "-n", namespace, "-o", "json")
        return comparable(json.loads(done.stdout)) if done.returncode == 0 else None

    def run(self, *arguments, stdin=""):
        command = [str(self.programs["seldon-trace"]), *map(str, arguments)]
        return subprocess.run(command, cwd=self.folder, input=stdin, capture_output=True, text=True)

    def made(self, manifest, command="enable", settings="settings.yaml"):
        """What the command line makes of a manifest."""
        done = self.run(command, "--config", settings, stdin=json.dumps(manifest))
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return comparable(json.loads(done.stdout))

    def configuration(self, name, port, *options):
        """The MutatingWebhookConfiguration that `agent webhook` prints, for a server on this machine."""
        options = ["--image", "a:1", "--config", "settings.yaml", *options]
        secret = ["--tls-secret", "tls", "--ca-bundle", "ca.crt"]
        printed = self.run("agent", "webhook", *options, *secret)
        if printed.returncode != 0:
            raise RuntimeError(printed.stderr)
        *_, document = printed.stdout.split("---\n")
        read = self.kubectl("create", "--dry-run=client", "-o", "json", "-f", "-", stdin=document)
        configuration = json.loads(read.stdout)
        configuration["metadata"]["name"] = name
        for hook in configuration["webhooks"]:
            client = hook["clientConfig"]
            client["url"] = f"https://127.0.0.1:{port}{client.pop('service')['path']}"
        return configuration

    @contextlib.contextmanager
    def webhook(self, settings, *options, name="seldon-trace", scope="labelled"):
        """A webhook that is configured, for as long as the body takes."""
        self.write("settings.yaml", settings)
        port = free_port()
        log = self.folder / "seldon-trace.log"
        log.write_text("")
        server = self.start(
            "seldon-trace", "webhook", "--cert=tls.crt", "--key=tls.key", "--config=settings.yaml",
            f"--listen=127.0.0.1:{port}", *options,
        )  # fmt: skip
        webhook = Webhook(log, server, port)
        try:
            wait_for("the webhook listens", lambda: any(line["message"] == "listening" for line in webhook.lines()))
            self.apply(self.configuration(name, port, "--scope", scope))
            self.wait_for_webhook(webhook)
            yield webhook
        finally:
            self.kubectl("delete", "mutatingwebhookconfiguration", name, "--ignore-not-found")
            webhook.stop()

    def wait_for_webhook(self, webhook):
        """The API server reads a configuration some time after it is stored."""

        def is_asked():
            self.apply(probe("traced"), "--dry-run=server")
            return any(line.get("name") == "probe" for line in webhook.lines())

        wait_for("the webhook is asked", is_asked)


class Webhook:
    def __init__(self, log, server, port):
        self.log, self.server, self.port = log, server, port

    def lines(self):
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.endswith("}")]

    def reviews(self, name):
        """The outcomes of the reviews of an object, in order."""
        return [line["outcome"] for line in self.lines() if line.get("name") == name]

    def logged(self, **fields):
        def is_there():
            return any(all(line.get(key) == value for key, value in fields.items()) for line in self.lines())

        wait_for(f"the log has {fields}", is_there)

    def stop(self):
        if self.server.poll() is None:
            self.server.send_signal(signal.SIGKILL)
            self.server.wait()


def probe(namespace):
    metadata = {"name": "probe", "namespace": namespace}
    return {"apiVersion": f"{API}/v1", "kind": "SeldonDeployment", "metadata": metadata, "spec": {"predictors": []}}


def as_list(objects):
    return objects if isinstance(objects, dict) else {"apiVersion": "v1", "kind": "List", "items": objects}


def comparable(stored):
    metadata = stored["metadata"]
    annotations = {key: value for key, value in metadata.get("annotations", {}).items() if key != LAST_APPLIED}
    kept = {"name": metadata.get("name"), "labels": metadata.get("labels", {}), "annotations": annotations}
    return {"metadata": kept, "spec": stored["spec"]}
