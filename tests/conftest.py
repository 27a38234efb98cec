"""What several of these tests need: one run of the whole set, in process, with something put in a party's place."""

from dataclasses import replace

import pytest

from renkei.in_process import InProcess
from renkei.over_http import product_row
from renkei_conformance.runner import run
from renkei_conformance.setup import RunSetup
from renkei_fixtures.standard import load

EXAMPLES = 2


@pytest.fixture(scope="session")
def examined():
    """`examined(change, seed)`: the set run against the reference, `change(world)` giving parties to put in its place."""

    def examine(change=lambda world: {}, seed=1, kind="product", examples=EXAMPLES, only=(), roles=("provider",)):
        world = InProcess(seed, load())
        try:
            parties = replace(world.parties, **change(world))
            product = product_row(None).model_copy(update={"kind": kind})
            setup = RunSetup(
                parties, load(), seed, product, roles=roles, only=only, examples_cap=examples, allure=False
            )
            result = run(setup)
        finally:
            world.close()
        assert not result.faults, result.faults[0]
        return result

    return examine
