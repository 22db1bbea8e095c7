from mlserver import MLModel
from mlserver.types import InferenceResponse, ResponseOutput


class Sum(MLModel):
    async def predict(self, payload):
        total = sum(payload.inputs[0].data)
        output = ResponseOutput(name="sum", shape=[1], datatype="FP32", data=[total])
        return InferenceResponse(model_name=self.name, outputs=[output])
