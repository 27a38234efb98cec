"""Messages are shown reformatted, shortened with their length, and without naming anybody."""

import json
from typing import Any

from renkei_fixtures.run_record import Message
from renkei_fixtures.standard import load
from renkei_reports.discretion import HIDDEN, Discretion, without_secrets
from renkei_reports.evidence import Shown, show
from renkei_reports.fold import fold_lines
from renkei_reports.report import Numbered
from renkei_reports.testing import RecordBuilder, envelope, expected_case, expected_clause

_CODE = "ABCDEFGHIJKLMNOPQRSTUV"


def _shown(body: str | None, limit: int = 5000, **members: Any) -> Shown:
    message = Message(case="C-1", direction="heard", door="N", body=body, **members)
    record = RecordBuilder()
    record.expect([expected_clause("P-SIG-001")], [expected_case("C-1", "P-SIG-001")])
    record.add(message)
    cases = fold_lines(record.lines, load()).cases
    return show(Numbered(seq=2, at="t", event=message), Discretion(cases), limit)


def test_a_message_is_told_by_the_type_in_its_header() -> None:
    assert _shown(envelope("renkei-inquiry", {"from": "001015"})).gist == "renkei-inquiry"


def test_a_refusal_is_told_by_its_code() -> None:
    assert _shown(json.dumps({"code": "permit_missing", "state": "x"}), status=403).gist == "permit_missing"


def test_signed_parts_are_shown_as_they_read() -> None:
    assert '"from": "001015"' in _shown(envelope("renkei-inquiry", {"from": "001015"})).claims


def test_a_long_string_is_cut_and_its_length_is_told() -> None:
    assert "…[3000]" in _shown(json.dumps({"body": "e" * 3000})).body


def test_a_long_body_is_cut_and_what_is_left_out_is_counted() -> None:
    shown = _shown("z z" * 1000, limit=100)

    assert (len(shown.body), shown.left, shown.body_length) == (100, 2900, 3000)


def test_a_repeated_member_is_not_tidied_away() -> None:
    assert _shown('{"a":1,"a":2}').body == '{"a":1,"a":2}'


def test_what_is_no_json_is_shown_as_it_came() -> None:
    assert _shown("<html>busy</html>").body == "<html>busy</html>"
    assert _shown("[" * 300).body == "[" * 300


def test_a_number_that_names_a_person_is_shortened_wherever_it_turns_up() -> None:
    body = json.dumps({"records": [{"own_number": "000000000123456"}], "note": "000000000123456 asked"})

    assert "123456" not in _shown(body).body
    assert '"own_number": "000…"' in _shown(body).body


def test_a_link_code_learnt_from_an_opened_message_is_shortened_in_text() -> None:
    shown = _shown(f"no such code: {_CODE}", opened={"link_codes": [_CODE]})

    assert f"no such code: {_CODE[:3]}…" == shown.body
    assert _CODE not in shown.opened


def test_the_link_codes_of_the_subjects_string_are_neither_shown_nor_readable_from_it() -> None:
    message = json.loads(envelope("renkei-inquiry", {"from": "001015", "note": _CODE}))
    shown = _shown(json.dumps(message))

    assert message["subjects"] not in shown.body
    assert _CODE not in shown.claims


def test_tokens_in_headers_are_not_shown() -> None:
    headers = _shown("{}", headers={"Authorization": "Bearer s3cret", "content-type": "application/json"}).headers

    assert f"Authorization: {HIDDEN}\ncontent-type: application/json" == headers


def test_a_product_file_is_shown_without_its_tokens() -> None:
    profile = {"business_side": {"token": "s3cret", "address": "http://127.0.0.1:1"}, "roles": ["provider"]}

    assert without_secrets(profile) == {
        "business_side": {"token": HIDDEN, "address": "http://127.0.0.1:1"},
        "roles": ["provider"],
    }
