"""Sealing and opening: joserfc is the oracle both ways, and a rogue's gallery must be refused."""

import json
from datetime import UTC, datetime

import pytest
from joserfc import jwe as oracle_jwe
from joserfc import jws as oracle_jws
from joserfc.jwk import ECKey

from renkei_emulator import envelope as e
from renkei_emulator.network.certificates import Authority
from renkei_emulator.refusals import Refused
from renkei_emulator.world import Dice

TYP = "renkei-inquiry"
KEYS = Authority(1, 2026).body("001015")
OTHER = Authority(1, 2026).body("482013")
SIGNER = e.Signer.of_pem(KEYS.signing.kid, KEYS.signing.key_pem)
OPENER = e.Opener.of_pem(KEYS.sealing.kid, KEYS.sealing.key_pem)
PUBLIC = SIGNER.key.public_key()
TOKEN = e.sign(b'{"a":1}', TYP, SIGNER)
SEALED = e.seal("所得 ".encode() * 100, OPENER.key.public_key(), OPENER.kid, Dice(1, "seal"))
ORACLE_SIGNING = ECKey.import_key(KEYS.signing.key_pem)
ORACLE_SEALING = ECKey.import_key(KEYS.sealing.key_pem)


def code_of(call, *args):
    with pytest.raises(Refused) as refused:
        call(*args)
    return refused.value.code


def header_of(token):
    return json.loads(e.unb64u(token.partition(".")[0]))


def with_header(token, header):
    """The token under another JOSE header: reading refuses before anything is verified or opened."""
    segment = e.b64u(header if isinstance(header, bytes) else json.dumps(header).encode())
    return f"{segment}.{token.partition('.')[2]}"


# --- with the oracle ------------------------------------------------------------------------------------------------
def test_what_we_sign_the_oracle_verifies():
    read = oracle_jws.deserialize_compact(TOKEN, ORACLE_SIGNING, algorithms=["ES256"])

    assert read.payload == b'{"a":1}'
    assert read.headers() == {"alg": "ES256", "kid": SIGNER.kid, "typ": TYP}


def test_what_the_oracle_signs_we_verify():
    token = oracle_jws.serialize_compact(
        {"alg": "ES256", "kid": SIGNER.kid, "typ": TYP}, b"{}", ORACLE_SIGNING, algorithms=["ES256"]
    )

    jws = e.read_jws(token)
    e.verify(jws, PUBLIC)
    assert (jws.kid, jws.typ, jws.payload) == (SIGNER.kid, TYP, b"{}")


def test_what_we_seal_the_oracle_opens():
    read = oracle_jwe.decrypt_compact(SEALED, ORACLE_SEALING, algorithms=["ECDH-ES", "A256GCM"])

    assert read.plaintext == "所得 ".encode() * 100


def test_what_the_oracle_seals_we_open():
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": OPENER.kid, "typ": "renkei-body"}
    sealed = oracle_jwe.encrypt_compact(header, b"plain", ORACLE_SEALING, algorithms=["ECDH-ES", "A256GCM"])

    assert e.open_sealed(e.read_jwe(sealed), OPENER) == b"plain"


# --- sameness and freshness -----------------------------------------------------------------------------------------
def test_one_key_signs_the_same_bytes_twice_with_the_same_result():
    assert e.sign(b'{"a":1}', TYP, SIGNER) == TOKEN


def test_two_seals_of_one_text_share_neither_ephemeral_key_nor_iv():
    dice = Dice(1, "x")
    one, two = (e.read_jwe(e.seal(b"text", OPENER.key.public_key(), OPENER.kid, dice)) for _ in "12")

    assert one.epk != two.epk
    assert one.iv != two.iv


def test_dice_of_one_seed_and_label_give_the_same_seal():
    one, two = (e.seal(b"text", OPENER.key.public_key(), OPENER.kid, Dice(9, "x")) for _ in "12")

    assert one == two


# --- JSON -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"{} {}", "not_json"),
        (b"\xef\xbb\xbf{}", "not_json"),
        (b'{"a":NaN}', "not_json"),
        (b'{"a":-Infinity}', "not_json"),
        (b'{"a":1e999}', "not_json"),
        (b'{"a":' + b"9" * 5000 + b"}", "not_json"),
        (b'{"a":"\xff"}', "not_json"),
        (b'{"a":"\\ud800"}', "not_json"),
        (b'{"a":"\x01"}', "not_json"),
        ('{"a":1}'.encode("utf-16"), "not_json"),
        (b'{"a":1,"a":1}', "member_repeated"),
        (b'{"a":1,"\\u0061":1}', "member_repeated"),
        (b'{"a":{"b":1,"b":2}}', "member_repeated"),
        (b"[" * 17 + b"]" * 17, "depth_exceeded"),
        (b"[" * 100_000 + b"]" * 100_000, "depth_exceeded"),
        (b'{"a":' * 17 + b"1" + b"}" * 17, "depth_exceeded"),
    ],
)
def test_json_that_two_readers_could_read_differently_is_refused(text, code):
    assert code == code_of(e.strict_json, text)


