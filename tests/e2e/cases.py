"""The cases: functions that check one thing, with what they need."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Callable, Dict, Tuple

HERE = Path(__file__).resolve().parent
CASES: Dict[str, "Case"] = {}


@dataclass(frozen=True)
class World:
    """What is there: seldon-trace, the environments and the built programs, by name."""

    program: str
    environments: Dict[str, str]
    programs: Dict[str, str]
    # Variables that override all others: shows that the checks can fail.
    spoilt: Dict[str, str]

    def environment(self, name):
        return Path(self.environments[name])

    def missing(self, needs):
        return [name for name in needs if name not in self.environments and name not in self.programs]

    def written(self):
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text):
        return cls(**json.loads(text))


@dataclass(frozen=True)
class Case:
    name: str
    needs: Tuple[str, ...]
    check: Callable


def case(*needs, name=None):
    def register(check):
        made = Case(name or check.__name__.replace("_", "-"), needs, check)
        CASES[made.name] = made
        return check

    return register
