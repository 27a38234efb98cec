"""A right product is conformant with whatever it claims: the certificate alone, or beside another information."""

import pytest

from renkei.bundled import bundled_profile, provided_by
from renkei.in_process import InProcess
from renkei.over_http import product_row
from renkei_conformance.runner import run
from renkei_conformance.setup import RunSetup
from renkei_fixtures.municipalities import SUBJECT
from renkei_fixtures.standard import load

CERTIFICATE = "income_tax_certificate"


@pytest.mark.slow
@pytest.mark.parametrize("beside", [None, *(one for one in provided_by(SUBJECT) if one != CERTIFICATE)])
def test_a_right_product_is_conformant_whatever_it_claims(beside):
    standard, whole = load(), bundled_profile()
    informations = (CERTIFICATE,) if beside is None else (CERTIFICATE, beside)
    by_hand = any(standard.informations[name].answer == "manual" for name in informations)
    options = ("manual", "records_export") if by_hand else ("records_export",)
    claimed = {"informations": informations, "options": options, "roles": ("provider",)}
    profile = whole.model_copy(update={"product": whole.product.model_copy(update=claimed)})
    world = InProcess(1, standard, profile=profile)
    try:
        parties, row = world.parties, product_row(None)
        found = run(RunSetup(parties=parties, standard=standard, seed=1, product=row, examples_cap=2, allure=False))
    finally:
        world.close()

    left = {clause: (one.verdict, one.cases) for clause, one in found.clauses.items() if one.verdict != "pass"}
    assert (found.verdict, left) == ("reference_conformant", {})
