"""The environments that the executor's client is given: each variable of its with values of every kind, then the
variables that depend on each other."""

# Samples every span, so that it shows whether one is sent.
SAMPLING = {"JAEGER_SAMPLER_TYPE": "const", "JAEGER_SAMPLER_PARAM": "1"}

LONG = "x" * 1000

BOOLEANS = """1 t T TRUE true True 0 f F FALSE false False""".split()
NO_BOOLEANS = ["yes", "no", "on", "off", "tRUE", "y", "2", "-1", "+1", "01", "1.0", "", " ", " true", "true ", "true\n",
    "'true'", "真", "١", "t" * 1000, "$(FLAG)"]

INTEGERS = ["0", "1", "-1", "+1", "007", "100", "9223372036854775807", "-9223372036854775808"]
NO_INTEGERS = ["abc", "1.0", "1e3", "0x10", "0b1", "1_000", "1,000", "1 000", " 1", "1 ", "\t1", "--1", "+", "-", " ",
    "９", "١", "9223372036854775808", "-9223372036854775809", "9" * 1000, "$(COUNT)", "1\n"]

DURATIONS = ["1s", "1m", "1h", "1.5s", ".5s", "1.s", "1m30s", "1h1m1s", "90m", "100ms", "250us", "250µs", "250μs",
    "999999ns", "0", "+0", "-0", "0s", "-1s", "+1s", "1h1h", "2562047h", "9223372036854775807ns", "0.1ns",
    "-9223372036854775807ns", "000001s", "1.123456789123456789s"]
NO_DURATIONS = ["1", "10", " 1s", "1s ", "1 s", "1S", "1M", "1d", "1 m", "s", ".s", "-", "+", ".", "-.s", "--1s", "1e3s",
    "1_000ms", "1,5s", "2562048h", "9223372036854775808ns", "1s1", "1ss", "٣s", "1秒", "1m 30s", "PT1M", " ",
    "$(INTERVAL)", "1" * 1000 + "s", "00", "1s-1s"]

FLOATS = ["0", "1", "-0", "0.0", "0.5", ".5", "1.", "1.0", "1e0", "1E0", "5e-1", "0.001", "1e-400", "0x1p-1", "0x.8p0",
    "0X1P-1", "0x1p0", "+0.5", "1_0", "0_1", "0x_1p0", "-0.0", "0.9999999999999999999", "1.0000000000000000000001", "2", "-1",
    "1.1", "100", "1e308", "NaN", "nan", "NAN", "Inf", "inf", "-Inf", "+Infinity", "infinity", "INF"]
NO_FLOATS = ["abc", " 1", "1 ", "1,5", "100%", "1/2", "0x1", "0x10", "0b1", "0o7", "1e", "e1", "1e1.5", "--1", "+", ".",
    "-.", "..5", "1..0", "true", "½", "１", "1e309", "-1e309", "1 0", " ", "1f", "0.5\n", "$(RATE)", "_1", "1__0",
    "+nan", "-nan", "infin", "0x", "0x1p", "9" * 400, "0x1p1024", "1_", "1_000.5", "0x1_0p-4", "1_0e0"]

HOSTS = ["localhost", "127.0.0.1", "127.1.2.3", "0.0.0.0", "jaeger-agent", "jaeger-agent.observability.svc",
    "jaeger-agent.observability.svc.cluster.local.", "LOCALHOST", "a_b", "_", ".", "a..b", ".a", "-a", "a-", "a-.b", "a.-b",
    "123", "1.2.3", "127.1", "256.1.1.1", "127.0.0.01", "127.0.0.1.", "0x7f.0.0.1", "2130706433", "localhost.", "a" * 63,
    "a" * 64, ("a" * 49 + ".") * 5 + "abc", ("a" * 49 + ".") * 5 + "abcd", ("a" * 49 + ".") * 5 + "abcde", LONG,
    "a b", " ", " localhost", "localhost ", "localhost\t", "a/b", "/", "a,b", "a@b", "a%b", "a*", "\"a\"", "jäger",
    "エージェント", "xn--jger-loa", "$(HOST_IP)", "${HOST}", "{{ host }}", "<host>", "http", "udp", "*"]
NO_HOSTS = ["localhost:6831", "127.0.0.1:6831", ":", "a:", ":6831", "http://jaeger-agent", "udp://127.0.0.1:6831",
    "http://jaeger:14268/api/traces", "::", "2001:db8::1", "[localhost", "localhost]", "[", "]", "[]:", "[::1]:6831",
    "a[b", "a]b", "[a]b", "[a][b]", "[[::1]]", "fe80::1%eth0"]
