"""`renkei standard render`: the files it writes, and its worked examples verified by a library that is not ours."""

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509 import load_pem_x509_certificates
from joserfc import jwe, jws
from joserfc.jwk import ECKey

from renkei.cli import run
from renkei.standard_document import tables
from renkei.vectors import vectors
from renkei_conformance import wire
from renkei_emulator import strict
from renkei_emulator.characters import jis_length
from renkei_emulator.dates import day_of, known_of
from renkei_emulator.refusals import Refused
from renkei_fixtures import instants
from renkei_fixtures.standard import load
from renkei_fixtures.standard.document import load_document
from renkei_reports.standard.markup import parts
from renkei_reports.standard.model import Table

Json = dict[str, Any]


@cache
def _vectors() -> dict[str, Json]:
    return vectors(load())


def _b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _sha256(text: str) -> str:
    return _b64u(hashlib.sha256(text.encode()).digest())


def _step(name: str) -> Json:
    found: Json = next(step for step in _vectors()["exchange"]["steps"] if step["id"] == name)
    return found


def _claims(step: Json, member: str) -> Json:
    found: Json = next(token["claims"] for token in step["tokens"] if token["member"] == member)
    return found


# --- the files --------------------------------------------------------------------------------------------------------
def test_render_writes_both_languages_examples_and_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["standard", "render", "--out", str(tmp_path)]) == 0
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert {f"standard.{lang}.{kind}" for lang in ("ja", "en") for kind in ("html", "md")} <= names
    assert {"vectors/strict.json", "vectors/suite.json", "vectors/exchange.json", "tables/authority.json"} <= names
    assert json.loads((tmp_path / "vectors/exchange.json").read_text("utf-8")) == _vectors()["exchange"]
    japanese = (tmp_path / "standard.ja.html").read_text("utf-8")
    assert 'href="standard.en.html"' in japanese
    body = _step("inquiry_delivered")["request"]["body"]
    assert body.replace('"', "&#34;") in japanese  # every byte of it
    assert "standard.ja.html" in capsys.readouterr().out


def test_one_language_alone_links_to_no_other(tmp_path: Path) -> None:
    assert run(["standard", "render", "--out", str(tmp_path), "--lang", "en"]) == 0
    assert not (tmp_path / "standard.ja.html").exists()
    assert "standard.ja.html" not in (tmp_path / "standard.en.html").read_text("utf-8")


def test_render_needs_a_place_that_can_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["standard", "render"]) == 2
    (tmp_path / "file").write_text("")
    assert run(["standard", "render", "--out", str(tmp_path / "file" / "x"), "--lang", "en"]) == 4
    assert "Traceback" not in capsys.readouterr().err


def test_the_same_edition_gives_the_same_bytes() -> None:
    assert vectors(load()) == _vectors()


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_document_names_members_of_the_tables_that_are_there(lang: str) -> None:
    section = next(section for section in load_document() if section.id == "json_tables")
    assert section.body is not None
    table = next(part for part in parts(section.body.of(lang)) if isinstance(part, Table))
    named = {
        row[0].strip(" `"): set(re.findall(r"`([a-z_]+)`", row[1])) for row in table.rows if row[0].startswith("`")
    }
    found = tables(load())
    values = {"auto", "manual", "assessed", "group", "leaf"}
    for file, members in named.items():
        name = file.split(".")[0]
        if name in found:
            assert members - values <= _members(found[name]), file
    assert set(found) <= {name for row in table.rows for name in re.findall(r"([a-z0-9_]+)\.json", row[0])}


def _members(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_members, value))
    return set(value).union(*map(_members, value.values())) if isinstance(value, dict) else set()


# --- the exchange, by joserfc -----------------------------------------------------------------------------------------
def _keys() -> dict[str, ECKey]:
    """kid → public key of the leaf, the kid worked out from the certificate itself."""
    keys = {}
    for body in _vectors()["exchange"]["keys"].values():
        for pair in body.values():
            leaf = load_pem_x509_certificates(pair["chain_pem"].encode())[0]
            from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

            kid = _b64u(hashlib.sha256(leaf.public_bytes(Encoding.DER)).digest())
            assert kid == pair["kid"]
            pem = leaf.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            keys[kid] = ECKey.import_key(pem)
    return keys


