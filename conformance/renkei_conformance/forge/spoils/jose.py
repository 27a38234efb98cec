"""Spoils of the JOSE headers: closed lists of members, one suite, one `typ` for every purpose."""

from __future__ import annotations

from dataclasses import replace

from renkei_conformance.forge import crypto
from renkei_conformance.forge.build import Bench, Recipient, Signing
from renkei_conformance.forge.spoils import spoil
from renkei_conformance.forge.touch import without
from renkei_conformance.wire import Json, b64u


@spoil("form.jose_crit", at="header_jose")
def _jose_crit(jose: Json, bench: Bench) -> Json:
    return {**jose, "crit": ["typ"]}


@spoil("form.jose_jwk", at="header_jose")
def _jose_jwk(jose: Json, bench: Bench) -> Json:
    # The sender's own right key: a product that believes a key sent along finds the signature right.
    signing = bench.part("header_key")
    assert isinstance(signing, Signing)
    return {**jose, "jwk": crypto.point(signing.key.public_key())}


@spoil("form.jose_b64", at="header_jose")
def _jose_b64(jose: Json, bench: Bench) -> Json:
    return {**jose, "b64": True}


@spoil("form.jose_kid_missing", at="header_jose")
def _jose_kid_missing(jose: Json, bench: Bench) -> Json:
    return without(jose, "kid")


@spoil("form.jose_typ_missing", at="header_jose")
def _jose_typ_missing(jose: Json, bench: Bench) -> Json:
    return without(jose, "typ")


@spoil("form.jose_member_repeated", at="header_token")
def _jose_member_repeated(token: str, bench: Bench) -> str:
    jose = bench.part("header_jose")
    assert isinstance(jose, dict)
    payload = bench.dumps(jose)
    return _signed_anew(payload[:-1] + b',"alg":"ES256"}', bench)


@spoil("form.jose_body_zip", at="body_jose")
def _jose_body_zip(jose: Json, bench: Bench) -> Json:
    return {**jose, "zip": "DEF"}  # and really compressed: a reader that follows RFC 7516 would open it


@spoil("form.alg_none", at="header_key")
def _alg_none_key(signing: Signing, bench: Bench) -> Signing:
    return replace(signing, alg="none")


@spoil("form.alg_hs256", at="header_key")
def _alg_hs256_key(signing: Signing, bench: Bench) -> Signing:
    return replace(signing, alg="HS256")


@spoil("form.alg_es384", at="header_key")
def _alg_es384_key(signing: Signing, bench: Bench) -> Signing:
    return replace(signing, alg="ES384")


@spoil("form.permit_alg_none", at="permit_key")
def _permit_alg_none(signing: Signing, bench: Bench) -> Signing:
    return replace(signing, alg="none")


@spoil("form.body_alg_key_wrap", at="recipient")
def _body_alg_key_wrap(recipient: Recipient, bench: Bench) -> Recipient:
    return replace(recipient, wrap=bench.dice.bytes("content key", 32))


@spoil("form.body_enc_a128gcm", at="body_jose")
def _body_enc_a128gcm(jose: Json, bench: Bench) -> Json:
    return {**jose, "enc": "A128GCM"}


@spoil("form.typ_of_permit", at="header_jose")
def _typ_of_permit(jose: Json, bench: Bench) -> Json:
    return {**jose, "typ": "renkei-permit"}


@spoil("form.typ_unknown", at="header_jose")
def _typ_unknown(jose: Json, bench: Bench) -> Json:
    return {**jose, "typ": "JWT"}


@spoil("form.body_typ_of_inquiry", at="body_jose")
def _body_typ_of_inquiry(jose: Json, bench: Bench) -> Json:
    return {**jose, "typ": "renkei-inquiry"}


def _signed_anew(protected: bytes, bench: Bench) -> str:
    # The JOSE header is part of what is signed: changed bytes are signed again, so that only their form is wrong.
    signing, payload = bench.part("header_key"), bench.part("header_bytes")
    assert isinstance(signing, Signing)
    assert isinstance(payload, bytes)
    signing_input = f"{b64u(protected)}.{b64u(payload)}"
    return f"{signing_input}.{b64u(crypto.signature(signing_input.encode('ascii'), signing.key))}"
