"""Worked examples of the standard: a small world with a still clock plays one exchange, and every byte of it is kept.

Keys follow from the printed seed, signatures are deterministic: the same edition gives the same bytes again, and no key
is committed anywhere. The world is the emulator's; what it made is verified in our tests by an independent library.
"""

from __future__ import annotations

import asyncio
import json
import tomllib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from renkei_emulator.envelope import Opener, Signer, b64u, open_sealed, read_jwe, seal, sha256_b64u, sign, unb64u
from renkei_emulator.installation import NEAR_BODIES, NEAR_NETWORK, Installation
from renkei_emulator.world import Dice, HttpReply, HttpRequest, StillClock
from renkei_fixtures.instants import parse
from renkei_fixtures.messages import both
from renkei_fixtures.municipalities import COUNTERPART, SUBJECT
from renkei_fixtures.residents import SITUATIONS, resident, tax_records
from renkei_fixtures.standard import DATA

if TYPE_CHECKING:
    from renkei_fixtures.standard import Standard

SEED = 20260701
AT = "2026-07-01T01:00:00.000Z"
INFORMATION = "income_tax_certificate"
ASKED_AS = "000000000000042"
"""The own number under which the inquirer keeps the person: bodies number their people as they like."""

Json = dict[str, Any]
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def vectors(standard: Standard) -> dict[str, Json]:
    """Every file of examples by its name: `strict`, `characters`, `suite`, `exchange`."""
    played = asyncio.run(_play(standard))
    texts = {name: {"cases": _texts(name)} for name in ("strict", "characters")}
    return {**texts, "suite": played.suite(), "exchange": played.exchange()}


def _texts(name: str) -> list[Json]:
    """Texts for a reader; one that is given by its code points has both."""
    rows: list[Json] = tomllib.loads((DATA / "vectors" / f"{name}.toml").read_text("utf-8"))["vector"]
    for row in rows:
        if "points" in row:
            row["text"] = "".join(chr(int(point, 16)) for point in row["points"].split())
    return rows