BRACKETED = ["[::1]", "[2001:db8::1]", "[localhost]", "[127.0.0.1]", "[]", "[a b]", "[::1%lo]", "[::ffff:127.0.0.1]", "[::g]"]

PORTS = ["6831", "5775", "6832", "14268", "4317", "1", "65535", "65536", "99999", "0", "00", "-1", "+6831", "06831",
    "-0", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "70000000000"]
NO_PORTS = ["udp://10.0.0.1:6831", "tcp://10.0.0.1:6831", "6831/udp", "6831.0", "6_831", "0x1aaf", "6831 ", " 6831", "abc",
    "6831,5775", "９", "compact", "$(PORT)", "${PORT:-6831}", " ", "6" * 1000]

TYPES = ["const", "CONST", "Const", "probabilistic", "PROBABILISTIC", "Probabilistic", "ratelimiting", "rateLimiting", "RATELIMITING",
    "remote", "REMOTE", "Remote"]
NO_TYPES = ["lowerbound", "adaptive", "always", "always_on", "parentbased_always_on", "rate_limiting", "rate-limiting",
    "ratelimited", "probabilistic ", " const", "const\n", "1", "0", "true", " ", "cönst", "ＣＯＮＳＴ", "consT1", "'const'", "$(TYPE)",
    LONG, "\u212aonst", "con\u017ft", "REMOTE "]

ENDPOINTS = ["http://jaeger-collector:14268/api/traces", "https://jaeger-collector/api/traces", "http://127.0.0.1:14268",
    "HTTP://C:14268/", "Https://c/", "http://c", "http://c/", "http://c:", "http://c:0/", "http://c:99999/", "http://c:65536/",
    "http://u:p@c:14268/", "http://u@c/", "http://:p@c/", "http://[::1]:14268/", "http://c/?format=jaeger.thrift", "http://c?x=1", "http://c/#frag",
    "http://c/a%20b", "http://c/ä", "http://jäger/", "http://c/a b", "http://c/$(X)", "http://$(HOST):14268/", "http://${HOST}:14268/api/traces",
    "http://{{host}}:14268/", "http://<host>:14268/", "http://c_d/", "http://c,d/", "http://%41/", "http://c/%", "http://c/%zz", "http://c/%2", "http://c?%zz",
    "http://", "http:///", "http:///x", "http://?", "http://?x", "http://:80/", "http://@/", "http:/c", "http:c", "http:", "https:", "https://", "http:?x", "https:/c:443/",
    "localhost:14268", "c:14268", "c:14268/api/traces", "grpc://c:14250", "ftp://c/", "udp://c:6831", "unix:///sock", "//c", "//c:14268/api/traces", "//", "/", "/api", "/a b", "///", "/%zz", "a+b-c.d1:x",
    "http://c:14268 /", "mailto:a@b", "x:", "X:", "http://c\\d/", "http://c\"d/", "http://c;d/", "http://c:80:80/", "http://::1/", "http://c/" + LONG,
    "http://c/\u00a0", "http://c/\u007f", "http://c/\u0085", "/ä", "//ä", "http://a@b@c/", "http://u:p:q@c/", "http://u%zz@c/", "http://ü@c/", "http://u<@c/", "http://c/x#%zz", "//a b", "https://c:443/api/traces?format=jaeger.thrift"]
NO_ENDPOINTS = ["c", "jaeger-collector", "127.0.0.1:14268", "jaeger-collector.ns:14268/x y", " http://c/", "http://c /", "http://a b/", "http://c:abc/", "http://c:-1/",
    "http://c:1x", "://c", ":", ":c", "1http://c", "_a:x", "-:x", "?", "#", "?x", "a b", "ä:x", "ä", "http ://c", "[::1]:14268", "http://[::1", "http://[::1]x/",
    "http://[::1]:x/", "*x", "$(URL)", "${URL}", "{{ url }}", "<url>", " ", "\thttp://c", "http://c\n", "http://c\t/", "ht\u007ftp://c", ".a:", "+a:b", "a%41:b", "http://c%/", "http://%zz/", "http://[::1%25]:1x/",
    "http://\u007f/", "a_b:14268", "jaeger_collector:14268", "0:1"]
