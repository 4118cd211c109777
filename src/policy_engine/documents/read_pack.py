"""Finding a pack and reading its files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from policy_engine.documents.forms import DecisionForm, FactForm, PackForm, ParameterForm, ReadingForm
from policy_engine.documents.link import FORMAT, LANGUAGE, link
from policy_engine.documents.pack_forms import PackForms
from policy_engine.documents.procedure_forms import DutyForm, ProcedureForm
from policy_engine.documents.reaction_forms import ReactionForm
from policy_engine.documents.reader import BAD, Reader, Word
from policy_engine.documents.yaml import Node, Scalar, read
from policy_engine.errors import PackError, Problem, RequestError, problem
from policy_engine.expression.names import nearest
from policy_engine.model.pack import Pack
from policy_engine.source import Source, Span

__all__ = ["check_pack", "find_pack", "load_pack", "pack_folders", "shipped_packs"]

ENTRY_POINTS = "policy_engine.packs"
"""Entry-point group: a package that ships packs names a folder of packs, or a function that returns one."""

_FILES: tuple[tuple[str, str, Any], ...] = (
    ("parameters.yaml", "parameters", ParameterForm),
    ("readings.yaml", "readings", ReadingForm),
    ("vocabulary.yaml", "vocabulary", dict[Word, FactForm]),
    ("procedures.yaml", "procedures", ProcedureForm),
    ("duties.yaml", "duties", DutyForm),
    ("reactions.yaml", "reactions", ReactionForm),
)
"""Files of a pack beside `pack.yaml` and the rules: name, the part of the forms, and the form of an entry."""

_FOLDERS = ("rules", "cases", "cases/procedures")
"""Folders of a pack; each file in them is read."""


def load_pack(name: str | os.PathLike[str], folders: Iterable[str | os.PathLike[str]] = ()) -> Pack:
    """The pack of this name (looked for in `folders`, then among the shipped and installed ones) or in this folder.

    Raises `RequestError` where there is none, `PackError` with every problem where it cannot be used.
    """
    pack, problems = check_pack(find_pack(name, folders))
    if pack is None:
        raise PackError(problems)
    return pack


def check_pack(folder: Path) -> tuple[Pack | None, tuple[Problem, ...]]:
    """The pack in this folder, or None; and everything found wrong with it."""
    forms = _read_forms(folder)
    pack = forms.pack
    if pack is not None:
        newer = [
            problem("pack.newer", pack.span, what=what, found=found, known=known)
            for what, found, known in (("format", pack.format, FORMAT), ("language", pack.language, LANGUAGE))
            if found > known
        ]
        if newer:
            return None, tuple(newer)
    return link(forms)


def find_pack(name: str | os.PathLike[str], folders: Iterable[str | os.PathLike[str]] = ()) -> Path:
    """The folder of a pack; raises `RequestError` with the nearest known names."""
    text = os.fspath(name)
    direct = Path(text)
    if (direct / "pack.yaml").is_file():
        return direct
    if direct.name == "pack.yaml" and direct.is_file():
        return direct.parent
    for folder in chain(map(Path, folders), pack_folders()):
        if (folder / text / "pack.yaml").is_file():
            return folder / text
    known = shipped_packs(folders)
    near = nearest(text, known) or ", ".join(known)
    raise RequestError([problem("request.unknown_pack", found=text, near=near)])


def pack_folders() -> Iterator[Path]:
    """The folders in which packs are found: those shipped with this package, then those of other installed packages."""
    here = Path(__file__).resolve()
    shipped = here.parents[1] / "policies"
    yield shipped if shipped.is_dir() else here.parents[3] / "policies"
    from importlib.metadata import entry_points  # slow to import, and only needed for packs of others

    for entry in entry_points(group=ENTRY_POINTS):
        found: Any = entry.load()
        yield Path(found() if callable(found) else os.fspath(getattr(found, "__path__", [found])[0]))


def shipped_packs(folders: Iterable[str | os.PathLike[str]] = ()) -> dict[str, Path]:
    """All packs that can be found by name, sorted."""
    found: dict[str, Path] = {}
    for folder in chain(map(Path, folders), pack_folders()):
        for path in _packs_in(folder):
            found.setdefault(path.name, path)
    return dict(sorted(found.items()))


def _packs_in(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(path.parent for path in folder.glob("*/pack.yaml"))


# ---- files


def _read_forms(folder: Path) -> PackForms:
    forms = PackForms()
    forms.problems += _strange_files(folder)
    node = _one_document(folder / "pack.yaml", forms, required=True)
    if node is not None:
        forms.pack = _read(node, PackForm, forms)
    elif not forms.problems:
        forms.problems.append(problem("pack.empty", where=str(folder / "pack.yaml")))
    for file, part, form in _FILES:
        _fill(getattr(forms, part), folder / file, form, forms)
    rules = folder / "rules"
    for path in sorted(rules.glob("*.yaml")) if rules.is_dir() else ():
        _fill(forms.decisions, path, DecisionForm, forms)
    return forms


def _strange_files(folder: Path) -> list[Problem]:
    """Files that look like a part of the pack and are none: a misspelt name must not be passed over.

    That is every YAML file that is not read, and everything beside the YAML files of `rules/` and `cases/`.
    """
    known = ("pack.yaml", *(file for file, _, _ in _FILES))
    allowed = (*known, *(f"{name}/*.yaml" for name in _FOLDERS))
    found = []
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if not path.is_file() or any(part.startswith(".") for part in place.parts):
            continue
        of_pack = path.name in known if len(place.parts) == 1 else place.parent.as_posix() in _FOLDERS
        looks_like_it = path.suffix.lower() in (".yaml", ".yml") or place.parts[0] in _FOLDERS
        if looks_like_it and not (of_pack and path.suffix == ".yaml"):
            near = nearest(place.as_posix(), allowed) or ", ".join(allowed)
            found.append(problem("pack.unknown_file", where=str(path), found=place.as_posix(), near=near))
    return found


def _one_document(path: Path, forms: PackForms, *, required: bool = False) -> Node | None:
    text = read_text(path, forms.problems, required=required)
    if text is None:
        return None
    documents, problems = read(text, str(path))
    forms.problems += problems
    if len(documents) > 1:
        forms.problems.append(problem("pack.several_documents", documents[1].span))
    if not documents:
        return None
    first = documents[0]
    return None if isinstance(first, Scalar) and first.is_null else first


def read_text(path: Path, problems: list[Problem], *, required: bool = True) -> str | None:
    """The text of a UTF-8 file, or None with a problem (without one where the file need not be there)."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if required:
            problems.append(problem("file.not_found", where=str(path), path=path))
    except UnicodeDecodeError as error:
        at = Source(str(path), path.read_bytes()[: error.start].decode("utf-8", "replace"))
        problems.append(problem("file.not_utf8", Span(at, len(at.text), len(at.text)), byte=error.start))
    except OSError as error:
        problems.append(problem("file.unreadable", where=str(path), path=path, why=error.strerror or error))
    return None


def _read(node: Node, wanted: Any, forms: PackForms) -> Any:
    reader = Reader()
    value = reader.read(node, wanted)
    forms.problems += reader.problems
    return None if value is BAD else value


def _fill(target: Any, path: Path, form: Any, forms: PackForms) -> None:
    """Add what a file says to a mapping by id; an id that another file has used is reported."""
    node = _one_document(path, forms)
    found: Mapping[Word, Any] | None = None if node is None else _read(node, dict[Word, form], forms)
    for word, value in (found or {}).items():
        if word in target:
            forms.problems.append(problem("link.name_taken", word.span, id=word, kind="decision"))
        target[word] = value
