"""A product whose records nobody saw is not conformant."""

import dataclasses

from renkei.selfcheck import setup_of
from renkei_conformance.runner import run
from renkei_conformance.selfcheck import Look
from renkei_fixtures.standard import load


def test_without_an_export_of_records_the_run_is_incomplete():
    setup = setup_of(load(), Look((), "provider", 1), 1)
    profile = setup.parties.profile
    claims_less = profile.product.model_copy(update={"options": ("manual",)})
    parties = dataclasses.replace(setup.parties, profile=profile.model_copy(update={"product": claims_less}))

    result = run(dataclasses.replace(setup, parties=parties))

    assert (result.exit_code, result.verdict) == (3, "incomplete")
    records = {"P-REC-001", "P-REC-002", "P-REC-003", "P-REC-004", "P-REC-007", "P-MAN-008", "P-MAN-010", "P-STA-002"}
    assert records == result.clauses_with("not_tested")