ALONE_ENDPOINTS = ["*", "http:*"]

TAGS = ["a=b", "a=b,c=d", " a = b , c = d ", "a=b=c", "a==", "=b", "=", "a=", "a=b,a=c", "a=ä b", "ä=b", "a=,b=", "a=${HOME:x}",
    "a=${SET:x}", "a=${SET:}", "a=${UNSET:x}", "a=${UNSET:}", "a=${UNSET:x:y}", "a=${:x}", "a=${:}", "a= ${UNSET:x} ", "a=x${UNSET}", "a=${UNSET}x",
    "a=$UNSET", "a=${UNSET", "a=$(SET)", "a=$${UNSET}", "a=${{UNSET:x}}", "a=${BLANK:x}", "a=\"b c\"", "ip=10.0.0.1", "ip=x", "hostname=h", "jaeger.version=1", "a=" + LONG,
    "a=b\n,c=d", "a=\u00a0b\u00a0", "=,=", "a=${ SET :x}", "a={b}", "a=${UNSET: x }", "a=${UNSET:=x}", "a=${SET:a},b=${UNSET:b}"]
NO_TAGS = ["a", ",", "a=b,", ",a=b", "a=b,,c=d", "a=b,c", " ", "a:b", "a=${SET}", "a=${UNSET}", "a=${}", "a=b;c=d,e", "${SET:x}", "a= ${UNSET} ", "true",
    "a=b, ", "ä", LONG, "a=${UNSET:x,y}x", "a=${SET},b=c", "a=${UNSET:x,y=${UNSET}"]

SERVICES = ["model", "my service", " ", " executor ", "ä", "執行", "a/b", "a:b", "$(POD)", "${NAME}", "\"q\"", "'", LONG, "1", "null", "a\nb", "x" * 65536]

TEXTS = ["http://127.0.0.1:5778/sampling", "127.0.0.1:5778", "jaeger-agent:5778", "x", " ", "http://a b", "://", "ä", LONG, "$(URL)"]

PROPAGATIONS = ["b3", "B3", "jaeger", "w3c", "b3 ", " b3", "b3,jaeger", "", "b", LONG, "ｂ3"]


def each(variable, *kinds, base=SAMPLING):
    for kind in kinds:
        for value in kind:
            yield {**base, variable: value}


def cases():
    yield {}
    yield SAMPLING

    yield from each("JAEGER_DISABLED", BOOLEANS, NO_BOOLEANS)
    yield from each("JAEGER_RPC_METRICS", ["1", "true", "False", "F"], ["", "yes", " 1", "2", "真", "truE"])
    yield from each("JAEGER_REPORTER_LOG_SPANS", ["1", "t", "FALSE", "0"], ["", "no", "1 ", "-1", "T1", "on"])
    yield from each("JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED", BOOLEANS, NO_BOOLEANS)
    yield from each("JAEGER_SERVICE_NAME", [""], SERVICES)
    yield from each("JAEGER_AGENT_HOST", [""], HOSTS, NO_HOSTS, BRACKETED)
    yield from each("JAEGER_AGENT_PORT", [""], PORTS, NO_PORTS)
    yield from each("JAEGER_ENDPOINT", [""], ENDPOINTS, NO_ENDPOINTS, ALONE_ENDPOINTS)
    yield from each("JAEGER_SAMPLER_TYPE", [""], TYPES, NO_TYPES, base={})
    yield from each("JAEGER_SAMPLER_PARAM", [""], FLOATS, NO_FLOATS, base={"JAEGER_SAMPLER_TYPE": "const"})
    yield from each("JAEGER_SAMPLER_MAX_OPERATIONS", [""], INTEGERS, NO_INTEGERS, base={"JAEGER_SAMPLER_PARAM": "1"})
    yield from each("JAEGER_SAMPLER_REFRESH_INTERVAL", [""], DURATIONS, NO_DURATIONS, base={"JAEGER_SAMPLER_PARAM": "1"})
    queues = [size for size in INTEGERS if size[0] in "-+01"]
    yield from each("JAEGER_REPORTER_MAX_QUEUE_SIZE", ["", "100000", "9223372036854775807", "99999999999999"], queues, NO_INTEGERS)
    yield from each("JAEGER_REPORTER_FLUSH_INTERVAL", [""], DURATIONS, NO_DURATIONS[:16])
    yield from each("JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL", [""], DURATIONS, NO_DURATIONS[:20])
    yield from each("JAEGER_TAGS", [""], TAGS, NO_TAGS, base={**SAMPLING, "SET": "of the pod", "BLANK": ""})
    yield from each("JAEGER_TRACE_PROPAGATION_TYPE", PROPAGATIONS)
    yield from each("JAEGER_SAMPLING_ENDPOINT", [""], TEXTS, base={})
    yield from each("JAEGER_SAMPLER_MANAGER_HOST_PORT", [""], TEXTS[:6], base={})
    # What it doesn't read.
    for name in ["TRACING", "JAEGER_PROPAGATION", "JAEGER_AUTH_TOKEN", "JAEGER_TRACEID_128BIT", "JAEGER_CONFIG_PATH", "JAEGER_EXTRA_TAGS"]:
        yield from each(name, ["x", "", "true"])

    yield from samplers()
    yield from remote()
    yield from endpoints()
    yield from reconnecting()
    yield from disabled()