@dataclass
class _Played:
    """A world after the exchange, and what was said in it, in order."""

    world: Installation
    said: list[tuple[str, HttpRequest, HttpReply]]

    # --- the exchange ----------------------------------------------------------------------------------------------
    def exchange(self) -> Json:
        """All steps with what is in them, and the keys to read them."""
        steps = [self._step(name, request, reply) for name, request, reply in self.said]
        keys = {code: self._keys(code) for code in (COUNTERPART, SUBJECT, "network")}
        return {
            "not_government": True,
            "seed": SEED,
            "at": AT,
            "inquirer": COUNTERPART,
            "provider": SUBJECT,
            "anchors_pem": self.world.authority.anchors_pem,
            "keys": keys,
            "steps": steps,
        }

    def _keys(self, code: str) -> Json:
        both_keys = self.world.authority.network() if code == "network" else self.world.authority.body(code)
        found: Json = {}
        for use, pair in (("signing", both_keys.signing), ("sealing", both_keys.sealing)):
            found[use] = {"kid": pair.kid, "private_key_pem": pair.key_pem, "chain_pem": pair.chain_pem}
        return found

    def _step(self, name: str, request: HttpRequest, reply: HttpReply) -> Json:
        title = both(f"document.step.{name}")
        asked: Json = {"method": request.method, "path": request.path, "headers": dict(request.headers)}
        said: Json = {"status": reply.status, "headers": dict(reply.headers)}
        asked |= _text(request.body)
        said |= _text(reply.body)
        tokens = [*self._tokens(asked.get("body")), *self._tokens(said.get("body"))]
        return {
            "id": name,
            "title": {"ja": title.ja, "en": title.en},
            "request": asked,
            "reply": said,
            "tokens": tokens,
        }

    def _tokens(self, body: str | None) -> list[Json]:
        try:
            envelope = json.loads(body or "")
        except ValueError:
            return []
        members = envelope.items() if isinstance(envelope, dict) else ()
        return [self._token(name, value) for name, value in members if isinstance(value, str) and name in _READ]

    def _token(self, member: str, value: str) -> Json:
        token: Json = {"member": member, "sha256": sha256_b64u(value.encode())}
        if member == "subjects":
            return token | {"subjects": json.loads(unb64u(value))}
        first, *others = value.split(".")
        token["jose"] = json.loads(unb64u(first))
        if member != "body":
            return token | {"claims": json.loads(unb64u(others[0]))}
        plaintext = open_sealed(read_jwe(value), self._opener(token["jose"]["kid"]))
        content = json.loads(plaintext)
        if "padding" in content:
            content["padding"] = f"0… ({len(content['padding'])})"
        return token | {"plaintext_bytes": len(plaintext), "plaintext": plaintext.decode(), "content": content}

    def _opener(self, kid: str) -> Opener:
        pairs = [self.world.authority.body(code).sealing for code in (COUNTERPART, SUBJECT)]
        return next(Opener.of_pem(pair.kid, pair.key_pem) for pair in pairs if pair.kid == kid)

    # --- the suite --------------------------------------------------------------------------------------------------
    def suite(self) -> Json:
        """One signature and one seal, with everything that went into them."""
        return {"seed": SEED, "cases": [self._signature(), self._seal()]}

    def _signature(self) -> Json:
        pair, payload, typ = self.world.authority.body(SUBJECT).signing, b'{"example":true}', "renkei-query"
        jws = sign(payload, typ, Signer.of_pem(pair.kid, pair.key_pem))
        return _titled("signature") | {
            "private_key_pem": pair.key_pem,
            "kid": pair.kid,
            "typ": typ,
            "payload": payload.decode(),
            "jws": jws,
            "sha256": sha256_b64u(jws.encode()),
        }

    def _seal(self) -> Json:
        pair, plaintext = self.world.authority.body(SUBJECT).sealing, '{"example":"連携"}'
        opener, label = Opener.of_pem(pair.kid, pair.key_pem), "vector of a seal"
        jwe = seal(plaintext.encode(), opener.key.public_key(), pair.kid, Dice(SEED, label))
        thrown = Dice(SEED, label)
        d = int.from_bytes(thrown.bytes(48), "big") % (_ORDER - 1) + 1
        return _titled("seal") | {
            "private_key_pem": pair.key_pem,
            "kid": pair.kid,
            "ephemeral_private_key_d": b64u(d.to_bytes(32, "big")),
            "iv": b64u(thrown.bytes(12)),
            "plaintext": plaintext,
            "jwe": jwe,
        }


_READ = frozenset({"header", "permit", "receipt", "subjects", "body"})


def _titled(name: str) -> Json:
    title = both(f"document.step.{name}")
    return {"id": name, "title": {"ja": title.ja, "en": title.en}}


def _text(body: bytes) -> Json:
    if not body:
        return {}
    try:
        return {"body": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"body_hex": body.hex()}


# --- playing ----------------------------------------------------------------------------------------------------------
async def _play(standard: Standard) -> _Played:
    world = await Installation.build([COUNTERPART, SUBJECT], True, SEED, StillClock(parse(AT)), standard=standard)
    played = _Played(world, [])
    for near in (NEAR_NETWORK, NEAR_BODIES):
        world.wire.near[near] = _heard(played, world.wire.near[near])
    world.appear_at(None, None)
    await _business(played, "load", SUBJECT, "load", _copies(standard, await _link_code(world, SUBJECT)))
    await _business(played, "load_codes", COUNTERPART, "load", _codes(await _link_code(world, COUNTERPART)))
    await _business(played, "ask", COUNTERPART, "ask", _question())
    await world.settle()
    await _business(played, "collect", COUNTERPART, "collect", {})
    await _refusal(played)
    for log in ("access", "audit", "business"):
        await _business(played, f"records_{log}", SUBJECT, "records", {"log": log})
    for name, path in _directory(world).items():
        await _get(played, name, path)
    await world.close()
    return played


