"""The text of a spoil, to be written into a file that stands alone.

A spoil is a short function at one stage of the bench. It is carried over as it is written where it needs nothing but
the names that the file offers too; else its effect is told as data (`recipe.py`).
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from renkei_conformance.forge.spoils import spoilers

OFFERED = frozenset({
    "Bench", "Json", "MESSAGES", "Recipient", "Request", "Signing", "b64u", "flipped", "json", "other_last_character",
    "replace", "sha256_b64u", "timedelta", "unb64u", "without",
})  # fmt: skip
"""Names of the forge that the file has under the same name."""
OF_MODULES = {
    "crypto": frozenset({"der_signature", "point", "signature"}),
    "instants": frozenset({"JAPAN", "parse", "render"}),
}
OF_THE_BENCH = frozenset({"dice", "dumps", "part", "text"})


def stage_of(spoil: str | None) -> str | None:
    """The stage of the bench that a spoil changes; None for one of the plan, or for none."""
    spoiler = spoilers().get(spoil) if spoil else None
    return spoiler.tweak.stage if spoiler is not None and spoiler.tweak is not None else None


def text_of(spoil: str, name: str) -> str | None:
    """The spoil as source, its function called `name`, constants it needs before it; None if it cannot stand alone."""
    spoiler = spoilers().get(spoil)
    if spoiler is None or spoiler.tweak is None:
        return None
    change: Callable[..., Any] = spoiler.tweak.change
    if change.__closure__:
        return None
    source = textwrap.dedent(inspect.getsource(change))
    tree = ast.parse(source)
    function = tree.body[0]
    if not isinstance(function, ast.FunctionDef) or not _within_reach(function):
        return None
    needed = [_needed(one, change.__globals__) for one in _foreign(function)]
    if any(one is None for one in needed):
        return None
    function.name = name
    return "\n".join([*(one for one in needed if one), _plain(function)])


def _plain(function: ast.FunctionDef) -> str:
    """The function without decorators and types, which would need names of ours."""
    function.decorator_list, function.returns = [], None
    for argument in function.args.args:
        argument.annotation = None
    return ast.unparse(function)


def _foreign(function: ast.FunctionDef) -> list[str]:
    """Names read that are neither arguments, assigned here, builtins, nor offered."""
    own = {argument.arg for argument in function.args.args}
    own |= {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    builtin = set(dir(__builtins__)) if not isinstance(__builtins__, dict) else set(__builtins__)
    read = {node.id for part in function.body for node in ast.walk(part) if isinstance(node, ast.Name)}
    return sorted(read - own - builtin - OFFERED - set(OF_MODULES))


def _within_reach(function: ast.FunctionDef) -> bool:
    """Nothing of the bench, of `crypto` or of `instants` that the file does not have; of the plan only the time."""
    for chain in _chains(function):
        first, *rest = chain
        if first in OF_MODULES and (not rest or rest[0] not in OF_MODULES[first]):
            return False
        if first == "bench" and rest and rest[0] not in OF_THE_BENCH and rest[:3] != ["plan", "known", "now"]:
            return False
        if first == "Signing" and rest:
            return False
    return True


def _chains(function: ast.FunctionDef) -> Iterator[list[str]]:
    """Every `a.b.c` of the body as its longest form, every bare `bench` as itself."""
    inner = {node.value for node in ast.walk(function) if isinstance(node, ast.Attribute)}
    for part in function.body:
        for node in ast.walk(part):
            if isinstance(node, ast.Attribute | ast.Name) and node not in inner:
                names: list[str] = []
                at: ast.expr = node
                while isinstance(at, ast.Attribute):
                    names.append(at.attr)
                    at = at.value
                if isinstance(at, ast.Name):
                    yield [at.id, *reversed(names)]


def _needed(name: str, module: dict[str, Any]) -> str | None:
    """A plain constant or a small helper of the spoil's own module; None for anything else."""
    value = module.get(name)
    if isinstance(value, int | str | bytes):
        return f"{name} = {value!r}"
    if not inspect.isfunction(value) or value.__closure__ or value.__globals__ is not module:
        return None
    function = ast.parse(textwrap.dedent(inspect.getsource(value))).body[0]
    if not isinstance(function, ast.FunctionDef) or not _within_reach(function) or _foreign(function):
        return None
    return _plain(function)