def _private(kid: str) -> ECKey:
    for body in _vectors()["exchange"]["keys"].values():
        for pair in body.values():
            if pair["kid"] == kid:
                return ECKey.import_key(pair["private_key_pem"].encode())
    raise KeyError(kid)


def _signed() -> list[tuple[str, Json]]:
    return [
        (step["id"], token)
        for step in _vectors()["exchange"]["steps"]
        for token in step["tokens"]
        if token["member"] in ("header", "permit", "receipt")
    ]


def _string(step: Json, token: Json) -> str:
    bodies = [json.loads(step[side].get("body") or "{}") for side in ("request", "reply")]
    found = [body[token["member"]] for body in bodies if token["member"] in body]
    return str(next(text for text in found if _sha256(text) == token["sha256"]))


def test_every_signature_of_the_exchange_verifies_but_the_one_that_was_turned() -> None:
    keys, seen = _keys(), set()
    for name, token in _signed():
        text = _string(_step(name), token)
        kid = token["jose"]["kid"]
        if (name, token["member"]) == ("refused", "header"):
            with pytest.raises(Exception, match="bad_signature|Bad|signature"):
                jws.deserialize_compact(text, keys[kid], algorithms=["ES256"])
            continue
        read = jws.deserialize_compact(text, keys[kid], algorithms=["ES256"])
        assert json.loads(read.payload) == token["claims"]
        seen.add(read.headers()["typ"])
    assert seen >= {"renkei-inquiry", "renkei-permit", "renkei-answer", "renkei-receipt", "renkei-acknowledgement"}


def test_every_body_opens_to_the_printed_plaintext_of_the_prescribed_size() -> None:
    size = load().informations["income_tax_certificate"].padded_size
    opened = 0
    for step in _vectors()["exchange"]["steps"]:
        for token in (one for one in step["tokens"] if one["member"] == "body"):
            read = jwe.decrypt_compact(
                _string(step, token), _private(token["jose"]["kid"]), algorithms=["ECDH-ES", "A256GCM"]
            )
            assert read.plaintext is not None
            assert read.plaintext.decode() == token["plaintext"]
            assert len(read.plaintext) == size
            assert _claims(step, "header")["content_sha256"] == _sha256(token["plaintext"])
            opened += 1
    assert opened == 5


def test_the_messages_of_the_exchange_are_bound_to_one_another() -> None:
    delivered, answer, taken = _step("inquiry_delivered"), _step("answer"), _step("acknowledgement")
    envelope = json.loads(delivered["request"]["body"])
    permit, claims = _claims(delivered, "permit"), _claims(answer, "header")
    for member in ("header", "body", "subjects"):
        assert permit[f"{member}_sha256"] == _sha256(envelope[member])
    assert claims["inquiry_sha256"] == _sha256(envelope["header"])
    assert claims["subjects_sha256"] == _sha256(json.loads(answer["request"]["body"])["subjects"])
    item = _claims(taken, "header")["items"][0]
    assert item["acknowledged_sha256"] == _sha256(json.loads(answer["request"]["body"])["header"])
    assert item["outcome"] == "accepted"
    assert json.loads(delivered["reply"]["body"]) == {
        "exchange_number": permit["exchange_number"],
        "state": "delivered",
    }
    assert json.loads(_step("refused")["reply"]["body"])["code"] == "signature_invalid"


def test_a_permit_answers_to_the_printed_exchange_whatever_order_its_steps_come_in() -> None:
    names = [step["id"] for step in _vectors()["exchange"]["steps"]]
    order = [
        "ask",
        "inquiry",
        "inquiry_delivered",
        "answer",
        "answer_delivered",
        "acknowledgement",
        "collect",
        "refused",
    ]
    assert [name for name in names if name in order] == order


# --- the suite --------------------------------------------------------------------------------------------------------
def _case(name: str) -> Json:
    found: Json = next(case for case in _vectors()["suite"]["cases"] if case["id"] == name)
    return found


