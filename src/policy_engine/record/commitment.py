"""Records that can be shown in part: each hidden fact stands as a salted commitment, and can be disclosed by itself.

A place is a JSON pointer (RFC 6901) into the record. A fact's commitment is the HMAC-SHA256, under its own random salt of 32
bytes, of the canonical JSON of `[place, value]`; without the salt it tells nothing of the value. The hash of the shown form,
which holds the commitments, is the record's `commitment`: a masked copy and the full record give the same.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policy_engine.decision.answer import Decision
from policy_engine.decision.masking import MASK, mask_decision
from policy_engine.errors import LedgerError, Problem, problem
from policy_engine.model.canonical import canonical
from policy_engine.model.core_codes import SOURCE
from policy_engine.model.vocabulary import Vocabulary
from policy_engine.record.decision_form import decision_form

__all__ = [
    "Disclosed",
    "MaskedRecord",
    "MaskingForm",
    "check_copy",
    "commitment",
    "masked_record",
    "masking",
    "place_of_fact",
    "read_copy",
]

FORM = 1
"""Version of the form of masked copies."""

SALT = 32
"""Bytes; a fixed length, as an HMAC fills up shorter keys."""


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MaskingForm(_Form):
    """What is hidden where a record is shown masked. Kept with the facts: whoever has it can open every commitment."""

    salts: dict[str, str] = Field(
        description="of each hidden place in facts and scenario: its salt, 32 bytes in hexadecimal"
    )
    hidden: dict[str, Any] = Field(description=f"hidden parts of the decision, as a tree; null: shown as {MASK}")


class Disclosed(_Form):
    """One fact with its salt: proves that the record holds this value, and nothing of any other."""

    place: str
    value: Any
    salt: str


class MaskedRecord(_Form):
    """A record as others may see it."""

    form: int = FORM
    masked: bool = True
    commitment: str = Field(description="SHA-256 of the canonical JSON of `record`")
    record: dict[str, Any] = Field(description='as recorded; a hidden fact is {"commitment": …}')
    disclosed: tuple[Disclosed, ...] = ()


# ---- making


def masking(record: Mapping[str, Any], decision: Decision, vocabulary: Vocabulary) -> MaskingForm:
    """What to hide of a record (as JSON) of this decision, with fresh salts."""
    facts = record["facts"]
    places = [
        *(f"/facts/facts{place}" for place in _personal(facts["facts"], "", "", facts["subject"], vocabulary)),
        *(f"/facts/evidence{place}" for place in _persons(facts["evidence"])),
        *(f"/scenario/changes{place}" for place in _expressions(record["scenario"].get("changes", ()))),
    ]
    shown = decision_form(mask_decision(decision)).model_dump(mode="json", exclude={"masked"})
    hidden = _differing(record["decision"], shown) or {}
    return MaskingForm(salts={place: secrets.token_hex(SALT) for place in places}, hidden=hidden)


def _personal(data: Any, place: str, path: str, subject: str, vocabulary: Vocabulary) -> Iterator[str]:
    """Places of personal values among facts; lists of records and records are opened."""
    if isinstance(data, dict):
        for name, item in data.items():
            below = f"{path}.{name}" if path else name
            yield from _personal(item, f"{place}/{_escaped(name)}", below, subject, vocabulary)
    elif isinstance(data, list) and any(isinstance(item, dict) for item in data):
        for number, item in enumerate(data):
            yield from _personal(item, f"{place}/{number}", f"{path}[{number + 1}]", subject, vocabulary)
    elif vocabulary.personal(subject, path):
        yield place


def _persons(evidence: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Places of persons, references and free words in evidence."""
    for path, found in evidence.items():
        for name in ("by", "reference", "source"):
            if found[name] and not (name == "source" and SOURCE.find(found[name])):
                yield f"/{_escaped(path)}/{name}"


