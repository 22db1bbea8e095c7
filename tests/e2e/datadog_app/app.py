"""The smallest app that Datadog's library traces. It knows nothing of tracing: `ddtrace-run` brings that."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/predict")
def predict():
    return "predicted"


app.run("127.0.0.1", int(os.environ["APP_PORT"]))
