"""The smallest model that the Python wrapper of Seldon Core serves."""


class Model:
    def predict(self, X, features_names=None):
        return X
