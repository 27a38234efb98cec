"""Where the rest of an exchange's time goes: the same exchange in four worlds, each with one thing more.

    python -m benchmarks.parts [--rounds 5] [--exchanges 100] [--at-once 8]

cryptography alone → all parties in one process, in memory → three processes over HTTP, in memory → the same on disk.
All worlds stand side by side and take turns, so that what differs is the world and not the hour.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.exchange import LAST_ROUND_BEGINS_S, WARM_UP, conditions, http_round, raw_round
from benchmarks.raw_cryptography import Partner
from benchmarks.world import OneProcess, ThreeProcesses, calibrate
from renkei.children import Children

Row = dict[str, float]


async def one_process_round(world: OneProcess, name: str, exchanges: int) -> float:
    """CPU µs per exchange, everybody in this process."""
    begin = time.process_time_ns()
    await world.exchange([f"{name}-{k}" for k in range(exchanges)])
    return (time.process_time_ns() - begin) / exchanges / 1000


async def measure(partner: Partner, worlds: dict[str, ThreeProcesses], args: argparse.Namespace) -> list[Row]:
    """CPU µs per exchange, one row per round."""
    here = OneProcess()
    await here.begin()
    await here.exchange([f"warm-up-{k}" for k in range(WARM_UP)])
    for world in worlds.values():
        await world.prepare()
        await http_round(world, "warm-up", WARM_UP, args.at_once)
    rows: list[Row] = []
    begin = time.monotonic()
    for n in range(args.rounds):
        if time.monotonic() - begin > LAST_ROUND_BEGINS_S:
            break
        row = {"cryptography alone": raw_round(partner, args.exchanges)}
        row["one process, in memory"] = await one_process_round(here, f"round-{n}", args.exchanges)
        for name, world in worlds.items():
            row[name] = (await http_round(world, f"round-{n}", args.exchanges, args.at_once))["cpu"]
        rows.append(row)
    await here.end()
    return rows


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--exchanges", type=int, default=100, help="per round and world")
    parser.add_argument("--at-once", type=int, default=8, help="questions open at one time")
    args = parser.parse_args()
    print("conditions:", ", ".join(f"{name} {value}" for name, value in conditions(args).items()))
    partner = Partner(asyncio.run(calibrate())[0])
    with tempfile.TemporaryDirectory(prefix="renkei-benchmark-") as folder:
        logs, disk = Path(folder) / "logs", Path(folder) / "disk"
        with Children(logs / "memory") as in_memory, Children(logs / "disk") as on_disk:
            worlds = {
                "three processes, HTTP, in memory": ThreeProcesses(in_memory, None),
                "three processes, HTTP, on disk": ThreeProcesses(on_disk, disk),
            }
            rows = asyncio.run(measure(partner, worlds, args))
    before = 0.0
    for name in rows[0]:
        values = [row[name] for row in rows]
        median = statistics.median(values)
        spread = f"({min(values):.0f} to {max(values):.0f})"
        print(f"  {name:34} {median:8.0f} CPU µs per exchange {spread:18} {median - before:+8.0f}")
        before = median


if __name__ == "__main__":
    main()
