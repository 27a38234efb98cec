"""Strict reading: what any library writes is read, what the standard does not allow is not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe, jws
from joserfc.jwk import ECKey

from renkei_conformance import wire
from renkei_conformance.forge import crypto
from renkei_conformance.wire import Unreadable, b64u, read_json, read_jwe, read_jws, read_object, unb64u


def code_of(read, *args):
    with pytest.raises(Unreadable) as caught:
        read(*args)
    return caught.value.code


@given(st.binary(max_size=80))
def test_base64url_comes_back_as_it_went(data):
    assert data == unb64u(b64u(data))


@given(st.binary(min_size=1, max_size=40).filter(lambda data: len(data) % 3))
def test_spare_bits_that_are_not_zero_are_refused(data):
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    text = b64u(data)
    odd = text[:-1] + alphabet[alphabet.index(text[-1]) | 1]

    assert code_of(unb64u, odd) == "encoding_not_canonical"


@pytest.mark.parametrize("text", ["QQ==", "QQ=", "Q", "QUJ\n", "QU+_", "QUJD ", "ＡＢＣＤ"])
def test_padding_and_foreign_characters_are_refused(text):
    assert code_of(unb64u, text) == "encoding_not_canonical"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"a":1,"a":1}', "member_repeated"),
        (b'{"a":{"b":1,"b":2}}', "member_repeated"),
        (b'{"a":NaN}', "not_json"),
        (b'{"a":1.0}', "not_json"),
        (b'{"a":1e2}', "not_json"),
        (b'{"a":"\xff"}', "not_json"),
        (b'\xef\xbb\xbf{"a":1}', "not_json"),
        (b'{"a":"\\ud800"}', "not_json"),
        (b'{"a":1}{}', "not_json"),
        (b"", "not_json"),
        (b"[" * 17 + b"]" * 17, "depth_exceeded"),
        (b"[" * 200_000, "depth_exceeded"),
    ],
)
def test_json_that_the_standard_does_not_take_is_refused(data, code):
    assert code == code_of(read_json, data)


def test_sixteen_levels_are_read_and_brackets_in_strings_do_not_count():
    assert read_json(b"[" * 16 + b"]" * 16)
    assert read_json(json.dumps({"a": "[" * 40}).encode()) == {"a": "[" * 40}
    assert read_json(json.dumps({"a": '\\"[[['}).encode()) == {"a": '\\"[[['}


def test_an_object_is_asked_for_and_an_array_refused():
    assert code_of(read_object, b"[]") == "not_json"


def test_nulls_are_found_wherever_they_hide():
    assert wire.nulls({"a": None, "b": [1, {"c": None}]}) == (".a", ".b[1].c")


def test_a_signature_made_elsewhere_is_read_and_verifies():
    key = ECKey.generate_key("P-256", private=True)
    token = jws.serialize_compact({"alg": "ES256", "kid": "k", "typ": "renkei-inquiry"}, b'{"a":1}', key)
    read = read_jws(token, "header")

    assert read.jose == {"alg": "ES256", "kid": "k", "typ": "renkei-inquiry"}
    assert read.payload == b'{"a":1}'
    assert crypto.verifies(read, key.public_key)


def test_a_signature_of_ours_verifies_elsewhere():
    key = crypto.derived_key(bytes(range(48)))
    signing_input = b64u(b'{"alg":"ES256"}') + "." + b64u(b"text")
    token = f"{signing_input}.{b64u(crypto.signature(signing_input.encode(), key))}"

    assert jws.deserialize_compact(token, ECKey.import_key(_pem(key)), ["ES256"]).payload == b"text"


def test_signatures_of_other_lengths_do_not_verify():
    key = ECKey.generate_key("P-256", private=True)
    read = read_jws(jws.serialize_compact({"alg": "ES256"}, b"text", key), "header")
    for odd in (b"\0" + read.signature, read.signature[:-1], read.signature + b"\0", b""):
        assert not crypto.verifies(
            wire.Jws(read.token, read.jose, read.payload, read.signing_input, odd), key.public_key
        )


def test_a_body_sealed_elsewhere_is_opened():
    key = ECKey.generate_key("P-256", private=True)
    token = jwe.encrypt_compact({"alg": "ECDH-ES", "enc": "A256GCM"}, b"content", key)

    assert crypto.unseal(read_jwe(token, "body"), crypto.private_key(key.as_pem(private=True).decode())) == b"content"


def test_a_body_of_ours_is_opened_elsewhere():
    key = ECKey.generate_key("P-256", private=True)
    ephemeral = crypto.derived_key(bytes(range(48)))
    jose = {"alg": "ECDH-ES", "enc": "A256GCM", "epk": crypto.point(ephemeral.public_key())}
    sealing = crypto.Sealing(key.public_key, ephemeral, bytes(12))
    token = crypto.seal(b"content", b64u(json.dumps(jose).encode()), jose, sealing)

    assert jwe.decrypt_compact(token, key, ["ECDH-ES", "A256GCM"]).plaintext == b"content"


@pytest.mark.parametrize("extra", [{"enc": "A128GCM"}, {"alg": "ECDH-ES+A256KW"}, {"zip": "DEF"}])
def test_bodies_spoiled_in_their_algorithm_are_right_in_themselves(extra):
    key = ECKey.generate_key("P-256", private=True)
    ephemeral = crypto.derived_key(bytes(range(48)))
    jose = {"alg": "ECDH-ES", "enc": "A256GCM", "epk": crypto.point(ephemeral.public_key()), **extra}
    sealing = crypto.Sealing(key.public_key, ephemeral, bytes(12), bytes(32) if "KW" in str(extra) else None)
    token = crypto.seal(b"content" * 20, b64u(json.dumps(jose).encode()), jose, sealing)
    algorithms = ["ECDH-ES", "ECDH-ES+A256KW", "A256GCM", "A128GCM", "DEF"]

    assert jwe.decrypt_compact(token, key, algorithms).plaintext == b"content" * 20


@pytest.mark.parametrize("segment", [0, 2, 3, 4])
def test_a_changed_body_is_not_opened(segment):
    key = ECKey.generate_key("P-256", private=True)
    parts = jwe.encrypt_compact({"alg": "ECDH-ES", "enc": "A256GCM"}, b"content", key).split(".")
    if segment == 0:
        parts[0] = b64u(unb64u(parts[0]).replace(b"{", b"{ ", 1))
    else:
        data = bytearray(unb64u(parts[segment]))
        data[0] ^= 1
        parts[segment] = b64u(bytes(data))

    with pytest.raises(crypto.NotOpened):
        crypto.unseal(read_jwe(".".join(parts), "body"), crypto.private_key(key.as_pem(private=True).decode()))


@pytest.mark.parametrize("token", [None, "", "a.b", "a.b.c.d", "a..c", "a.b.", 7])
def test_a_token_that_has_not_three_segments_is_refused(token):
    assert code_of(read_jws, token, "header") == "encoding_not_canonical"


def test_peeking_never_fails():
    for token in (
        None,
        7,
        "",
        "a",
        "a.b",
        "....",
        f"{b64u(b'[]')}.{b64u(b'7')}.x",
        "é.é.é",
        b64u(b"[" * 5000) + ".e30",
    ):
        assert wire.peek(token) == (None, {})


def _pem(key):
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
