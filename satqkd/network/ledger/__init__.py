"""What a mission remembers: one file that only grows, and balances that are sums over it."""

from __future__ import annotations

from satqkd.network.ledger.accounts import Accounts
from satqkd.network.ledger.audit import Audit, audit
from satqkd.network.ledger.book import Book
from satqkd.network.ledger.contact_events import (
    ContactCancelled,
    ContactCommitted,
    ContactFailed,
    ContactFlown,
    CountsCollected,
)
from satqkd.network.ledger.contacts import State
from satqkd.network.ledger.entry import Entry
from satqkd.network.ledger.event import Event
from satqkd.network.ledger.holding import Holding
from satqkd.network.ledger.key_events import (
    KeyDelivered,
    KeyExpired,
    KeyLost,
    KeyMade,
    KeyRelayed,
    KeyReleased,
    KeyReserved,
    KeyShared,
    KeySpent,
)
from satqkd.network.ledger.ledger import Ledger
from satqkd.network.ledger.places import Pair, Place, Pool
from satqkd.network.ledger.plan_events import (
    Banned,
    Decision,
    InputHash,
    Note,
    Pinned,
    PlanIssued,
    PlanPutInForce,
    StationOut,
    Undone,
)

__all__ = [
    "Accounts",
    "Audit",
    "Banned",
    "Book",
    "ContactCancelled",
    "ContactCommitted",
    "ContactFailed",
    "ContactFlown",
    "CountsCollected",
    "Decision",
    "Entry",
    "Event",
    "Holding",
    "InputHash",
    "KeyDelivered",
    "KeyExpired",
    "KeyLost",
    "KeyMade",
    "KeyRelayed",
    "KeyReleased",
    "KeyReserved",
    "KeyShared",
    "KeySpent",
    "Ledger",
    "Note",
    "Pair",
    "Pinned",
    "Place",
    "PlanIssued",
    "PlanPutInForce",
    "Pool",
    "State",
    "StationOut",
    "Undone",
    "audit",
]
