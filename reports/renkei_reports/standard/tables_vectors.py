"""Worked examples: what `vectors/*.json` hold, shown for people."""

from __future__ import annotations

import json
from collections.abc import Iterator

from renkei_reports.standard.inserts import Json, Sources, code, insert
from renkei_reports.standard.model import Code, Heading, Para, Part, Table


@insert("vectors_strict")
def strict(src: Sources) -> Iterator[Part]:
    """Texts that a strict reader takes, and texts that it refuses."""
    yield from _cases(src, "strict")


@insert("vectors_characters")
def characters(src: Sources) -> Iterator[Part]:
    """Values of items: how long a text is, what is no character, what is no day."""
    yield from _cases(src, "characters")


def _cases(src: Sources, name: str) -> Iterator[Part]:
    if (vectors := src.vectors.get(name)) is None:
        return
    yield Para(src.say("vector_file", file=f"vectors/{name}.json"))
    for reader in dict.fromkeys(case["reader"] for case in vectors["cases"]):
        cases = [case for case in vectors["cases"] if case["reader"] == reader]
        yield Heading(3, f"vectors-{name}-{reader}", f"`{reader}`")
        rows = tuple(
            (code(case["id"]), code(_shown(case)), _expected(src, case), case["why"][src.lang]) for case in cases
        )
        yield Table(src.heads("id", "input", "expect", "why"), rows, (), "vectors")


def _expected(src: Sources, case: Json) -> str:
    length = f" {src.say('length', n=case['length'])}" if "length" in case else ""
    return code(case["expect"]) + length


def _shown(case: Json) -> str:
    if "points" in case:
        return " ".join(f"U+{point}" for point in case["points"].split())
    value = str(case["text"]) if "text" in case else f"hex {case['hex']}"
    value = value.encode("unicode_escape").decode("ascii") if not value.isprintable() else value
    return (value if len(value) <= 160 else f"{value[:150]}… ({len(value)})").replace("`", "'")


@insert("vectors_exchange")
def exchange(src: Sources) -> Iterator[Part]:
    """One whole exchange, message by message, to the byte."""
    if "exchange" not in src.vectors:
        return
    vectors = src.vectors["exchange"]
    yield Para(src.say("vector_file", file="vectors/exchange.json"))
    facts = tuple((src.say(f"fact.{name}"), code(vectors[name])) for name in ("seed", "at", "inquirer", "provider"))
    yield Table(src.heads("fact", "value"), facts, (), "facts")
    for step in vectors["steps"]:
        yield Heading(3, f"exchange-{step['id']}", step["title"][src.lang])
        yield Para(f"`{step['request']['method']} {step['request']['path']}` → `{step['reply']['status']}`")
        yield from _bytes(src, "request_body", step["request"].get("body"))
        for token in step["tokens"]:
            yield from _token(src, token)
        yield from _bytes(src, "reply_body", step["reply"].get("body"))


def _token(src: Sources, token: Json) -> Iterator[Part]:
    yield Para(f"**{token['member']}**: {src.say('sha256')} `{token['sha256']}`")
    for name in ("jose", "claims", "subjects", "content"):
        if name in token:
            yield Para(f"`{token['member']}` — {src.say(f'part.{name}')}")
            yield Code(json.dumps(token[name], ensure_ascii=False, indent=1))


def _bytes(src: Sources, name: str, body: str | None) -> Iterator[Part]:
    if body:
        yield Para(f"{src.say(name)} ({len(body.encode())} {src.say('bytes')})")
        yield Code(body)


@insert("vectors_suite")
def suite(src: Sources) -> Iterator[Part]:
    """The suite with fixed keys: one signature, one seal."""
    if "suite" not in src.vectors:
        return
    yield Para(src.say("vector_file", file="vectors/suite.json"))
    for case in src.vectors["suite"]["cases"]:
        yield Heading(3, f"suite-{case['id']}", case["title"][src.lang])
        rows = [(code(name), code(value)) for name, value in case.items() if isinstance(value, str) and name != "id"]
        rows += [(code(name), code(json.dumps(value))) for name, value in case.items() if name.endswith("jwk")]
        yield Table(src.heads("member", "value"), tuple(rows), (), "vectors")
