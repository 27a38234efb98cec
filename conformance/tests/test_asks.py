"""What a product asks other bodies for is not what it provides: its denominators and questions follow what it asks."""

from __future__ import annotations

from datetime import date

from renkei_conformance import coverage, doctor
from renkei_conformance.informations import claimed_features
from renkei_conformance.profile import CERTIFICATE, askable_by, of
from renkei_fixtures.standard import load

ELSEWHERE = "pension_benefit"
FILE = {
    "product": {"name": "n", "vendor": "v", "version": "1", "roles": ["inquirer"], "asks": [CERTIFICATE, ELSEWHERE]},
    "network_side": {"address": "http://127.0.0.1:1", "listen": "127.0.0.1:2"},
    "business_side": {"driver": "http", "address": "http://127.0.0.1:3", "token": "t"},
}


def product(**other):
    return of({**FILE, "product": {**FILE["product"], **other}}, "f", load()).product


def test_a_body_may_ask_for_what_nobody_asks_it_for():
    may = askable_by("001015", load())

    assert {CERTIFICATE, ELSEWHERE, "workers_compensation"} <= set(may)
    assert "family_register_status" not in may
    assert "city" not in load().informations[ELSEWHERE].provider_kinds


def test_what_is_asked_and_what_is_provided_follow_the_roles():
    both_roles = product(roles=["provider", "inquirer"], informations=[CERTIFICATE])

    assert (both_roles.provided, both_roles.asked) == ((CERTIFICATE,), (CERTIFICATE, ELSEWHERE))
    assert (product(informations=[]).provided, product(informations=[]).asked) == ((), (CERTIFICATE, ELSEWHERE))
    old = of({**FILE, "product": {**FILE["product"], "asks": None, "informations": [CERTIFICATE]}}, "f", load()).product
    assert old.asked == (CERTIFICATE,)


def test_an_inquirers_clauses_apply_by_what_is_asked_for_and_a_providers_do_not():
    features = {"inquirer": claimed_features(load(), ["residence_history"]), "provider": set()}
    due = coverage.clauses_due(load(), ("provider", "inquirer"), (), date(2026, 6, 1), features)
    applies = {one.id: one.applies for one in due}

    assert applies["I-BUS-007"] == "applicable"
    assert applies["P-BUS-005"] == "not_applicable"


def test_the_doctor_minds_what_is_provided_alone():
    only_asks = of({**FILE, "product": {**FILE["product"], "informations": [ELSEWHERE]}}, "f", load())

    assert list(doctor.informations(only_asks, load(), "city")) == []
