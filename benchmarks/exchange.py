"""What one exchange costs over real HTTP, beside the bare cryptography that it contains, as a ratio.

    python -m benchmarks.exchange [--rounds 9] [--exchanges 200] [--at-once 8] [--out FILE]

One exchange: a business system asks on interface B, the inquirer's message goes to the network and on to the provider,
the answer comes back the same way, the business system collects it, the inquirer acknowledges. Rounds alternate between
the exchange and the cryptography within one run, so that a machine that is shared slows both alike.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cryptography

from benchmarks.raw_cryptography import Partner
from benchmarks.world import ThreeProcesses, calibrate
from renkei.children import Children

# A run ends well within two minutes; rounds that are not begun by then are left out.
LAST_ROUND_BEGINS_S = 90.0
WARM_UP = 50


@dataclass(frozen=True)
class Round:
    """One round; all times are µs per exchange. `cpu`: of all children; `client`: of the business system's side."""

    raw: float
    cpu: float
    wall: float
    network: float
    inquirer: float
    provider: float
    client: float

    @property
    def ratio(self) -> float:
        """How much of the exchange's CPU time the bare cryptography would take: 1 is the limit."""
        return self.raw / self.cpu


def raw_round(partner: Partner, exchanges: int) -> float:
    """CPU µs of one exchange's cryptography."""
    begin = time.process_time_ns()
    partner.run(exchanges)
    return (time.process_time_ns() - begin) / exchanges / 1000


async def http_round(world: ThreeProcesses, name: str, exchanges: int, at_once: int) -> dict[str, float]:
    """µs per exchange, over HTTP."""
    known = world.collected()
    before, client, wall = world.cpu_ns(), time.process_time_ns(), time.perf_counter_ns()
    await world.exchange([f"{name}-{k}" for k in range(exchanges)], at_once)
    spent = {"wall": time.perf_counter_ns() - wall, "client": time.process_time_ns() - client}
    await world.acknowledged(known + exchanges)
    after = world.cpu_ns()
    children = {child: after[child] - before[child] for child in before}
    spent |= {**children, "cpu": sum(children.values())}
    return {what: ns / exchanges / 1000 for what, ns in spent.items()}


async def measure(world: ThreeProcesses, partner: Partner, rounds: int, exchanges: int, at_once: int) -> list[Round]:
    """All rounds; which of the two comes first changes from round to round."""
    await world.prepare()
    await world.exchange([f"warm-up-{k}" for k in range(WARM_UP)], at_once)
    await world.acknowledged(WARM_UP)
    partner.run(WARM_UP)
    begin, done = time.monotonic(), []
    for n in range(rounds):
        if time.monotonic() - begin > LAST_ROUND_BEGINS_S:
            break
        raw = raw_round(partner, exchanges) if n % 2 else None
        http = await http_round(world, f"round-{n}", exchanges, at_once)
        done.append(Round(raw=raw_round(partner, exchanges) if raw is None else raw, **http))
    return done


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, smallest, largest."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def conditions(args: argparse.Namespace) -> dict[str, Any]:
    """What the figures depend on."""
    return {
        "python": platform.python_version(),
        "cryptography": cryptography.__version__,
        "machine": platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "load_average_before": round(os.getloadavg()[0], 2),
        "rounds": args.rounds,
        "exchanges": args.exchanges,
        "at_once": args.at_once,
    }


def result(args: argparse.Namespace) -> dict[str, Any]:
    """Measure, and put the figures together."""
    told = conditions(args)
    operations, sizes = asyncio.run(calibrate())
    partner = Partner(operations)
    with tempfile.TemporaryDirectory(prefix="renkei-benchmark-") as folder, Children(Path(folder) / "logs") as children:
        world = ThreeProcesses(children, Path(folder))
        print("processes:", {name: child.process.pid for name, child in world.children.items()}, flush=True)
        rounds = asyncio.run(measure(world, partner, args.rounds, args.exchanges, args.at_once))
        words = {name: child.log.read_text("utf-8", "replace") for name, child in world.children.items()}
    names = ("ratio", "cpu", "raw", "wall", "network", "inquirer", "provider", "client")
    return {
        "conditions": told,
        "operations": [dict(zip(("kind", "what", "bytes"), operation.key, strict=True)) for operation in operations],
        "counts": partner.counts,
        "message_bytes": sizes,
        "figures": {name: spread([getattr(each, name) for each in rounds]) for name in names},
        "rounds": [asdict(each) for each in rounds],
        "requests_to_collect_per_ask": world.collects / (WARM_UP + len(rounds) * args.exchanges),
        "stderr_of_children": {name: text[-2000:] for name, text in words.items() if text.strip()},
    }


def show(found: dict[str, Any]) -> None:
    """For a person."""
    print("conditions:", ", ".join(f"{name} {value}" for name, value in found["conditions"].items()))
    print("operations per exchange:", found["counts"])
    for operation in found["operations"]:
        print(f"  {operation['kind']:6} {operation['what']:24} {operation['bytes']:6} bytes")
    print(f"messages: {len(found['message_bytes'])}, {sum(found['message_bytes'])} bytes: {found['message_bytes']}")
    for name, unit in (
        *(("cpu", "CPU µs per exchange, three processes"), ("raw", "CPU µs per exchange, cryptography alone")),
        *(("wall", "wall µs per exchange"), ("network", "of the CPU: network"), ("inquirer", "of the CPU: inquirer")),
        *(("provider", "of the CPU: provider"), ("client", "beside it: the business system's side")),
        ("ratio", "cryptography alone / exchange"),
    ):
        print(f"  {unit:42} {_row(found['figures'][name], 3 if name == 'ratio' else 0)}")
    if found["stderr_of_children"]:
        print("children said:", json.dumps(found["stderr_of_children"], indent=1))


def _row(values: dict[str, float], digits: int) -> str:
    return f"{values['median']:8.{digits}f}  ({values['min']:.{digits}f} to {values['max']:.{digits}f})"


def main() -> None:
    """Read the command line, measure, print, and write the JSON where asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--exchanges", type=int, default=200, help="per round")
    parser.add_argument("--at-once", type=int, default=8, help="questions open at one time")
    parser.add_argument("--out", type=Path, help="write all figures as JSON")
    args = parser.parse_args()
    found = result(args)
    show(found)
    if args.out is not None:
        args.out.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
