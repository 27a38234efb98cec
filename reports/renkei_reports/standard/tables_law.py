"""Clauses, authority (illustrative), responsibilities, affairs, bodies, words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from renkei_fixtures.standard.rows import AuthorityRow
from renkei_reports.standard.inserts import Sources, code, codes, dates, insert
from renkei_reports.standard.model import Heading, Para, Part, Table


@insert("functions")
def functions(src: Sources) -> Iterator[Part]:
    """Blocks and their functions."""
    rows = [
        (src.of(src.standard.blocks[row.block].text), src.of(row.text), code(row.id), row.source)
        for row in src.standard.functions.values()
    ]
    yield Table(src.heads("block", "function", "id", "source"), tuple(rows))


@insert("clauses")
def clauses(src: Sources) -> Iterator[Part]:
    """Every clause by role and function."""
    for role in dict.fromkeys(clause.role for clause in src.standard.clauses.values()):
        yield Heading(2, f"clauses-{role}", src.say(f"role.{role}"))
        for function in src.standard.functions.values():
            rows = [c for c in src.standard.clauses.values() if (c.role, c.function) == (role, function.id)]
            if not rows:
                continue
            yield Heading(3, f"clauses-{role}-{function.id}", src.of(function.text))
            yield Table(
                src.heads("clause", "level", "text", "source", "remedy", "examined"),
                tuple(
                    (
                        f"**{c.id}**",
                        c.level,
                        src.of(c.text),
                        f"{c.source} · {dates(c)}",
                        src.of(c.remedy),
                        _examined(src, c.observable, c.applies, src.of(c.excluded_because)),
                    )
                    for c in rows
                ),
                tuple(c.id for c in rows),
                "clauses",
            )


def _examined(src: Sources, observable: bool, applies: str, excluded: str) -> str:
    if not observable:
        return f"{src.say('excluded')}: {excluded}"
    return src.say("observable") + ("" if applies == "always" else f" ({src.say('applies')} `{applies}`)")


@insert("affairs")
def affairs(src: Sources) -> Iterator[Part]:
    """Affairs with their procedures."""
    rows = []
    for row in src.standard.affairs.values():
        steps = "; ".join(f"{code(id_)} {src.of(words)}" for id_, words in row.procedures.items())
        approved = ", ".join(src.say(f"approval_{way}") for way in row.approval)
        law = f"{row.law_ref} · {row.source}"
        rows.append((code(row.id), src.of(row.text), steps, approved, src.of(row.deadline), src.of(row.act), law))
    yield Table(src.heads("affair", "name", "procedures", "approval", "deadline", "act", "source"), tuple(rows))


@insert("responsibilities")
def responsibilities(src: Sources) -> Iterator[Part]:
    """Who may do what by virtue of the post."""
    rows = [
        (
            code(r.id),
            src.of(r.text),
            codes(r.body_kinds),
            r.level,
            codes(r.affairs),
            codes(r.may),
            codes(r.answers),
            dates(r),
            src.of(r.note),
        )
        for r in src.standard.responsibilities.values()
    ]
    head = src.heads("responsibility", "name", "body_kinds", "rank", "affairs", "may", "answers", "valid", "note")
    yield Table(head, tuple(rows), tuple(f"responsibility-{id_}" for id_ in src.standard.responsibilities), "wide")


def _who(kind: str, body: str) -> str:
    return code(kind) if body == "*" else f"{code(kind)} {code(body)}"


def _row(src: Sources, row: AuthorityRow, other: str) -> tuple[str, ...]:
    return (
        code(row.id),
        code(row.procedure),
        _who(row.inquirer_kind, row.inquirer_body),
        _who(row.provider_kind, row.provider_body),
        code(other),
        f"{code(row.ground)} · {code(row.initiator)}",
        dates(row),
        f"{row.edition_from} – {row.edition_to or ''}".rstrip(),
        " · ".join(part for part in (row.law_ref, row.confidence, row.note) if part),
    )


@insert("authority_by_affair")
def authority_by_affair(src: Sources) -> Iterator[Part]:
    """別表の形: for every affair who may ask whom for what."""
    yield Para(src.say("illustrative"), "note")
    by_affair: dict[str, list[AuthorityRow]] = defaultdict(list)
    for row in src.standard.authority:
        by_affair[row.affair].append(row)
    for affair, rows in by_affair.items():
        named = src.standard.affairs.get(affair)
        yield Heading(3, f"authority-{affair}", f"`{affair}` {src.of(named.text) if named else ''}")
        head = src.heads(
            "row", "procedure", "inquirer", "provider", "information", "ground", "valid", "editions", "law"
        )
        yield Table(head, tuple(_row(src, row, row.information) for row in rows), tuple(r.id for r in rows), "wide")


@insert("authority_by_information")
def authority_by_information(src: Sources) -> Iterator[Part]:
    """The same rows the other way round: by information, for whoever provides it."""
    yield Para(src.say("illustrative"), "note")
    by_information: dict[str, list[AuthorityRow]] = defaultdict(list)
    for row in src.standard.authority:
        by_information[row.information].append(row)
    names = {id_: row.text for id_, row in src.standard.catalogue.items()}
    names |= {id_: row.text for id_, row in src.standard.informations.items()}
    for information, rows in by_information.items():
        title = src.of(names.get(information))
        yield Heading(3, f"authority-of-{information}", f"{title} `{information}`")
        head = src.heads("affair", "procedure", "inquirer", "providers", "ground", "valid", "rows")
        yield Table(head, tuple(_by_asker(rows)), (), "wide")


def _by_asker(rows: list[AuthorityRow]) -> Iterator[tuple[str, ...]]:
    """One line for an asker and a procedure, with everybody it may ask."""
    together: dict[tuple[str, ...], list[AuthorityRow]] = defaultdict(list)
    for row in rows:
        asker = _who(row.inquirer_kind, row.inquirer_body)
        ground = f"{code(row.ground)} · {code(row.initiator)}"
        together[code(row.affair), code(row.procedure), asker, ground, dates(row)].append(row)
    for (affair, procedure, asker, ground, valid), same in together.items():
        asked = " ".join(dict.fromkeys(_who(row.provider_kind, row.provider_body) for row in same))
        yield affair, procedure, asker, asked, ground, valid, codes([row.id for row in same])


@insert("bodies")
def bodies(src: Sources) -> Iterator[Part]:
    """The fictitious bodies of the test world."""
    rows = [
        (
            code(b.code),
            src.of(b.text),
            code(b.kind),
            src.of(b.organ),
            str(b.population),
            f"{b.line_kbps} kbps",
            code(b.delivery),
            codes(b.editions),
        )
        for b in src.bodies.values()
    ]
    yield Table(
        src.heads("body", "name", "body_kind", "organ", "population", "line", "delivery", "editions"), tuple(rows)
    )


@insert("editions")
def editions(src: Sources) -> Iterator[Part]:
    """Editions and their validity."""
    rows = tuple((code(r.id), src.of(r.text), dates(r), r.source) for r in src.standard.editions.values())
    yield Table(src.heads("edition", "name", "valid", "source"), rows)


@insert("terms")
def terms(src: Sources) -> Iterator[Part]:
    """The words of the field."""
    rows = tuple((t.ja, t.reading, t.en, code(t.code), src.of(t.note), t.source) for t in src.standard.terms)
    yield Table(src.heads("word_ja", "reading", "word_en", "in_code", "note", "source"), rows)
