"""団体名簿: which bodies there are, where and how they are reached, and which keys are theirs.

The directory stores, it does not vouch: each entry is signed by its body, and certificates hold up to anchors that
every installation has of its own.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from renkei_emulator.claims import Claims
from renkei_emulator.envelope import Signer, sign
from renkei_emulator.network.certificates import Authority
from renkei_fixtures.instants import render

if TYPE_CHECKING:
    from renkei_fixtures.municipalities import Body


class Directory:
    """The bodies of the network with their addresses (base URL; None until told)."""

    def __init__(self, authority: Authority, bodies: Mapping[str, "Body"], addresses: Mapping[str, str]) -> None:
        self._authority = authority
        self.bodies = bodies
        self._addresses = dict(addresses)
        self._brought: set[str] = set()
        for code in ("network", *bodies):  # so that every certificate can be had by its kid from the first request
            authority.body(code)

    def move(self, body: str, address: str, brought: bool = False) -> None:
        """From now on `body` is reached at `address`. KeyError if there is no such body.

        `brought`: somebody there keeps its box, so what is for it is brought, though it fetches.
        """
        if body not in self.bodies:
            raise KeyError(body)
        self._addresses[body] = address
        if brought:
            self._brought.add(body)

    def address(self, body: str) -> str | None:
        """Where a body is reached, if that is known."""
        return self._addresses.get(body)

    def pushes_to(self, body: str) -> bool:
        """Whether messages are brought to the body; otherwise it fetches them."""
        return self.bodies[body].delivery == "push" or body in self._brought

    def entries(self) -> list[str]:
        """All entries, each signed by its body."""
        return [self.entry(code) for code in self.bodies]

    def entry(self, code: str) -> str:
        """A body's entry, signed by the body."""
        body, keys = self.bodies[code], self._authority.body(code)
        claims: Claims = {
            "body": code,
            "name": body.text.ja,
            "delivery": body.delivery,
            "bindings": ["jose"],
            "editions": list(body.editions),
            "signing_kids": [keys.signing.kid],
            "sealing_kids": [keys.sealing.kid],
            "valid_from": render(self._authority.valid[0]),
            "valid_to": render(self._authority.valid[1]),
        }
        if (address := self._addresses.get(code)) is not None:
            claims["address"] = address
        signer = Signer.of_pem(keys.signing.kid, keys.signing.key_pem)
        return sign(json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode(), "renkei-directory", signer)
