"""The whole exchange of an inquirer, whichever body the product plays: the one that others meet meets another itself."""

import pytest

from renkei.bundled import bundled_profile
from renkei.in_process import InProcess
from renkei.over_http import product_row
from renkei_conformance.runner import run
from renkei_conformance.setup import RunSetup
from renkei_fixtures.municipalities import COUNTERPART, SUBJECT
from renkei_fixtures.standard import load


@pytest.mark.parametrize("body", [SUBJECT, COUNTERPART])
def test_a_whole_exchange_has_somebody_to_meet(body):
    standard, profile = load(), bundled_profile()
    product = profile.product.model_copy(update={"body": body, "roles": ("inquirer",)})
    business = profile.business_side.model_copy(update={"address": f"/business/1/{body}"})
    profile = profile.model_copy(update={"product": product, "business_side": business})
    world = InProcess(1, standard, (), "inquirer", profile)
    row = product_row(None)
    setup = RunSetup(world.parties, standard, 1, row, roles=("inquirer",), only=("IQ-EXC-01",), allure=False)
    result = run(setup)
    world.close()

    assert result.clauses["I-EXC-001"].verdict == "pass"
