"""Everything that is not the standard, on a port of its own with a token of its own: kit, odd certificates, addresses,
link codes, faults, clock, health, chains (``/management/1/…``).

The kit holds private keys of the parties of this installation alone: a product's key is never in it.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from renkei_emulator.messages import compact
from renkei_emulator.network.certificates import KINDS, KeyPair
from renkei_emulator.network.link_codes import LinkCodes
from renkei_emulator.world import HttpReply, HttpRequest, StillClock
from renkei_fixtures.errors import SetupError
from renkei_fixtures.instants import render

if TYPE_CHECKING:
    from renkei_emulator.installation import Installation

BASE = "/management/1/"
_LONGEST_NOTICE_S = 30 * 24 * 3600
Members = dict[str, Any]


class _Wrong(Exception):  # noqa: N818 - the operator's request is wrong
    def __init__(self, status: int, code: str, expected: str, got: object = None) -> None:
        super().__init__(code)
        self.reply = {"status": status, "code": code, "expected": expected, "got": repr(got)[:200]}


class Management:
    """M of one installation."""

    def __init__(self, installation: Installation) -> None:
        self._in = installation
        self._operations: dict[tuple[str, str], Callable[[Members], Awaitable[Members]]] = {
            ("GET", "kit"): self._kit,
            ("GET", "health"): self._health,
            ("GET", "verify"): self._verify,
            ("POST", "records"): self._records,
            ("POST", "certificates"): self._certificates,
            ("POST", "revocations"): self._revocations,
            ("POST", "addresses"): self._addresses,
            ("POST", "link-codes"): self._link_codes,
            ("POST", "link-code-changes"): self._link_code_changes,
            ("POST", "bars"): self._bars,
            ("POST", "faults"): self._faults,
            ("POST", "clock"): self._clock,
            ("POST", "settle"): self._settle,
        }

    async def receive(self, request: HttpRequest) -> HttpReply:
        try:
            return _json(200, await self._operate(request))
        except _Wrong as wrong:
            return _json(wrong.reply["status"], wrong.reply)  # type: ignore[arg-type]
        except SetupError as error:
            return _json(422, {"status": 422, "code": error.key, "got": error.got, "text": error.render("en")})

    async def _operate(self, request: HttpRequest) -> Members:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        known = self._in.management_token.encode()
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), known):
            raise _Wrong(401, "token_wrong", "the management token")
        operation = self._operations.get((request.method, request.path.removeprefix(BASE)))
        if operation is None or not request.path.startswith(BASE):
            raise _Wrong(404, "path_unknown", ", ".join(f"{m} {BASE}{n}" for m, n in self._operations), request.path)
        try:
            members = json.loads(request.body) if request.body else {}
        except ValueError:
            raise _Wrong(400, "not_json", "a JSON object") from None
        if not isinstance(members, dict):
            raise _Wrong(400, "not_json", "a JSON object", members)
        return await operation(members)

    # --- what is asked ----------------------------------------------------------------------------------------------
    async def _kit(self, _: Members) -> Members:
        here, now = self._in, self._in.clock.now()
        bodies = {code: self._body(code) for code in here.bodies}
        return {
            "seed": here.seed,
            "clock": render(now),
            "anchors_pem": here.authority.anchors_pem,
            "crl_der_b64": base64.b64encode(here.authority.crl(now)).decode(),
            "network": {"signing": _pair(here.authority.network().signing, here.network is not None)},
            "bodies": bodies,
        }

    def _body(self, code: str) -> Members:
        keys, ours = self._in.authority.body(code), code in self._in.nodes
        body: Members = {"signing": _pair(keys.signing, ours), "sealing": _pair(keys.sealing, ours)}
        address = self._in.addresses.get(code)
        return body | ({} if address is None else {"address": address})

    async def _health(self, _: Members) -> Members:
        here = self._in
        return {
            "clock": render(here.clock.now()),
            "network": here.network is not None,
            "bodies": list(here.nodes),
            "armed": list(here.armed),
            "waiting": {code: len(node.desk.store.waiting()) for code, node in here.nodes.items()},
        }

    async def _verify(self, _: Members) -> Members:
        return {"breaks": [vars_of(broken) for broken in self._in.verify()]}

    async def _records(self, members: Members) -> Members:
        """The network's own record of provision, which no party of the standard may export."""
        if self._in.network is None:
            raise _Wrong(404, "no_network", "an installation with the network")
        number = members.get("exchange_number")
        return {"export": self._in.network.records(None if number is None else str(number)).decode()}

    # --- what is ordered --------------------------------------------------------------------------------------------
    async def _certificates(self, members: Members) -> Members:
        kind, body = _text(members, "kind"), _text(members, "body")
        if kind not in KINDS:
            raise _Wrong(422, "kind_unknown", ", ".join(KINDS), kind)
        if body != "network" and body not in self._in.bodies:
            raise _Wrong(422, "body_unknown", ", ".join(self._in.bodies), body)
        use = members.get("use", "signature")
        if use not in ("signature", "agreement"):
            raise _Wrong(422, "use_unknown", "signature or agreement", use)
        return _pair(self._in.authority.order(kind, body, use, self._in.clock.now()), True)

    async def _revocations(self, members: Members) -> Members:
        """From now on the network's revocation list has this certificate, for compromise."""
        kid = _text(members, "kid")
        try:
            self._in.authority.take_back(kid, self._in.clock.now())
        except KeyError:
            raise _Wrong(422, "kid_unknown", "a certificate that was made here", kid) from None
        return {"kid": kid}

    async def _addresses(self, members: Members) -> Members:
        body, address = _text(members, "body"), _text(members, "address")
        try:
            self._in.move(body, address, members.get("brought") is True)
        except KeyError:
            raise _Wrong(422, "body_unknown", ", ".join(self._in.bodies), body) from None
        if (node := self._in.nodes.get(body)) is not None:
            node.fetching.elsewhere = True
        return {"body": body, "address": address}

    async def _link_codes(self, members: Members) -> Members:
        body, serials = _text(members, "body"), members.get("serials")
        if not isinstance(serials, list) or not all(type(s) is int and 0 <= s < 2**48 for s in serials):
            raise _Wrong(422, "member_wrong", "serials: numbers below 2**48", serials)
        if self._in.network is not None:
            return {"link_codes": self._in.network.link_codes(body, serials)}
        codes = LinkCodes(self._in.seed)
        return {"link_codes": [codes.current(body, serial) for serial in serials]}

    async def _link_code_changes(self, members: Members) -> Members:
        """付替え: the person gets another link code at `body`, which holds after `after_s` seconds."""
        body, serial, after_s, network = (
            _text(members, "body"),
            members.get("serial"),
            members.get("after_s"),
            self._in.network,
        )
        if network is None:
            raise _Wrong(404, "no_network", "an installation with the network")
        if body not in self._in.bodies:
            raise _Wrong(422, "body_unknown", ", ".join(self._in.bodies), body)
        if type(serial) is not int or not 0 <= serial < 2**48:
            raise _Wrong(422, "member_wrong", "serial: a number below 2**48", serial)
        if type(after_s) is not int or not 0 < after_s <= _LONGEST_NOTICE_S:
            raise _Wrong(422, "member_wrong", f"after_s: whole seconds, 1 to {_LONGEST_NOTICE_S}", after_s)
        effective_at = self._in.clock.now() + timedelta(seconds=after_s)
        try:
            new = await network.reissue(body, serial, effective_at)
        except ValueError as error:
            raise _Wrong(409, "change_pending", str(error), serial) from None
        return {"link_code": new, "effective_at": render(effective_at)}

    async def _bars(self, members: Members) -> Members:
        """差止め: from now on nothing is provided by `to` to `from` (`*`: to anybody), or again."""
        pair, network = (_text(members, "from"), _text(members, "to")), self._in.network
        if network is None:
            raise _Wrong(404, "no_network", "an installation with the network")
        for body in pair:
            if body not in self._in.bodies and (body, pair[0]) != ("*", "*"):
                raise _Wrong(422, "body_unknown", ", ".join(self._in.bodies), body)
        network.office.bars.add(pair) if members.get("barred", True) else network.office.bars.discard(pair)
        return {"bars": sorted(map(list, network.office.bars))}

    async def _faults(self, members: Members) -> Members:
        ids = members.get("armed")
        if not isinstance(ids, list) or not all(isinstance(id_, str) for id_ in ids):
            raise _Wrong(422, "member_wrong", "armed: ids of faults", ids)
        self._in.arm(ids)
        return {"armed": list(self._in.armed)}

    async def _clock(self, members: Members) -> Members:
        seconds, clock = members.get("advance_s"), self._in.clock
        if not isinstance(seconds, int | float) or isinstance(seconds, bool) or seconds < 0:
            raise _Wrong(422, "member_wrong", "advance_s: seconds", seconds)
        if not isinstance(clock, StillClock):
            raise _Wrong(409, "clock_runs", "a still clock")
        clock.advance(seconds)
        await self._in.tick()
        return {"clock": render(clock.now())}

    async def _settle(self, _: Members) -> Members:
        return {"done": await self._in.settle()}


def vars_of(row: Any) -> Members:
    """A record with slots as members."""
    return {name: getattr(row, name) for name in row.__slots__}


def _pair(pair: KeyPair, with_key: bool) -> Members:
    members = {"kid": pair.kid, "chain_pem": pair.chain_pem}
    return members | ({"key_pem": pair.key_pem} if with_key else {})


def _text(members: Members, name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str):
        raise _Wrong(422, "member_wrong", f"{name}: text", value)
    return value


def _json(status: int, members: Members) -> HttpReply:
    return HttpReply(status, {"content-type": "application/json"}, compact(members))
