"""The tap: stands between product and network, both ways, keeps the bytes and hands them on.

    from the product   a message of one of the forge's exchange numbers → `lower/network.py`; all else → W
    from the network   a message to a body that the forge plays → that body; all else → the product

Pure of transport: `serve.py` puts it on two loopback ports, in process it is called directly. Nothing here waits for
time: waiting is by condition variable, woken by every arrival.
"""

from __future__ import annotations

from renkei_conformance.drivers import Reply, Request
from renkei_conformance.lower.network import Heard


class Tap:
    """See the module. Safe to call from several threads."""

    def handle_from_product(self, request: Request) -> Reply:
        """What the product sends to what it takes for the network. May raise `LostReply`, and `DoorTrouble` of W."""
        raise NotImplementedError

    def handle_from_network(self, request: Request) -> Reply:
        """What the network sends to a body. May raise `LostReply`, and `DoorTrouble` of the product."""
        raise NotImplementedError

    def heard(self, exchange_number: str) -> tuple[Heard, ...]:
        """Everything heard so far of this exchange, in order of arrival."""
        raise NotImplementedError

    def wait_for(self, exchange_number: str, typ: str, patience: float, count: int = 1) -> tuple[Heard, ...]:
        """Wait until `count` counted messages of this `typ` have arrived for the exchange, at most `patience` seconds.

        Returns those that have arrived, which may be fewer.
        """
        raise NotImplementedError
