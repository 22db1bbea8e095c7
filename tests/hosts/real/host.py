"""A folder with a host and the program, and the checks in it."""

import os
import subprocess

# kustomize takes a minute for 3,000 resources.
SECONDS = 600

SECRET = "sesame"

DEPLOYMENT = """\
apiVersion: machinelearning.seldon.io/v1
kind: SeldonDeployment
metadata:
  name: {name}
  annotations:
    team: a  # stays
spec:
  predictors:
  - name: default
    graph: {{name: classifier, implementation: SKLEARN_SERVER, modelUri: gs://models/iris}}
"""

OTHER = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other\ndata:\n  a: b\n"

# Refused: `predictors` has to be a list. Its other lines must not be shown.
REFUSED = f"""\
apiVersion: machinelearning.seldon.io/v1
kind: SeldonDeployment
metadata:
  name: wrong
  namespace: prod
spec: {{oauth_secret: {SECRET}, predictors: {SECRET}}}
"""


class Host:
    def __init__(self, name, folder, program, tools):
        self.name, self.folder, self.program, self.tools = name, folder, program, tools
        self.done = self.failed = 0
        self.home = folder / "home"
        self.bin = self.home / "bin"
        self.bin.mkdir(parents=True)
        (self.bin / "seldon-trace").symlink_to(program)
        for other, path in tools.items():
            # The tool that is checked has its usual name.
            usual = other.partition("-")[0]
            if other == name or usual == other:
                (self.bin / usual).symlink_to(path)

    def write(self, path, text):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def run(self, *command, stdin="", **env):
        """The finished process. Its environment has nothing of the user's."""
        variables = {"HOME": str(self.home), "PATH": f"{self.bin}:/usr/local/bin:/usr/bin:/bin", **env}
        if "TMPDIR" in os.environ:
            variables["TMPDIR"] = os.environ["TMPDIR"]
        command = [str(word) for word in command]
        return subprocess.run(
            command, cwd=self.folder, env=variables, input=stdin, capture_output=True, text=True, timeout=SECONDS
        )

    def enable(self, text, *options):
        """What the program makes of a text in a plain pipe."""
        done = self.run("seldon-trace", "enable", "--backend=jaeger", *options, stdin=text)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout

    def check(self, what, holds, detail=""):
        self.done += 1
        self.failed += not holds
        shown = "" if holds else f": {detail}"
        print(f"{'ok' if holds else 'FAILED':8}{self.name}: {what}{shown}", flush=True)

    def succeeds(self, what, done):
        self.check(what, done.returncode == 0, done.stderr)

    def equal(self, what, expected, found):
        self.check(what, expected == found, f"expected:\n{expected}\nfound:\n{found}")

    def refuses(self, what, done, *words):
        """The user sees these words, and neither the secret nor a result."""
        shown = done.stdout + done.stderr
        missing = [word for word in words if word not in done.stderr]
        is_refused = done.returncode != 0 and not missing and SECRET not in shown and "JAEGER_AGENT_HOST" not in shown
        self.check(what, is_refused, f"exit status {done.returncode}, without {missing}:\n{shown}")