def samplers():
    params = [None, "", "0", "1", "0.5", "-0", "1.0000001", "-1", "-1e-9", "2", "100", "1e-30", "1e-18", "5e-324", "NaN", "Inf", "-Inf", "0x1p-1", "x"]
    for kind in [None, "", "const", "Probabilistic", "rateLimiting", "remote"]:
        for param in params:
            env = {"JAEGER_SAMPLER_TYPE": kind, "JAEGER_SAMPLER_PARAM": param}
            yield {name: value for name, value in env.items() if value is not None}
    yield {"JAEGER_SAMPLER_TYPE": "probab\u0130listic", "JAEGER_SAMPLER_PARAM": "1"}
    yield {"JAEGER_SAMPLER_TYPE": "always", "JAEGER_SAMPLER_PARAM": "x"}
    yield {"JAEGER_SAMPLER_TYPE": "always", "JAEGER_SAMPLER_PARAM": "7"}


def remote():
    for kind in [None, "remote"]:
        for host in [None, "", "127.0.0.1", "a b", "[::1]"]:
            for endpoint in [None, "", "http://s:1/sampling"]:
                for old in [None, "", "s:2"]:
                    env = {"JAEGER_SAMPLER_TYPE": kind, "JAEGER_AGENT_HOST": host, "JAEGER_SAMPLING_ENDPOINT": endpoint,
                        "JAEGER_SAMPLER_MANAGER_HOST_PORT": old}
                    yield {name: value for name, value in env.items() if value is not None}
    # Unread beside any other sampler.
    yield {**SAMPLING, "JAEGER_SAMPLING_ENDPOINT": "x", "JAEGER_SAMPLER_MANAGER_HOST_PORT": "y"}
    yield {"JAEGER_ENDPOINT": "http://c/", "JAEGER_AGENT_HOST": "a:1"}


def endpoints():
    collector = {**SAMPLING, "JAEGER_ENDPOINT": "http://c:14268/api/traces"}
    users = [None, "", "u", " ", "ü:"]
    for user in users:
        for password in [None, "", "p", " "]:
            env = {"JAEGER_USER": user, "JAEGER_PASSWORD": password}
            env = {name: value for name, value in env.items() if value is not None}
            yield {**SAMPLING, **env}
            yield {**collector, **env}
    yield {**collector, "JAEGER_ENDPOINT": "http://a:b@c/", "JAEGER_USER": "u", "JAEGER_PASSWORD": "p"}
    yield {**collector, "JAEGER_ENDPOINT": "grpc://c", "JAEGER_USER": "u"}
    yield {**collector, "JAEGER_ENDPOINT": "c", "JAEGER_USER": "u"}
    for port in ["abc", "udp://10.0.0.1:6831", "99999", "0", ""]:
        yield {**collector, "JAEGER_AGENT_PORT": port}
        yield {**collector, "JAEGER_ENDPOINT": "", "JAEGER_AGENT_PORT": port}
        yield {**collector, "JAEGER_ENDPOINT": "grpc://c", "JAEGER_AGENT_PORT": port}
    for host in ["a:1", "http://x", "2001:db8::1", "a b"]:
        yield {**collector, "JAEGER_AGENT_HOST": host}
        yield {**collector, "JAEGER_ENDPOINT": "", "JAEGER_AGENT_HOST": host}
    for value in ["x", "true", "false", ""]:
        yield {**collector, "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED": value}
        yield {**collector, "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED": value, "JAEGER_AGENT_HOST": "a b"}
    for value in ["x", "-1s", "1"]:
        yield {**collector, "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL": value}
    for size in ["x", "-1", "9223372036854775807"]:
        yield {**collector, "JAEGER_REPORTER_MAX_QUEUE_SIZE": size}
    yield {**collector, "JAEGER_REPORTER_FLUSH_INTERVAL": "1"}
    yield {**collector, "JAEGER_SAMPLER_PARAM": "0"}
    yield {**collector, "JAEGER_ENDPOINT": "grpc://c", "JAEGER_SAMPLER_PARAM": "0"}
    yield {"JAEGER_ENDPOINT": "http://c/", "JAEGER_AGENT_HOST": "h"}


