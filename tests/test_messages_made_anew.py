"""The messages of the stand-alone files: made anew by their own few lines, each is refused for its one spoil and no other
reason, and without it accepted. The examiner's forge has no part in the making."""

import json

import pytest

from renkei.bundled import BEGINS
from renkei.in_process import InProcess
from renkei_conformance.case import catalogue
from renkei_conformance.drivers import Request
from renkei_conformance.forge.bench import Forge
from renkei_conformance.forge.draft import NotForgeable
from renkei_conformance.people import People
from renkei_conformance.repro import kit_file, recipe, writing
from renkei_conformance.told import told
from renkei_fixtures.standard import load

STANDARD = load()
SPOILS = sorted({spoil for row in catalogue() if row.role == "provider" for spoil in row.spoils})
AS_DATA = {"sender.signature_of_another_body", "permit.signed_by_a_body", "content.sealed_to_another_key",
           "permit.affair_differs", "key.unknown"}  # fmt: skip
OF_A_DAY = ("key.day_", "key.leap_day", "key.month_")


def keys_of(spoil):
    """Inquiry keys that this spoil can do something to."""
    if spoil.startswith("key.period"):
        return {"period_from": "2025-04-01", "period_to": "2025-04-02"}
    return {"base_date": "2025-04-01"} if spoil.startswith(OF_A_DAY) else {"tax_year": "2025"}


pytestmark = pytest.mark.slow


class Bench:
    """A world in process, a forge in it, and the file's machinery with the kit of that world."""

    def __init__(self, tmp_path_factory):
        self.world = InProcess(1, STANDARD)
        parties = self.world.parties
        self.forge = Forge(parties, STANDARD, 1, "anew")
        self.person = People(parties, 1, self.forge.product, self.forge.link_codes).ordinary
        self.kit = tmp_path_factory.mktemp("kit") / "kit.json"

    def inquiry(self, keys=None):
        """A right inquiry; of an information that is asked for by these keys."""
        return self.forge.inquiry([self.person.link_code], keys or {"tax_year": "2025"})

    def made_anew(self, draft):
        """The draft's message (and what goes before it) as the file makes them, from their recipes."""
        drafts = [*draft.before, draft]
        odd = {pair.kid: pair for one in drafts for pair in recipe.keys_of(one)}
        members = kit_file.of(self.forge.parties.kit, odd, self.forge.product, None, 1.0)
        self.kit.write_bytes(kit_file.rendered(members))
        made = [recipe.of(one) for one in drafts]
        assert all(writing._can_be_made(one) for one in made)
        head, machinery = writing._text("head.txt"), writing._text("machinery.txt")
        spoils = writing._spoils({str(one["spoil"]): None for one in made if one["stage"]})
        file = {"__name__": __name__, "MADE": json.loads(json.dumps(made)), "CLOCK": BEGINS}
        exec(
            compile(
                head[head.index("from __future__") : head.index("TITLE =")] + spoils + "\n" + machinery, "file", "exec"
            ),
            file,
        )
        anew = file["Anew"](file["Kit"](self.kit))
        return [anew.message(number)[0] for number in range(len(made))]

    def send(self, requests):
        """What the product says to the last of these messages."""
        for one in requests:
            reply = self.world.parties.product.send(Request(one.method, one.path, one.headers, one.body), 10)
            self.world.settle()
        return told(reply, None, STANDARD)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    found = Bench(tmp_path_factory)
    yield found
    found.world.close()


def test_a_message_made_anew_is_accepted_and_is_not_the_same_message(bench):
    draft = bench.inquiry()
    first = bench.send(bench.made_anew(draft))
    again = bench.send(bench.made_anew(draft))

    assert (first.sort, again.sort) == ("accepted", "accepted")
    assert bench.made_anew(draft)[0].body != draft.bytes()


def test_a_message_in_another_order_is_accepted(bench):
    assert bench.send(bench.made_anew(bench.inquiry().reordered(2))).sort == "accepted"


@pytest.mark.parametrize("spoil", SPOILS)
def test_a_spoil_carried_over_is_refused_for_itself(bench, spoil):
    try:
        draft = bench.inquiry(keys_of(spoil)).spoil(spoil)
    except NotForgeable as missing:
        pytest.skip(f"not to be had in this world: {missing}")
    said = bench.send(bench.made_anew(draft))
    row = STANDARD.spoils[spoil]

    assert said.sort == "refused", said
    assert said.code in row.codes


def test_both_ways_of_carrying_a_spoil_are_in_use(bench):
    texts = {spoil for spoil in SPOILS if writing.text_of(spoil, "spoil") is not None}

    assert texts
    assert not texts & AS_DATA


def test_a_products_word_cannot_end_a_comment_or_a_text():
    said = writing._short({"words": '"""\n\\" `rm -rf /` $(rm)', "more": "'" * 3})

    assert "\n" not in said
    assert '"""' not in said
    assert eval(f'"""{said}"""') is not None
