"""情報提供ネットワークシステム: the Information Provision Network, emulated.

Rooms: `certificates` and `directory` (who is who), `authority` (what the law gives), `link_codes` (whom it is about),
`permits` (what the network vouches for), `relay` (what goes to whom when), `record` (情報提供等記録). `rooms.py` holds
their steps as one frozen set, `journey.py` is the order in which a message walks through them.
"""
