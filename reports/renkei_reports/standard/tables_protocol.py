"""Messages field by field, stages, refusal codes, states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from renkei_fixtures.standard.rows import Field
from renkei_reports.standard.inserts import Sources, code, codes, insert
from renkei_reports.standard.model import Figure, Heading, Para, Part, Table
from renkei_reports.standard.states import drawing

_PARTIES = ("N", "B", "N_answer", "A")


@insert("message_types")
def message_types(src: Sources) -> Iterator[Part]:
    """Every type: who sends it, its claims, the members of its content."""
    for row in src.standard.message_types.values():
        yield Heading(3, f"typ-{row.typ}", f"`{row.typ}` {src.of(row.text)}")
        yield Para(f"{src.say('sent_by')}: {codes(row.sent_by)}")
        yield Para(f"**{src.say('claims')}**")
        yield _fields(src, row.fields)
        if row.content_fields:
            yield Para(f"**{src.say('content')}**")
            yield _fields(src, row.content_fields)


def _fields(src: Sources, fields: Sequence[Field]) -> Table:
    return Table(
        src.heads("member", "type", "required", "bounds", "condition"), tuple(_rows(src, fields, 0)), (), "fields"
    )


def _rows(src: Sources, fields: Sequence[Field], depth: int) -> Iterator[tuple[str, ...]]:
    for field in fields:
        kind = field.type if field.element is None else f"{field.type} of {field.element}"
        condition = " · ".join(part for part in (code(field.when), src.of(field.condition)) if part)
        yield ("　" * depth + code(field.name), code(kind), field.required, _bounds(field), condition)
        yield from _rows(src, field.members, depth + 1)


def _bounds(field: Field) -> str:
    if field.values:
        return codes(field.values)
    low, high = field.minimum, field.maximum
    return "" if low is None and high is None else f"{'' if low is None else low}–{'' if high is None else high}"


@insert("stages")
def stages(src: Sources) -> Iterator[Part]:
    """The stages, and the order in which each party goes through them."""
    rows = []
    for stage, words in src.standard.stage_texts.items():
        orders = [src.standard.stage_orders.get(party, ()) for party in _PARTIES]
        places = [str(order.index(stage) + 1) if stage in order else "–" for order in orders]
        rows.append((code(stage), src.of(words), *places))
    yield Table((*src.heads("stage", "name"), *(src.say(f"party.{p}") for p in _PARTIES)), tuple(rows))


@insert("refusals")
def refusals(src: Sources) -> Iterator[Part]:
    """Every code by stage."""
    for stage in src.standard.stages:
        rows = [row for row in src.standard.refusals.values() if row.stage == stage]
        if not rows:
            continue
        yield Heading(3, f"stage-{stage}", f"`{stage}` {src.of(src.standard.stage_texts[stage])}")
        yield Table(
            src.heads("code", "http", "retry", "by", "meaning", "remedy"),
            tuple(
                (
                    code(row.code),
                    str(row.http or "–"),
                    src.say("yes") if row.retry else "–",
                    " ".join(row.by),
                    src.of(row.text),
                    src.of(row.remedy),
                )
                for row in rows
            ),
            tuple(f"code-{row.code}" for row in rows),
            "refusals",
        )


@insert("states")
def states(src: Sources) -> Iterator[Part]:
    """The drawing, and the table it is made from."""
    rows = src.standard.states
    yield Figure(drawing(rows, src.say("states_label")), src.say("states_caption"))
    yield Table(
        src.heads("from", "to", "event", "caused_by", "exchange_kind", "cause"),
        tuple(
            (
                code(r.from_) or "–",
                code(r.to),
                code(r.on),
                src.say(f"by.{r.by}"),
                src.say(f"kind.{r.kind}"),
                src.of(r.cause),
            )
            for r in rows
        ),
        (),
        "states",
    )


@insert("waits")
def waits(src: Sources) -> Iterator[Part]:
    """How long the examiner waits for what."""
    rows = tuple((code(wait.id), f"{wait.seconds:g}", src.of(wait.text)) for wait in src.standard.waits.values())
    yield Table(src.heads("id", "seconds", "meaning"), rows)