def test_json_of_sixteen_levels_and_of_any_width_is_read():
    assert e.strict_json(b"[" * 16 + b"]" * 16)
    assert len(e.strict_json(b"[" + b"{}," * 99 + b"{}]")) == 100


# --- base64url ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["A", "AA==", "AB", "AAB", "A+", "A/", "AA\n", "AA ", "Aé", "ＡＡ", "AAAAA"])
def test_base64url_that_is_not_canonical_is_refused(text):
    assert code_of(e.unb64u, text) == "encoding_not_canonical"


@pytest.mark.parametrize("data", [b"", b"\x00", b"\xff\xfe", b"\xfb\xff\xbf", bytes(range(256))])
def test_base64url_brings_every_byte_back(data):
    assert e.unb64u(e.b64u(data)) == data


# --- signatures -----------------------------------------------------------------------------------------------------
HEADER = {"alg": "ES256", "kid": SIGNER.kid, "typ": TYP}


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (HEADER | {"alg": "none"}, "algorithm_not_allowed"),
        (HEADER | {"alg": "HS256"}, "algorithm_not_allowed"),
        (HEADER | {"alg": "ES384"}, "algorithm_not_allowed"),
        (HEADER | {"alg": None}, "algorithm_not_allowed"),
        (HEADER | {"typ": "JWT"}, "type_not_allowed"),
        (HEADER | {"typ": "renkei-body"}, "type_not_allowed"),
        (HEADER | {"typ": ["renkei-inquiry"]}, "type_not_allowed"),
        (HEADER | {"crit": []}, "jose_header_not_allowed"),
        (HEADER | {"b64": False}, "jose_header_not_allowed"),
        (HEADER | {"jwk": {}}, "jose_header_not_allowed"),
        (HEADER | {"x5c": []}, "jose_header_not_allowed"),
        (HEADER | {"zip": "DEF"}, "jose_header_not_allowed"),
        (HEADER | {"kid": "../../etc/passwd"}, "jose_header_not_allowed"),
        (HEADER | {"kid": 1}, "jose_header_not_allowed"),
        ({"alg": "ES256", "typ": TYP}, "jose_header_not_allowed"),
        ([], "jose_header_not_allowed"),
        (b'{"alg":"ES256","alg":"ES256"}', "member_repeated"),
        (b"no json", "not_json"),
    ],
)
def test_a_signature_header_outside_the_closed_list_is_refused(header, code):
    assert code == code_of(e.read_jws, with_header(TOKEN, header))


@pytest.mark.parametrize(
    "token",
    ["", "a", "a.b", "..", TOKEN + ".", TOKEN + "=", TOKEN + "\n", " " + TOKEN, TOKEN.replace(".", ".."), "a.b.c.d"],
)
def test_what_is_not_a_compact_signature_is_refused(token):
    assert code_of(e.read_jws, token) == "encoding_not_canonical"


def raw_signature():
    return e.unb64u(TOKEN.rpartition(".")[2])


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        bytes(64),
        raw_signature()[:-1],
        raw_signature() + b"\x00",
        b"\x00" + raw_signature(),
        raw_signature()[:32] + b"\x00" + raw_signature()[32:],
        raw_signature() * 2,
        raw_signature()[:32] + bytes(32),
        bytes(32) + raw_signature()[32:],
        b"\xff" * 64,
        SIGNER.key.sign(TOKEN.rpartition(".")[0].encode(), e._ECDSA),
    ],
    ids=[
        "empty",
        "zeros",
        "short",
        "long",
        "shifted",
        "zero_before_s",
        "twice",
        "s_zero",
        "r_zero",
        "beyond_order",
        "der",
    ],
)
def test_a_signature_that_is_not_the_64_bytes_of_this_key_is_invalid(signature):
    token = f"{TOKEN.rpartition('.')[0]}.{e.b64u(signature) or 'AA'}"

    assert code_of(e.verify, e.read_jws(token), PUBLIC) == "signature_invalid"


def test_a_signature_over_other_bytes_or_of_another_key_is_invalid():
    head, payload, signature = TOKEN.split(".")
    other = e.Signer.of_pem(SIGNER.kid, OTHER.signing.key_pem)

    assert code_of(e.verify, e.read_jws(f"{head}.{e.b64u(b'{}')}.{signature}"), PUBLIC) == "signature_invalid"
    assert code_of(e.verify, e.read_jws(e.sign(b'{"a":1}', TYP, other)), PUBLIC) == "signature_invalid"
    assert e.read_jws(TOKEN).payload == e.unb64u(payload)


