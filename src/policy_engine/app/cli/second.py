"""`--second-opinion`: what is answered is worked out again by another engine first."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from policy_engine.app.cli.words import words
from policy_engine.decision.answer import Decision
from policy_engine.decision.request import Request
from policy_engine.errors import MissingExtra, problem
from policy_engine.forward.opinion import Opinion
from policy_engine.model.facts import Facts

if TYPE_CHECKING:
    from policy_engine.forward.second_opinion import SecondOpinion

__all__ = ["SecondOpinionAsked", "second_opinion", "tell_opinions"]

SecondOpinionAsked = Annotated[
    bool,
    typer.Option(
        "--second-opinion",
        help=words(
            "用 durable-rules 正向推理再算一遍；不一致即报错",
            "work it out again by forward chaining in durable-rules; a disagreement is an error",
        ),
    ),
]

_of_pack: dict[str, SecondOpinion] = {}
"""In this process, by the hash of the pack."""


def second_opinion(decision: Decision, facts: Facts, request: Request) -> Opinion:
    """The agreement of the other engine; raises `DisagreementError`, or `MissingExtra` where it is not installed."""
    try:
        from policy_engine.forward.second_opinion import SecondOpinion
    except ImportError as error:
        if not (error.name or "").startswith("durable"):
            raise
        raise MissingExtra([problem("forward.missing_extra")]) from None
    pack = decision.pack
    return _of_pack.setdefault(pack.hash, SecondOpinion(pack)).on(decision, facts, request)


def tell_opinions(opinions: Iterable[Opinion | None]) -> None:
    given = [opinion for opinion in opinions if opinion is not None]
    if given:
        tables = sum(opinion.tables for opinion in given)
        engine = given[0].engine
        print(
            words(f"第二意见：{engine} 一致（{tables} 个表）", f"second opinion: {engine} agrees on {tables} tables"),
            file=sys.stderr,
        )
