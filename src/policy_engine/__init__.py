"""A rules engine for policy documents.

    from policy_engine import decide, load_pack
    pack = load_pack("xuanzhou_2021")
    decision = decide(pack, {"county": "宣州区", "as_of": "2021-09-01"})

Names are imported when first used, so that `import policy_engine` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module

from policy_engine.version import __version__

TYPE_CHECKING = False  # importing `typing` for it would be most of what importing this package costs
if TYPE_CHECKING:
    from policy_engine.api import Decision, decide
    from policy_engine.casework import duties, read_case, standing
    from policy_engine.documents.read_facts import read_facts_file
    from policy_engine.documents.read_pack import load_pack
    from policy_engine.documents.read_settings import load_settings
    from policy_engine.errors import FactsError, PackError, PolicyEngineError, Problem, RequestError
    from policy_engine.model.pack import Pack
    from policy_engine.model.scenario import Scenario, Settings
    from policy_engine.typed_facts import Area, Household, Village

_HOMES = {
    "Area": "typed_facts",
    "Decision": "api",
    "FactsError": "errors",
    "Household": "typed_facts",
    "Pack": "model.pack",
    "PackError": "errors",
    "PolicyEngineError": "errors",
    "Problem": "errors",
    "RequestError": "errors",
    "Scenario": "model.scenario",
    "Settings": "model.scenario",
    "Village": "typed_facts",
    "decide": "api",
    "duties": "casework",
    "load_pack": "documents.read_pack",
    "load_settings": "documents.read_settings",
    "read_case": "casework",
    "read_facts_file": "documents.read_facts",
    "standing": "casework",
}

__all__ = [
    "Area",
    "Decision",
    "FactsError",
    "Household",
    "Pack",
    "PackError",
    "PolicyEngineError",
    "Problem",
    "RequestError",
    "Scenario",
    "Settings",
    "Village",
    "__version__",
    "decide",
    "duties",
    "load_pack",
    "load_settings",
    "read_case",
    "read_facts_file",
    "standing",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'policy_engine' has no attribute {name!r}")
    return getattr(import_module(f"policy_engine.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