def _expressions(changes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Places of expressions in supposed facts: they may speak of one person, or hold the figures of one."""
    for number, change in enumerate(changes):
        yield f"/{number}/when"
        yield from (f"/{number}/set/{_escaped(path)}" for path in change["set"])


def _differing(one: Any, other: Any) -> dict[str, Any] | None:
    """Where the parts that two JSON values have in common differ, as a tree; None where they differ as a whole."""
    pairs: Iterable[tuple[str, Any, Any]]
    if isinstance(one, dict) and isinstance(other, dict):
        pairs = ((name, item, other[name]) for name, item in one.items() if name in other)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = ((str(number), left, right) for number, (left, right) in enumerate(zip(one, other, strict=True)))
    else:
        return None
    return {name: _differing(left, right) for name, left, right in pairs if left != right}


def masked_record(body: Mapping[str, Any], disclose: Iterable[str] = ()) -> MaskedRecord:
    """The masked copy of a record from its JSON, with some facts disclosed.

    Raises `LedgerError` where the record has no salts (made before form 2), or a place to disclose is not hidden.
    """
    salts = _masking_of(body).salts
    disclosed = []
    for place in disclose:
        if place not in salts:
            raise LedgerError([problem("record.nothing_hidden", found=place)])
        disclosed.append(Disclosed(place=place, value=_at(body, place), salt=salts[place]))
    shown = _shown(body)
    return MaskedRecord(commitment=_hash(shown), record=shown, disclosed=tuple(disclosed))


def commitment(body: Mapping[str, Any]) -> str:
    """The commitment of a record from its JSON: the same for its masked copies. Raises `LedgerError` as above."""
    return _hash(_shown(body))


def _masking_of(body: Mapping[str, Any]) -> MaskingForm:
    if not body.get("masking"):
        raise LedgerError([problem("record.without_salts", form=body.get("form"))])
    try:
        return MaskingForm.model_validate(body["masking"])
    except ValidationError as error:
        raise LedgerError([problem("record.unreadable", where="masking", why=error.errors()[0]["msg"])]) from None


def _shown(body: Mapping[str, Any]) -> dict[str, Any]:
    """The record with a commitment or a mark at every hidden place, without salts."""
    found = _masking_of(body)
    try:
        marks = {place: {"commitment": _commit(place, _at(body, place), salt)} for place, salt in found.salts.items()}
        shown = {name: item for name, item in body.items() if name != "masking"}
        shown["decision"] = _hidden(body["decision"], found.hidden)
        shown |= {part: _marked(body[part], f"/{part}", marks) for part in ("facts", "scenario")}
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise LedgerError([problem("record.unreadable", where="masking", why=error)]) from None
    return shown


def _hidden(data: Any, hidden: Mapping[str, Any] | None) -> Any:
    """A part of the decision with the mark wherever the tree says so."""
    if hidden is None:
        return MASK
    if isinstance(data, dict):
        return {name: _hidden(item, hidden[name]) if name in hidden else item for name, item in data.items()}
    if isinstance(data, list):
        return [_hidden(item, hidden.get(str(number), {})) for number, item in enumerate(data)]
    return data


def _marked(data: Any, place: str, marks: Mapping[str, Any]) -> Any:
    if place in marks:
        return marks[place]
    if isinstance(data, dict):
        return {name: _marked(item, f"{place}/{_escaped(name)}", marks) for name, item in data.items()}
    if isinstance(data, list):
        return [_marked(item, f"{place}/{number}", marks) for number, item in enumerate(data)]
    return data


def _commit(place: str, value: Any, salt: str) -> str:
    key = bytes.fromhex(salt)
    if len(key) != SALT:
        raise LedgerError([problem("record.unreadable", where=place, why="salt")])
    return hmac.new(key, canonical([place, value]), sha256).hexdigest()


def _hash(shown: Any) -> str:
    return sha256(canonical(shown)).hexdigest()


# ---- checking


def read_copy(data: Any) -> MaskedRecord:
    """A masked copy from its JSON; raises `LedgerError`."""
    try:
        copy = MaskedRecord.model_validate(data)
    except ValidationError as error:
        raise LedgerError([problem("record.unreadable", where="", why=error.errors()[0]["msg"])]) from None
    if copy.form > FORM:
        raise LedgerError([problem("record.newer", found=copy.form, known=FORM)])
    return copy


def check_copy(copy: MaskedRecord, expected: str | None = None) -> tuple[Problem, ...]:
    """What is wrong with a masked copy: it was changed, a disclosed fact is not the one recorded, or (where the
    commitment is known from elsewhere: the ledger, a letter) it is a copy of something else.
    """
    found: list[Problem] = []
    try:
        if _hash(copy.record) != copy.commitment:
            found.append(problem("record.copy_changed"))
    except TypeError:
        found.append(problem("record.copy_changed"))
    if expected is not None and copy.commitment != expected:
        found.append(problem("record.copy_of_another", found=copy.commitment, wanted=expected))
    found += [problem("record.not_disclosed", where=one.place) for one in copy.disclosed if not _proves(copy, one)]
    return tuple(found)


def _proves(copy: MaskedRecord, one: Disclosed) -> bool:
    try:
        stated = _at(copy.record, one.place)["commitment"]
        return hmac.compare_digest(stated, _commit(one.place, one.value, one.salt))
    except (KeyError, IndexError, ValueError, TypeError, LedgerError):
        return False


# ---- places


def place_of_fact(path: str) -> str:
    """The place of a fact by its path: `members[2].health` as `/facts/facts/members/1/health`."""
    if path.startswith("/"):
        return path
    steps = []
    for part in path.split("."):
        name, _, number = part.partition("[")
        steps.append(_escaped(name))
        digits = number.rstrip("]")
        if digits.isascii() and digits.isdecimal():
            steps.append(str(int(digits) - 1))
    return "/".join(["/facts/facts", *steps])


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _steps(place: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in place.split("/")[1:]]


def _at(data: Any, place: str) -> Any:
    for step in _steps(place):
        data = data[int(step)] if isinstance(data, (list, tuple)) else data[step]
    return data