def _heard(
    played: _Played, door: Callable[[HttpRequest], Awaitable[HttpReply]]
) -> Callable[[HttpRequest], Awaitable[HttpReply]]:
    async def through(request: HttpRequest) -> HttpReply:
        reply = await door(request)
        if request.method == "POST":
            played.said.append((_name_of(request), request, reply))
        return reply

    return through


def _name_of(request: HttpRequest) -> str:
    envelope = json.loads(request.body)
    typ = (
        json.loads(unb64u(envelope["header"].split(".")[0]))["typ"].removeprefix("renkei-")
        if "header" in envelope
        else ""
    )
    return f"{typ}_delivered" if "permit" in envelope or "receipt" in envelope else typ


async def _business(played: _Played, name: str, body: str, operation: str, members: Mapping[str, Any]) -> None:
    headers = {"authorization": f"Bearer {played.world.tokens[body]}", "content-type": "application/json"}
    data = json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()
    request = HttpRequest("POST", f"/business/1/{body}/{operation}", headers, data)
    place = len(played.said)
    reply = await played.world.handle("business", request)
    played.said.insert(place, (name, request, reply))


async def _link_code(world: Installation, body: str) -> str:
    headers = {"authorization": f"Bearer {world.management_token}"}
    members = {"body": body, "serials": [resident(SEED, SUBJECT, SITUATIONS["taxed"]).serial]}
    request = HttpRequest("POST", "/management/1/link-codes", headers, json.dumps(members).encode())
    return str(json.loads((await world.handle("management", request)).body)["link_codes"][0])


def _copies(standard: Standard, link_code: str) -> Json:
    number, own = SITUATIONS["taxed"], resident(SEED, SUBJECT, SITUATIONS["taxed"]).own_number
    rows = [
        {"own_number": own, "keys": {"tax_year": r.tax_year}, "status": r.status, "as_of": r.as_of}
        | ({} if r.record is None else {"record": r.record})
        for r in tax_records(SEED, SUBJECT, number)
    ]
    return {
        "load_id": "2026-07-01-0001",
        "information": INFORMATION,
        "version": standard.informations[INFORMATION].version,
        "records": rows,
        "link_codes": [{"own_number": own, "link_code": link_code}],
        "handling": [{"own_number": own, "mode": "automatic"}],
    }


def _codes(link_code: str) -> Json:
    return {"load_id": "2026-07-01-0001", "link_codes": [{"own_number": ASKED_AS, "link_code": link_code}]}


def _question() -> Json:
    return {
        "ask_id": "CRA-2026-000017",
        "to": SUBJECT,
        "affair": "AF-01",
        "procedure": "PR-0101",
        "information": INFORMATION,
        "responsibility": "CRA-STAFF",
        "official": "clerk-07",
        "subjects": [{"own_number": ASKED_AS, "keys": {"tax_year": "2025"}}],
    }


async def _refusal(played: _Played) -> None:
    """The delivery once more with one bit of the header's signature turned: refused in clear, at once."""
    delivered = next(request for name, request, _ in played.said if name == "inquiry_delivered")
    envelope = json.loads(delivered.body)
    signed, _, signature = envelope["header"].rpartition(".")
    turned = bytearray(unb64u(signature))
    turned[40] ^= 1
    envelope["header"] = f"{signed}.{b64u(bytes(turned))}"
    request = HttpRequest(
        "POST", delivered.path, delivered.headers, json.dumps(envelope, separators=(",", ":")).encode()
    )
    played.said.append(("refused", request, await played.world.handle("bodies", request)))


def _directory(world: Installation) -> dict[str, str]:
    kid = world.authority.body(COUNTERPART).signing.kid
    return {"certificate": f"/renkei/1/certificates/{kid}", "crl": "/renkei/1/crl", "bodies": "/renkei/1/bodies"}


async def _get(played: _Played, name: str, path: str) -> None:
    request = HttpRequest("GET", path)
    played.said.append((name, request, await played.world.handle("network", request)))
