"""The forge: speaks the protocol from outside. It builds a right envelope, then spoils exactly one named thing.

crypto.py    sign, seal, open, chains: an independent twin of the emulator's envelope, nothing shared
build.py     the bench: content → body → header → permit → envelope, each stage made to fit the one before
draft.py     Draft: a message that is right but for at most one spoil, and its clean twin
spoils/      one function per spoil, hung on one stage of the bench
bodies.py    the forge as a body towards the network (network role)
reader.py    what came back, opened: everything that the oracles judge
"""
