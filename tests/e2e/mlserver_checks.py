"""MLServer itself, which speaks OpenTelemetry, called without an orchestrator. Not real is its image."""

import environments
from cases import HERE, case
from containers import Image
from manifest import Manifest, env_of_container, without
from observation import Observer
from pod import Pod
from receivers import Collector

PATH = "/v2/models/classifier/infer"
OPERATION = "POST /v2/models/{model_name}/infer"
SPAN = f"mlserver {OPERATION}"
# What it makes of one call: the request, and one for each message of it.
TRACE = [SPAN, *(f"mlserver {OPERATION} http {message} < {SPAN}" for message in ("receive", "send", "send"))]
# It sends every half second then, and not every 5 s, so that a test need not wait.
SOON = {"OTEL_BSP_SCHEDULE_DELAY": "500"}


def mlserver(environment):
    return Image(
        environment=environment,
        # It writes into the folder in which it is started.
        folder=environment,
        command=lambda env: ["mlserver", "start", str(HERE / "mlserver_model")],
        ports=[f"MLSERVER_{kind}_PORT" for kind in ("HTTP", "GRPC", "METRICS")],
        body=b'{"inputs": [{"name": "x", "shape": [2], "datatype": "FP32", "data": [1, 2]}]}',
        path=PATH,
        # It listens before it has the model.
        ready="/v2/health/ready",
    )


@case("collector", environments.MLSERVER)
def mlserver_by_otlp(world, report):
    observer = Observer(report)
    manifest = Manifest.read(world.program, HERE / "mlserver.yaml")
    image = mlserver(world.environment(environments.MLSERVER))

    def pod(predictor):
        return Pod(world, predictor, image, also=SOON)

    def silence(what, predictor):
        observer.silence(what, Collector(world), pod(predictor))

    for backend in ("jaeger", "datadog"):
        enabled = manifest.enable("--backend", backend, "--otlp")
        what = f"enable --backend {backend} --otlp"
        observer.traces(what, Collector(world), pod(enabled.predictor()), TRACE)
    silence("enable without --otlp", manifest.enable("--backend", "jaeger").predictor())
    spoilt = enabled.predictor()
    without(env_of_container(spoilt), "HOST_IP")
    silence("HOST_IP removed", spoilt)
    disabled = enabled.disable()
    report.same("disable gives the manifest back", manifest.text, disabled.text)
    silence("disable", disabled.predictor())
    silence("disable --keep-config", enabled.disable("--keep-config").predictor())
