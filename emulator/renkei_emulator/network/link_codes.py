"""符号・リンクコード: a person's name in each body's mouth, made by enciphering.

One AES-256 block under a key per body and epoch: person serial 48 bit ‖ generation 16 bit ‖ 64 zero bits, written as
22 characters of base64url. So the network opens the asker's code and makes the provider's without a table of persons,
and a forged code, or another body's, fails on the zeros (once in 2**64). Source: PROTOCOL §1.
"""

from collections.abc import Callable, Iterable
from copy import copy
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from renkei_emulator.claims import Claims
from renkei_emulator.envelope import b64u, sha256_b64u, unb64u
from renkei_emulator.refusals import Refused

__all__ = ["Force", "LinkCodes", "Person", "check_subjects"]

_CODE_LENGTH = 22
_ZEROS = bytes(8)


class Person(NamedTuple):
    """Whom a link code means: the network's serial (< 2**48) and how often the code was re-issued."""

    serial: int
    generation: int


class Force(NamedTuple):
    """Which generations of a person's code hold at a body: `oldest` to `newest` are accepted, `given` is delivered."""

    oldest: int
    given: int
    newest: int


def _never_reissued(_body: str, _serial: int) -> Force:
    return Force(0, 0, 0)


def check_subjects(claims: Claims, subjects: str | None, codes: tuple[str, ...]) -> None:
    """The subjects string is the one that the header names, of the right count, and names nobody twice.

    Raises Refused `subjects_hash_mismatch`, `subject_count_mismatch`, `subject_repeated`.
    """
    if subjects is None:
        return
    if sha256_b64u(subjects.encode()) != claims["subjects_sha256"]:
        raise Refused("subjects_hash_mismatch")
    if len(codes) != claims["subject_count"]:
        raise Refused("subject_count_mismatch", f"{len(codes)} link codes")
    if len(set(codes)) != len(codes):
        raise Refused("subject_repeated")


class LinkCodes:
    """The link codes of all bodies, from the network's seed. `epoch` names the keys in use; the former still open."""

    def __init__(self, seed: int, epoch: int = 1) -> None:
        self._seed = str(seed).encode()
        self._epoch = epoch
        self._ciphers: dict[tuple[str, int], Cipher[modes.ECB]] = {}
        self._force: Callable[[str, int], Force] = _never_reissued

    def under(self, force: Callable[[str, int], Force]) -> "LinkCodes":
        """The same codes, with what re-issues have made of them: (body, serial) → what holds."""
        codes = copy(self)
        codes._force = force
        return codes

    def current(self, body: str, serial: int) -> str:
        """The person's code at `body` that holds. ValueError as `issue`."""
        return self.issue(body, Person(serial, self._force(body, serial).given))

    def issue(self, body: str, person: Person) -> str:
        """The person's link code at `body`. ValueError if the serial or generation does not fit its bits."""
        if not (0 <= person.serial < 1 << 48 and 0 <= person.generation < 1 << 16):
            raise ValueError(f"no link code for {person}")
        block = (person.serial << 16 | person.generation).to_bytes(8, "big") + _ZEROS
        return b64u(self._cipher(body, self._epoch).encryptor().update(block))

    def open(self, body: str, code: str) -> Person | None:
        """Whom `body` means by `code`, or None if the network never gave it that code."""
        if len(code) != _CODE_LENGTH:
            return None
        try:
            sealed = unb64u(code)
        except Refused:
            return None
        for epoch in (self._epoch, self._epoch - 1):
            block = self._cipher(body, epoch).decryptor().update(sealed)
            if block[8:] == _ZEROS:
                head = int.from_bytes(block[:8], "big")
                return Person(head >> 16, head & 0xFFFF)
        return None

    def open_all(self, body: str, codes: Iterable[str]) -> list[Person]:
        """The persons meant, in order. Raises Refused `link_code_invalid`, naming the item_nos, if any code fails."""
        persons = [self._holding(body, self.open(body, code)) for code in codes]
        if bad := [item_no for item_no, person in enumerate(persons, 1) if person is None]:
            raise Refused("link_code_invalid", f"not codes of {body}", item_nos=bad)
        return [person for person in persons if person is not None]

    def translate(self, codes: Iterable[str], giver: str, receiver: str) -> tuple[str, ...]:
        """The receiver's codes for the giver's, in order. Raises Refused `link_code_invalid`."""
        return tuple(self.current(receiver, person.serial) for person in self.open_all(giver, codes))

    def _holding(self, body: str, person: Person | None) -> Person | None:
        if person is None:
            return None
        force = self._force(body, person.serial)
        return person if force.oldest <= person.generation <= force.newest else None

    def _cipher(self, body: str, epoch: int) -> Cipher[modes.ECB]:
        cipher = self._ciphers.get((body, epoch))
        if cipher is None:
            info = f"link codes of {body} in epoch {epoch}".encode()
            key = HKDF(SHA256(), 32, salt=b"renkei test link codes", info=info).derive(self._seed)
            # One block of one's own form, so ECB is the permutation itself and nothing is chained.
            cipher = self._ciphers[body, epoch] = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305
        return cipher
