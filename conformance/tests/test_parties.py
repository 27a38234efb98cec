"""Kit, product file, clock and upper tester: the operator's mistakes are named, ours would fall."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from renkei_conformance import kit, profile
from renkei_conformance.drivers import Reply, Unreachable
from renkei_conformance.drivers.callables import CallableDoor
from renkei_conformance.kit import Management
from renkei_conformance.parties import ExaminerClock
from renkei_conformance.profile import CERTIFICATE
from renkei_conformance.upper import Ask, Load, handling_row, record_row
from renkei_conformance.upper.http import HttpUpperTester
from renkei_fixtures.errors import SetupError
from renkei_fixtures.standard import load

# The product file

GOOD = """
[product]
name = "Example"
vendor = "Example & Co."
version = "1.0"
body = "001015"
options = ["manual", "log_chain"]
[network_side]
address = "http://127.0.0.1:9000"
listen = "127.0.0.1:8400"
[business_side]
driver = "http"
address = "http://127.0.0.1:9100/business/1/001015"
token = "secret-token"
"""

NOT_ASKED = ("not_asked", "product.asks")


def claiming(information):
    """A line that claims an information beside the certificate, and the name of the line that comes next."""
    return f'informations = ["income_tax_certificate", "{information}"]\noptions'


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "renkei.toml"
        path.write_text(text, "utf-8")
        return profile.load(path, load())

    return read


def problems(read, text):
    with pytest.raises(SetupError) as caught:
        read(text)
    assert caught.value.render("ja")
    assert caught.value.render("en")
    assert "secret-token" not in caught.value.render("en")
    return [(one.key.rpartition(".")[2], one.where.rpartition(": ")[2]) for one in caught.value.problems]


def test_a_right_file_is_read_with_its_defaults(read):
    found = read(GOOD)

    assert (found.product.body, found.product.roles) == ("001015", ("provider",))
    assert (found.product.population, found.network_side.delivery) == (100_000, "push")
    assert found.claims("manual")
    assert not found.claims("records_export")
    assert found.network_side.listen_on == ("127.0.0.1", 8400)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('name = "Example"', 'name = "Example"\nnam = "x"', ("unknown_key", "product.nam")),
        ("[business_side]", "[bussiness_side]\n[business_side]", ("unknown_key", "bussiness_side")),
        ('version = "1.0"\n', "", ("missing_key", "product.version")),
        ('version = "1.0"', "version = 1.0", ("wrong_value", "product.version")),
        ('"001015"\noptions', '"001016"\noptions', ("wrong_value", "product.body")),
        ('"manual"', '"manuel"', ("wrong_value", "product.options.0")),
        ("http://127.0.0.1:9000", "127.0.0.1:9000", ("wrong_value", "network_side.address")),
        ("127.0.0.1:8400", "127.0.0.1:84000", ("wrong_value", "network_side.listen")),
        ("127.0.0.1:8400", "8400", ("wrong_value", "network_side.listen")),
        ('token = "secret-token"', "token = 7", ("wrong_value", "business_side.token")),
        ('driver = "http"', 'driver = "fax"', ("wrong_value", "business_side.driver")),
        ('body = "001015"', 'informations = ["income_tax"]', ("wrong_value", "product.informations")),
        ("options", claiming("special_child_allowance"), ("not_provided", "product.informations")),
        ("options", claiming("allowance_ledger_transfer"), ("not_provided", "product.informations")),
        ('options = ["manual", ', claiming("family_register_status") + " = [", ("by_hand", "product.options")),
        ("options", 'informations = ["resident_record"]\noptions', ("certificate", "product.informations")),
        (
            'body = "001015"',
            f'roles = ["inquirer"]\nasks = ["{CERTIFICATE}", "income"]',
            ("wrong_value", "product.asks"),
        ),
        ('body = "001015"', f'roles = ["inquirer"]\nasks = ["{CERTIFICATE}", "family_register_status"]', NOT_ASKED),
        ('body = "001015"', 'roles = ["inquirer"]\nasks = ["pension_benefit"]', ("certificate_asked", "product.asks")),
        ('body = "001015"', f'asks = ["{CERTIFICATE}"]', ("asks_without_role", "product.roles")),
        ('body = "001015"', 'roles = ["inquirer"]\ninformations = []', ("wrong_value", "product.informations")),
        ('body = "001015"', "use_cases = [9]", ("wrong_value", "product.use_cases.0")),
        (
            'listen = "127.0.0.1:8400"',
            'listen = "127.0.0.1:8400"\ndelivery = "carrier pigeon"',
            ("wrong_value", "network_side.delivery"),
        ),
        ('body = "001015"', "roles = []", ("wrong_value", "product.roles")),
        ('body = "001015"', "population = true", ("wrong_value", "product.population")),
        ('body = "001015"', 'roles = ["network"]', ("wrong_value", "product.roles.0")),
    ],
)
def test_each_mistake_is_told_by_its_key(read, old, new, expected):
    assert old in GOOD
    assert [expected] == problems(read, GOOD.replace(old, new, 1))


def test_all_mistakes_are_told_at_once(read):
    text = GOOD.replace('name = "Example"', "").replace('version = "1.0"', 'version = ""\nx = 1')
    assert {("missing_key", "product.name"), ("wrong_value", "product.version"), ("unknown_key", "product.x")} == set(
        problems(read, text)
    )


def test_a_file_that_is_no_toml_or_not_there_is_told(read, tmp_path):
    assert [key for key, _ in problems(read, "[product")] == ["not_toml"]
    with pytest.raises(SetupError) as caught:
        profile.load(tmp_path / "none.toml")
    assert "none.toml" in caught.value.render("en")


# The kit

PAIR = {"kid": "k", "key_pem": "key", "chain_pem": "chain"}
KIT = {
    "seed": 7, "clock": "live", "anchors_pem": "pem", "crl_der_b64": base64.b64encode(b"crl").decode(), "network": {"signing": PAIR},
    "bodies": {"482013": {"signing": PAIR, "sealing": PAIR, "address": "http://x"},
               "001015": {"signing": {"kid": "p", "chain_pem": "chain"}, "sealing": {"kid": "q", "chain_pem": "chain"}}},
}  # fmt: skip


def test_a_kit_is_read_and_only_bodies_with_keys_are_playable():
    found = kit.read(KIT)

    assert (found.seed, found.crl_der, found.network.key_pem) == (7, b"crl", "key")
    assert found.playable == ("482013",)
    assert "key" not in repr(found.bodies["482013"].signing)


@pytest.mark.parametrize("member", ["seed", "anchors_pem", "crl_der_b64", "network", "bodies"])
def test_a_kit_without_a_member_names_it(member):
    with pytest.raises(SetupError) as caught:
        kit.read({name: value for name, value in KIT.items() if name != member})
    assert member in caught.value.render("ja")


def test_a_body_that_the_kit_has_not_is_named():
    with pytest.raises(SetupError, match="999999"):
        kit.read(KIT).body("999999")


def test_a_kit_is_read_from_a_file_and_a_broken_one_told(tmp_path):
    path = tmp_path / "kit.json"
    path.write_text(json.dumps(KIT))
    assert kit.from_file(path).seed == 7
    path.write_text("{")
    with pytest.raises(SetupError, match=r"kit\.json"):
        kit.from_file(path)


# Management


def management(reply, seen=None):
    def answer(request):
        if seen is not None:
            seen.append(request)
        return reply

    return Management(CallableDoor(answer), "token-x")


def test_the_management_token_goes_with_every_call():
    seen = []
    management(Reply(200, {}, b'{"link_codes":["a","b"]}'), seen).link_codes("482013", [1, 2])

    assert (seen[0].method, seen[0].path, seen[0].headers["authorization"]) == (
        "POST",
        "/management/1/link-codes",
        "Bearer token-x",
    )
    assert json.loads(seen[0].body) == {"body": "482013", "serials": [1, 2]}


@pytest.mark.parametrize("reply", [Reply(401), Reply(200, {}, b"<html>"), Reply(200, {}, b"[]"), Reply(500, {}, b"{}")])
def test_a_management_port_that_does_not_do_it_is_the_operators(reply):
    with pytest.raises(SetupError):
        management(reply).order("expired", "482013")


def test_fewer_link_codes_than_asked_for_are_refused():
    with pytest.raises(SetupError):
        management(Reply(200, {}, b'{"link_codes":["a"]}')).link_codes("482013", [1, 2])


def test_a_dead_management_port_is_told():
    def dead(request):
        raise Unreachable("http://127.0.0.1:1", "refused")

    with pytest.raises(SetupError, match="refused"):
        Management(CallableDoor(dead), "t").kit()


# The clock

WAITS = {"reply": 5.0}


def test_a_still_clock_is_moved_and_awaits_nothing():
    at = [datetime(2026, 6, 1, tzinfo=UTC)]
    clock = ExaminerClock.still(
        WAITS, lambda: at[0], lambda seconds: at.__setitem__(0, at[0] + timedelta(seconds=seconds))
    )
    clock.wait("reply")

    assert datetime(2026, 6, 1, 0, 0, 5, tzinfo=UTC) == clock.now()
    assert (clock.patience("reply"), clock.seconds("reply"), clock.is_still) == (0.0, 5.0, True)


def test_a_live_clock_keeps_its_offset_and_milliseconds():
    now = ExaminerClock.live(WAITS, timedelta(days=400)).now()

    assert now - datetime.now(UTC) > timedelta(days=399)
    assert now.microsecond % 1000 == 0


def test_a_reason_that_is_not_in_the_table_is_no_reason_to_wait():
    with pytest.raises(KeyError):
        ExaminerClock.live(WAITS).wait("coffee")


# Interface B


@pytest.fixture
def upper():
    seen = []

    def answer(request):
        seen.append(request)
        return Reply(200, {}, b'{"ok":true}')

    return HttpUpperTester(CallableDoor(answer), "/business/1/001015/", "b-token"), seen


def test_every_operation_of_the_business_side_says_what_it_is_told_to(upper):
    tester, seen = upper
    row = record_row("01", {"tax_year": "2025"}, "4", "2026-01-01T00:00:00.000Z", None)
    tester.load(Load("l1", [row], [("01", "code")], [handling_row("01", "manual", "dv")]))
    tester.ask(Ask("a1", "482013", "AF-01", "PR-0101", "i", "CRA-STAFF", [("01", {"tax_year": "2025"})], official="o"))
    tester.collect("a1")
    tester.decide("X1", "release", "one", "two")
    tester.records("access", "X1")

    assert [request.path.removeprefix("/business/1/001015/") for request in seen] == [
        "load",
        "ask",
        "collect",
        "decide",
        "records",
    ]
    bodies = [json.loads(request.body) for request in seen]
    assert bodies[0]["records"][0] == {
        "own_number": "01",
        "keys": {"tax_year": "2025"},
        "status": "4",
        "as_of": "2026-01-01T00:00:00.000Z",
    }
    assert bodies[0]["link_codes"] == [{"own_number": "01", "link_code": "code"}]
    assert "section" not in bodies[1]
    assert bodies[3] == {"exchange_number": "X1", "decision": "release", "drafted_by": "one", "approved_by": "two"}
    assert {"Bearer b-token"} == {request.headers["authorization"] for request in seen}


def test_a_reply_that_is_no_json_object_is_kept_and_not_done():
    tester = HttpUpperTester(CallableDoor(lambda request: Reply(200, {}, b"[]")), "/b", "t")
    outcome = tester.collect()

    assert (outcome.done, outcome.member("asks"), outcome.raw) == (False, None, b"[]")


def test_a_product_that_fetches_needs_no_address_and_one_that_is_pushed_to_does(read):
    without = "\n".join(line for line in GOOD.splitlines() if not line.startswith('address = "http://127.0.0.1:9000"'))
    assert without != GOOD

    fetching = read(without.replace("[network_side]", '[network_side]\ndelivery = "pull"'))
    assert (fetching.network_side.delivery, fetching.network_side.address) == ("pull", "")
    assert problems(read, without) == [("wrong_value", "network_side.address")]
