"""A business system that follows the platform standard (PF準拠): brings what it has as interface B takes it.

The tax office's books of an emulated body are the fictitious residents of the fixtures: a pure function of seed, body
and number, so that whoever knows the seed knows what should be answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from renkei_emulator.messages import compact
from renkei_fixtures.residents import Resident, resident, tax_records

INFORMATION = "income_tax_certificate"


def tax_office_load(
    seed: int, body: str, numbers: Iterable[int], link_code: Callable[[Resident], str], load_id: str
) -> bytes:
    """The body of a ``POST /load``: certificates, link codes, and a mark on everyone under protection."""
    records: list[dict[str, Any]] = []
    link_codes: list[dict[str, Any]] = []
    handling: list[dict[str, Any]] = []
    for n in numbers:
        person = resident(seed, body, n)
        link_codes.append({"own_number": person.own_number, "link_code": link_code(person)})
        if person.protected:
            mark = {"own_number": person.own_number, "information": None, "mode": "manual", "reason": "protected"}
            handling.append(mark)
        for certificate in tax_records(seed, body, n):
            row = {"own_number": person.own_number, "keys": {"tax_year": certificate.tax_year}}
            row |= {"status": certificate.status, "as_of": certificate.as_of, "record": certificate.record}
            records.append(row)
    load = {"load_id": load_id, "information": INFORMATION, "records": records}
    return compact(load | {"link_codes": link_codes, "handling": handling})
