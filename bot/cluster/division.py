"""Who should serve which shard: the same answer in every process that sees the same state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """The shards that a process should take, and those it should give up."""

    take: tuple[int, ...] = ()
    release: tuple[int, ...] = ()


def fair_shares(held: Mapping[str, int], shards: int) -> dict[str, int]:
    """How many shards each process should hold; `held`: what each holds now, the oldest process first.

    Shares differ by one at most. Who holds most keeps the larger ones, so that no shard moves without need.
    """
    if not held:
        return {}
    least, larger = divmod(shards, len(held))
    # sorted() keeps the order of those that hold equally many: the oldest first.
    ranked = sorted(held, key=lambda process: -held[process])
    return {process: least + (rank < larger) for rank, process in enumerate(ranked)}


def plan(me: str, processes: Sequence[str], owners: Mapping[int, str | None], connected: Collection[int]) -> Plan:
    """What one process should change now.

    processes: those that live, the oldest first. owners: of each shard; one that is not among the processes is dead.
    connected: those of its own shards that serve already. Of these it gives up one at a time, and none while some shard is
    still free, so that few servers wait at once; what is not connected yet costs nothing to give up.
    """
    if me not in processes:
        return Plan()
    free = [shard for shard in sorted(owners) if owners[shard] not in processes]
    counted = Counter(owner for owner in owners.values() if owner in processes)
    held = {process: counted[process] for process in processes}
    shares = fair_shares(held, len(owners))
    lacking = shares[me] - held[me]
    if lacking >= 0:
        return Plan(take=tuple(free[:lacking]))
    wanted = sum(max(0, shares[process] - held[process]) for process in processes) - len(free)
    surplus = max(0, min(-lacking, wanted))
    mine = [shard for shard in sorted(owners, reverse=True) if owners[shard] == me]
    idle = [shard for shard in mine if shard not in connected][:surplus]
    if idle or not surplus or free:
        return Plan(release=tuple(idle))
    return Plan(release=(mine[0],))
