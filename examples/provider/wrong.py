"""`python -m provider.wrong NAME renkei.toml --tables DIR`: the same product with one mistake that products make.

chain_not_followed       P-SIG-002  believes any certificate that the network stores
permit_never_expires     P-PRM-003  (and P-PRM-005) looks at the inquiry's end only
whole_record_sent        P-ITM-001  provides what it has, not what the affair may know
newest_year_sent         P-ITM-003  takes the newest copy whatever year was asked for
link_code_in_access_log  P-REC-003  a line that helped in debugging and stayed
undecided_released       P-MAN-001  answers by itself what no officials decided on in time
"""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime
from typing import Any

from cryptography import x509

from .__main__ import main
from .provider import Provider
from .trust import Trust
from .wire import Envelope, Json

PATIENCE_S = 4.0


class _BelievingTrust(Trust):
    def _to_an_anchor(self, chain: list[x509.Certificate]) -> list[x509.Certificate]:
        return [*chain, self._anchors[0]]

    def _not_revoked(self, leaf: x509.Certificate, issuer: x509.Certificate, at: datetime, now: datetime) -> None:
        if issuer.subject != self._anchors[0].subject:
            super()._not_revoked(leaf, issuer, at, now)


class ChainNotFollowed(Provider):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.trust.__class__ = _BelievingTrust


class PermitNotCompared(Provider):
    @staticmethod
    def _permit_agrees(permit: Json, claims: Json) -> None:
        pass


class WholeRecordSent(Provider):
    def narrowed(self, claims: Json, status: str | None, record: Json) -> Json:
        return record


class NewestYearSent(Provider):
    def copy_for(self, own_number: str, information: str, keys: Json) -> tuple[str | None, str, Json] | None:
        if "tax_year" not in keys:
            return super().copy_for(own_number, information, keys)
        copies = self.store.copies(own_number, information)
        newest = max((copy[0]["tax_year"] for copy in copies), default=keys["tax_year"])
        return super().copy_for(own_number, information, {"tax_year": newest})


class LinkCodeInAccessLog(Provider):
    def _accept(self, raw: bytes, envelope: Envelope, permit: Json, items: list[Json], now: datetime) -> None:
        super()._accept(raw, envelope, permit, items, now)
        number = permit["exchange_number"]
        self.store.log("access", number, exchange_number=number, subjects=envelope.link_codes)


class UndecidedReleased(Provider):
    def _accept(self, raw: bytes, envelope: Envelope, permit: Json, items: list[Json], now: datetime) -> None:
        super()._accept(raw, envelope, permit, items, now)
        hurry = threading.Timer(PATIENCE_S, self._release, (permit["exchange_number"],))
        hurry.daemon = True
        hurry.start()

    def _release(self, number: str) -> None:
        if self.store.one("SELECT 1 FROM exchange WHERE number = ? AND state = 'waiting'", number) is not None:
            self.decide(number, release=True, now=datetime.now(UTC))


WRONG: dict[str, type[Provider]] = {
    "chain_not_followed": ChainNotFollowed,
    "permit_not_compared": PermitNotCompared,
    "whole_record_sent": WholeRecordSent,
    "newest_year_sent": NewestYearSent,
    "link_code_in_access_log": LinkCodeInAccessLog,
    "undecided_released": UndecidedReleased,
}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in WRONG:
        sys.exit(f"usage: python -m provider.wrong {'|'.join(WRONG)} renkei.toml --tables DIR")
    sys.exit(main(WRONG[sys.argv[1]], sys.argv[2:]))
