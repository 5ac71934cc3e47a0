"""Several processes of one bot that share a PostgreSQL database: who is there, and what they tell each other."""

from bot.cluster.member import Cluster, make_cluster
from bot.cluster.processes import Peer

__all__ = ["Cluster", "Peer", "make_cluster"]