def reconnecting():
    off = {**SAMPLING, "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED": "true"}
    for host in ["127.0.0.1", "jaeger-agent", "a b", "256.1.1.1", "a:1", " ", "$(HOST_IP)", "[localhost]", "0.0.0.0", "[]", "a..b"]:
        yield {**off, "JAEGER_AGENT_HOST": host}
        yield {**off, "JAEGER_AGENT_HOST": host, "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED": "F"}
    for port in ["0", "1", "65535", "65536", "-1", "99999", "x"]:
        yield {**off, "JAEGER_AGENT_PORT": port}
        yield {**off, "JAEGER_AGENT_PORT": port, "JAEGER_AGENT_HOST": "a b"}
    for interval in ["x", "1", "-1s", "0", "1s"]:
        yield {**off, "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL": interval}
        yield {**off, "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED": "0", "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL": interval}
    yield {**off, "JAEGER_SAMPLER_PARAM": "0", "JAEGER_AGENT_HOST": "a b"}


def disabled():
    bad = [("JAEGER_AGENT_HOST", "a:1"), ("JAEGER_AGENT_HOST", "http://x"), ("JAEGER_AGENT_PORT", "x"), ("JAEGER_AGENT_PORT", "99999"),
        ("JAEGER_ENDPOINT", "c"), ("JAEGER_ENDPOINT", "grpc://c"), ("JAEGER_SAMPLER_TYPE", "always"), ("JAEGER_SAMPLER_PARAM", "x"), ("JAEGER_SAMPLER_PARAM", "7"),
        ("JAEGER_SAMPLER_MAX_OPERATIONS", "x"), ("JAEGER_SAMPLER_REFRESH_INTERVAL", "1"), ("JAEGER_REPORTER_MAX_QUEUE_SIZE", "x"),
        ("JAEGER_REPORTER_MAX_QUEUE_SIZE", "9223372036854775807"), ("JAEGER_REPORTER_FLUSH_INTERVAL", "1"), ("JAEGER_REPORTER_LOG_SPANS", "x"), ("JAEGER_RPC_METRICS", "x"),
        ("JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED", "x"), ("JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL", "1"),
        ("JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL", "-1s"), ("JAEGER_TAGS", "a"), ("JAEGER_TAGS", "a=${B}"), ("JAEGER_USER", "u"),
        ("JAEGER_SERVICE_NAME", ""), ("JAEGER_TRACE_PROPAGATION_TYPE", "b3"), ("JAEGER_SAMPLING_ENDPOINT", " ")]
    for name, value in bad:
        for flag in ["true", "false", ""]:
            yield {"JAEGER_DISABLED": flag, name: value}
    yield {"JAEGER_DISABLED": "1", "JAEGER_ENDPOINT": "http://c/", "JAEGER_USER": "u"}
    yield {"JAEGER_DISABLED": "1", "JAEGER_ENDPOINT": "http://c/", "JAEGER_USER": "u", "JAEGER_PASSWORD": "p"}
    yield {"JAEGER_DISABLED": "1", "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED": "1", "JAEGER_AGENT_HOST": "a b"}
    # Two faults: the first that it reads is the one that it names.
    yield {"JAEGER_DISABLED": "yes", "JAEGER_RPC_METRICS": "yes"}
    yield {"JAEGER_DISABLED": "yes", "JAEGER_TAGS": "a"}
    yield {"JAEGER_TAGS": "a", "JAEGER_SAMPLER_PARAM": "x"}
    yield {"JAEGER_AGENT_PORT": "x", "JAEGER_SAMPLER_TYPE": "x"}
    yield {"JAEGER_AGENT_HOST": "a:1", "JAEGER_SAMPLER_TYPE": "x"}
