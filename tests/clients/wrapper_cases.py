"""The environments that Seldon Core's Python wrapper is given."""

from executor_cases import BRACKETED, HOSTS, LONG, NO_HOSTS, SAMPLING, each

ON = {"TRACING": "1"}

SWITCHES = ["0", "1", "2", "-1", "+1", "-0", "+0", "00", "01", "007", "1_0", "0_0", " 1", "1 ", " 0 ", "\t1\n", "\u00a01", "\u20281", "\x1f1",
    "\uff11", "\u0661", "1\u0662", "\uff10", "99999999999999999999", "-99999999999999999999", "9" * 4300, "0" * 4300]
NO_SWITCHES = ["", " ", "true", "True", "false", "yes", "no", "on", "off", "1.0", "0.0", "1e0", "0x1", "0b1", "0o1", "1,0", "1 0", "--1", "+-1",
    "+", "-", "_1", "1_", "1__0", "+ 1", "\u00bd", "\u00b2", "\u2460", "\u4e00", "\u200b1", "\ufeff1", "'1'", "$(TRACING)", "${TRACING}", "{{ tracing }}", "<on>",
    "9" * 4301, "1_" * 2200 + "1", "None", "t", "y", "1;", "\u066b1"]

PORTS = ["5775", "6831", "6832", "1", "65535", "0", "-0", "65536", "99999", "-1", "+6831", "06831", "6_831", " 6831", "6831 ", "\n6831", "\uff16\uff18\uff13\uff11", "\u0666\u0668\u0663\u0661",
    "9223372036854775807", "9" * 30]
NO_PORTS = ["", " ", "abc", "6831.0", "0x1aaf", "6_", "_6", "6__8", "udp://10.0.0.1:6831", "tcp://10.0.0.1:6831", "6831/udp", "6831,5775", "6,831", "$(PORT)", "${PORT}", "None", "true",
    LONG, "6831\u00bd", "+", "--1", "9" * 5000]

MORE_HOSTS = ["127.0.1", "0", "127.0.0.1\n", "<broadcast>", "255.255.255.255", "10.1.2.3", "localhost.localdomain", "0177.0.0.1", "08.0.0.1", "127.0.0.0x1", "4294967296", "1.2.3.4.5"]

TAGS = ["a=b", "a=b,c=d", " a = b , c = d ", "a=", "=b", "=", "=,=", "a=b,a=c", "a=\u00e4 b", "a=${SET:x}", "a=${SET}", "a=${}", "a=$(SET)", "a=\"b\"", "a=b\n,c=d",
    "\u00a0a=\u00a0b", "a=" + LONG, "ip=10.0.0.1", "ip=", "hostname=h", "jaeger.version=1", "a=b c", "a:b=c", "a=true", "a=1"]
NO_TAGS = ["a", ",", "a=b,", ",a=b", "a=b,,c=d", "a=b=c", "a==", "==", " ", "true", "a:b", LONG, "a=${UNSET:=x}", "a=b, ", "a=b,c", "\u00e4", "a=b;c=d", "a=b c=d"]

EXTRA = ["", "content_type", "path,method", " path , , method ", ",", "nothing", "data", "\u00e4", LONG, "$(X)", "environ", "json", "path,path"]

UNREAD = {
    "JAEGER_SERVICE_NAME": ["", "s"],
    "JAEGER_DISABLED": ["true", "yes", ""],
    "JAEGER_ENDPOINT": ["http://c:14268/api/traces", "c", ""],
    "JAEGER_USER": ["u"],
    "JAEGER_PASSWORD": ["p"],
    "JAEGER_SAMPLER_TYPE": ["const", "x", ""],
    "JAEGER_SAMPLER_PARAM": ["0", "x", ""],
    "JAEGER_SAMPLER_MAX_OPERATIONS": ["x"],
    "JAEGER_SAMPLER_REFRESH_INTERVAL": ["1"],
    "JAEGER_SAMPLER_MANAGER_HOST_PORT": ["x"],
    "JAEGER_SAMPLING_ENDPOINT": ["x"],
    "JAEGER_REPORTER_MAX_QUEUE_SIZE": ["x", "0"],
    "JAEGER_REPORTER_FLUSH_INTERVAL": ["x"],
    "JAEGER_REPORTER_LOG_SPANS": ["x"],
    "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED": ["x"],
    "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL": ["x"],
    "JAEGER_RPC_METRICS": ["x"],
    "JAEGER_TRACE_PROPAGATION_TYPE": ["b3"],
    "JAEGER_PROPAGATION": ["b3"],
    "JAEGER_AUTH_TOKEN": ["t"],
}


def cases():
    yield {}
    yield ON
    yield SAMPLING
    yield from each("TRACING", SWITCHES, NO_SWITCHES, base={})
    hosts = [host for host in HOSTS if len(host) < 100 or host == LONG]
    yield from each("JAEGER_AGENT_HOST", [""], hosts, NO_HOSTS, BRACKETED, MORE_HOSTS, base=ON)
    yield from each("JAEGER_AGENT_PORT", PORTS, NO_PORTS, base=ON)
    yield from each("JAEGER_TAGS", [""], TAGS, NO_TAGS, base={**ON, "SET": "of the pod"})
    yield from each("JAEGER_EXTRA_TAGS", EXTRA, base=ON)
    yield from each("JAEGER_TRACEID_128BIT", ["true", "True", "1", "false", "", " true"], base=ON)
    yield from each("JAEGER_CONFIG_PATH", FILES, base=ON)
    for name, values in UNREAD.items():
        yield from each(name, values, base=ON)
    yield from pairs()


FILES = ["", " ", "const.yaml", "none.yaml", "unknown-key.yaml", "empty.yaml", "missing.yaml", "/nowhere/config.yaml", ".", "\u00e4.yaml", "$(FILE)"]


def pairs():
    # Off, nothing else is read.
    bad = {"JAEGER_AGENT_HOST": "http://x", "JAEGER_AGENT_PORT": "x", "JAEGER_TAGS": "a", "JAEGER_CONFIG_PATH": "", "JAEGER_EXTRA_TAGS": ","}
    for name, value in bad.items():
        for switch in [None, "0", " 0_0 ", "true"]:
            yield {name: value} if switch is None else {"TRACING": switch, name: value}
    for host in ["", "localhost", "a b", "::1", "127.0.0.1:6831"]:
        for port in ["", "x", "6831", "0", "99999"]:
            yield {**ON, "JAEGER_AGENT_HOST": host, "JAEGER_AGENT_PORT": port}
    # A file decides on host and port, but not on the tags of the environment.
    for file in ["const.yaml", "none.yaml", "missing.yaml"]:
        for name, value in [("JAEGER_AGENT_HOST", "a b"), ("JAEGER_AGENT_PORT", "x"), ("JAEGER_TAGS", "a=b"), ("JAEGER_TAGS", "a"), ("JAEGER_TRACEID_128BIT", "true")]:
            yield {**ON, "JAEGER_CONFIG_PATH": file, name: value}
    yield {**ON, **SAMPLING, "JAEGER_SAMPLER_PARAM": "0"}
    yield {**ON, "JAEGER_DISABLED": "true", "JAEGER_AGENT_PORT": "6831"}
    yield {**ON, "JAEGER_ENDPOINT": "http://c/", "JAEGER_AGENT_HOST": "127.0.0.1"}