# --- sealed bodies --------------------------------------------------------------------------------------------------
SEALED_HEADER = header_of(SEALED)
EPK = SEALED_HEADER["epk"]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (SEALED_HEADER | {"alg": "dir"}, "algorithm_not_allowed"),
        (SEALED_HEADER | {"alg": "RSA-OAEP"}, "algorithm_not_allowed"),
        (SEALED_HEADER | {"enc": "A128GCM"}, "algorithm_not_allowed"),
        (SEALED_HEADER | {"enc": "A128CBC-HS256"}, "algorithm_not_allowed"),
        (SEALED_HEADER | {"typ": TYP}, "type_not_allowed"),
        (SEALED_HEADER | {"zip": "DEF"}, "jose_header_not_allowed"),
        (SEALED_HEADER | {"apu": "AA"}, "jose_header_not_allowed"),
        (SEALED_HEADER | {"epk": EPK | {"d": EPK["x"]}}, "jose_header_not_allowed"),
        (SEALED_HEADER | {"epk": EPK | {"x": EPK["x"][:-1]}}, "jose_header_not_allowed"),
        (SEALED_HEADER | {"epk": EPK | {"crv": "P-384"}}, "algorithm_not_allowed"),
        (SEALED_HEADER | {"epk": "key"}, "jose_header_not_allowed"),
        ({name: SEALED_HEADER[name] for name in ("alg", "enc", "kid", "epk")}, "jose_header_not_allowed"),
    ],
)
def test_a_body_header_outside_the_closed_list_is_refused(header, code):
    assert code == code_of(e.read_jwe, with_header(SEALED, header))


def parts(**other):
    protected, key, iv, text, tag = SEALED.split(".")
    new = {"protected": protected, "key": key, "iv": iv, "text": text, "tag": tag} | other
    return ".".join(new.values())


@pytest.mark.parametrize(
    "token",
    [parts(key="AAAA"), parts(iv="AAAA"), parts(tag="AAAA"), parts(text=""), SEALED + ".", SEALED[:-1], TOKEN],
    ids=["encrypted_key", "short_iv", "short_tag", "no_ciphertext", "six_parts", "cut", "signature"],
)
def test_what_is_not_a_compact_body_of_the_suite_is_refused(token):
    assert code_of(e.read_jwe, token) == "encoding_not_canonical"


OFF_CURVE = SEALED_HEADER | {"epk": EPK | {"y": EPK["x"]}}
ORIGIN = SEALED_HEADER | {"epk": EPK | {"x": e.b64u(bytes(32)), "y": e.b64u(bytes(32))}}
BEYOND_FIELD = SEALED_HEADER | {"epk": EPK | {"x": e.b64u(b"\xff" * 32)}}


@pytest.mark.parametrize(
    "token",
    [
        parts(iv="A" * 16),
        parts(tag="A" * 22),
        parts(text="AAAA"),
        with_header(SEALED, json.dumps(SEALED_HEADER).encode()),
        with_header(SEALED, OFF_CURVE),
        with_header(SEALED, ORIGIN),
        with_header(SEALED, BEYOND_FIELD),
        with_header(SEALED, SEALED_HEADER | {"kid": OTHER.sealing.kid}),
    ],
    ids=["iv", "tag", "ciphertext", "header_spaced", "off_curve", "origin", "beyond_field", "other_kid"],
)
def test_a_body_that_does_not_open_says_one_thing_only(token):
    assert code_of(e.open_sealed, e.read_jwe(token), OPENER) == "decryption_failed"


def test_a_body_that_names_another_certificate_is_not_tried_though_our_key_would_open_it():
    sealed = e.seal(b"text", OPENER.key.public_key(), OTHER.sealing.kid, Dice(1, "x"))

    assert code_of(e.open_sealed, e.read_jwe(sealed), OPENER) == "decryption_failed"


def test_a_body_sealed_to_another_does_not_open_with_our_key_under_its_name():
    other = e.Opener(OPENER.kid, e.Opener.of_pem(OTHER.sealing.kid, OTHER.sealing.key_pem).key)

    assert code_of(e.open_sealed, e.read_jwe(SEALED), other) == "decryption_failed"


# --- envelopes ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"[]", "not_json"),
        (b'{"header":"a"}', "envelope_member_missing"),
        (b'{"header":"a","body":1}', "envelope_member_missing"),
        (b'{"header":"a","body":null}', "envelope_member_missing"),
        (b'{"header":"a","body":"b","more":"c"}', "envelope_member_unknown"),
        (b'{"header":"a","body":"b","body":"b"}', "member_repeated"),
    ],
)
def test_an_envelope_has_its_members_once_and_no_others(data, code):
    must = frozenset({"header", "body"})

    assert code == code_of(e.read_envelope, data, must, must)


def test_dice_make_message_ids_of_version_7_in_lower_case_and_in_order_of_time():
    dice = Dice(3, "ids")
    ids = [dice.uuid7(datetime(2026, 4, 1, 0, 0, second, tzinfo=UTC)) for second in range(3)]

    assert ids == sorted(ids)
    assert {each[14] for each in ids} == {"7"}
    assert {each[19] for each in ids} <= set("89ab")
    assert all(each == each.lower() and len(each) == 36 for each in ids)


def test_a_child_of_dice_is_moved_by_nobody_else():
    one, two = Dice(3, "x"), Dice(3, "x")
    two.bytes(1000)

    assert one.child("a").bytes(16) == two.child("a").bytes(16)
    assert one.child("a").bytes(16) != one.child("b").bytes(16)
