"""The whole document as parts: a cover, then the sections in their order with what they draw from the tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from renkei_fixtures.standard.document import Section
from renkei_reports.standard import tables_items, tables_law, tables_protocol, tables_vectors
from renkei_reports.standard.inserts import INSERTS, Sources
from renkei_reports.standard.markup import parts
from renkei_reports.standard.model import Heading, Para, Part, Table

__all__ = ["book", "cover"]

_ = (tables_items, tables_law, tables_protocol, tables_vectors)  # they register what they draw


def cover(src: Sources) -> Iterator[Part]:
    """What it is, what it is not, which edition, and the hash by which a report names it."""
    edition = src.standard.editions[src.standard.edition]
    yield Para(src.say("subtitle"))
    yield Para(f"**{src.say('not_government')}** {src.say('what_it_is')}", "note")
    yield Table(
        src.heads("fact", "value"),
        (
            (src.say("fact.edition"), f"`{edition.id}` {src.of(edition.text)}"),
            (src.say("fact.hash"), f"`{src.standard.hash}`"),
            (src.say("fact.clauses"), str(len(src.standard.clauses))),
            (src.say("fact.informations"), str(len(src.standard.informations))),
            (src.say("fact.authority"), f"{len(src.standard.authority)} ({src.say('illustrative_short')})"),
        ),
        (),
        "facts",
    )


def book(src: Sources, sections: Sequence[Section]) -> Iterator[Part]:
    """Every section. A KeyError where one asks for what nobody draws."""
    chapter = 0
    for section in sections:
        chapter += section.level == 1
        number = f"{chapter}. " if section.level == 1 else ""
        yield Heading(section.level, section.id, number + section.text.of(src.lang))
        if section.body is not None:
            yield from parts(section.body.of(src.lang))
        for name in section.insert:
            yield from INSERTS[name](src)