def test_the_signature_of_the_suite_verifies() -> None:
    case = _case("signature")
    key = ECKey.import_key(case["private_key_pem"].encode())
    read = jws.deserialize_compact(case["jws"], key, algorithms=["ES256"])
    assert read.payload == case["payload"].encode()
    assert read.headers() == {"alg": "ES256", "kid": case["kid"], "typ": case["typ"]}


def test_the_seal_of_the_suite_opens_and_was_made_with_the_printed_ephemeral_key() -> None:
    case = _case("seal")
    read = jwe.decrypt_compact(
        case["jwe"], ECKey.import_key(case["private_key_pem"].encode()), algorithms=["ECDH-ES", "A256GCM"]
    )
    assert read.plaintext == case["plaintext"].encode()
    from cryptography.hazmat.primitives.asymmetric import ec

    d = int.from_bytes(
        base64.urlsafe_b64decode(case["ephemeral_private_key_d"] + "=" * (-len(case["ephemeral_private_key_d"]) % 4))
    )
    point = ec.derive_private_key(d, ec.SECP256R1()).public_key().public_numbers()
    epk = json.loads(base64.urlsafe_b64decode(case["jwe"].split(".")[0] + "=="))["epk"]
    assert (epk["x"], epk["y"]) == (_b64u(point.x.to_bytes(32, "big")), _b64u(point.y.to_bytes(32, "big")))
    assert case["jwe"].split(".")[2] == case["iv"]


# --- values of items ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("case", _vectors()["characters"]["cases"], ids=lambda case: str(case["id"]))
def test_a_value_is_what_its_vector_says(case: Json) -> None:
    known = {"N": jis_length, "date": day_of, "date_partial": known_of}[case["reader"]](case["text"])
    assert ("accept" if known is not None else "item_invalid") == case["expect"]
    if case["reader"] == "N":
        assert known == case.get("length")


def test_the_printed_repertoire_is_that_of_the_standard(tmp_path: Path) -> None:
    assert run(["standard", "render", "--out", str(tmp_path), "--lang", "en"]) == 0
    cells = json.loads((tmp_path / "tables/jisx0213.json").read_text("utf-8"))
    assert len(cells) == len(set(cells)) == 11_233
    assert sum(len(cell) == 2 for cell in cells) == 25
    assert all(jis_length(cell) == 1 for cell in cells)


# --- strict reading ---------------------------------------------------------------------------------------------------
def _input(case: Json) -> bytes:
    return bytes.fromhex(case["hex"]) if "hex" in case else str(case["text"]).encode("utf-8", "surrogatepass")


def _emulator(reader: str, data: bytes) -> None:
    from renkei_emulator.envelope import _JWE, _JWS

    if reader == "json":
        strict.strict_json(data)
    elif reader == "base64url":
        strict.unb64u(data.decode())
    elif reader == "time":
        try:
            instants.parse(data.decode())
        except ValueError:
            raise Refused("header_form_invalid") from None
    elif not (_JWS if reader == "jws_form" else _JWE).fullmatch(data.decode()):
        raise Refused("encoding_not_canonical")


@pytest.mark.parametrize("case", _vectors()["strict"]["cases"], ids=lambda case: str(case["id"]))
def test_a_strict_vector_is_read_as_it_says_by_the_reference(case: Json) -> None:
    try:
        _emulator(case["reader"], _input(case))
    except Refused as refused:
        assert refused.code == case["expect"]
    else:
        assert case["expect"] == "accept"


@pytest.mark.parametrize(
    "case",
    [case for case in _vectors()["strict"]["cases"] if case["reader"] in ("json", "base64url")],
    ids=lambda case: str(case["id"]),
)
def test_a_strict_vector_is_read_as_it_says_by_the_examiner(case: Json) -> None:
    try:
        _ = wire.read_json(_input(case)) if case["reader"] == "json" else wire.unb64u(_input(case).decode())
    except wire.Unreadable as unreadable:
        assert unreadable.code == case["expect"]
    else:
        assert case["expect"] == "accept"
