"""Every error of ours. Messages carry ids and codes, never content.

`core.incidents.IllegalMove` lives with its rule: core imports nobody.

    PorchlightError
    ├── StoreError                what the store could not do
    │   ├── StoreUnavailable      no answer, or no way to know whether it took effect
    │   ├── Conflict              another writer was there at the same moment: read again, try again
    │   ├── Rejected              a condition did not hold; `failed` names the changes
    │   └── NotFound              no such row
    ├── VaultError                what could not be sealed or opened
    │   ├── SealFailed            no key, no answer
    │   ├── OpenFailed            wrong context, wrong row, tampered, no key
    │   │   └── KeyRefused        the reader's own key does not open this: AWS said no
    │   │       └── PassOver      nothing of the session gets a key any more: they sign in again
    │   └── KeyUnavailable        nobody could give the reader their own key just now
    ├── CarrierError              what a carrier refused or did not answer; `permanent`, `reason`
    │   ├── CarrierRefused        it said no: nothing was sent
    │   ├── CarrierUnknown        the request left, the answer did not come: nobody resends
    │   └── NoMessageLog          this carrier keeps no list to reconcile with
    ├── NoStopList                this carrier shows nobody its list of who sent STOP
    ├── RosterFull                a program's list of people takes no more
    ├── BadSignature              a webhook that the carrier did not sign
    ├── BadPayload                a signed webhook we cannot read; `field`
    ├── SecretUnavailable         a signing token or hash key could not be read
    ├── PageFailed                the pager did not take a page
    ├── ParkFailed                the parking queue did not take a text
    ├── ModelUnavailable          the second look's model is not there, or is not the one that was released
    ├── ArchiveUnavailable        the place of sealed hours, or the key that signs them, did not answer
    ├── WakeFailed                the delay queue did not take a row; the tick finds it
    └── DeadlineExceeded          the time for this step ran out
"""

from __future__ import annotations


class PorchlightError(Exception):
    """Root of the tree."""


class StoreError(PorchlightError):
    """What the store could not do."""


class StoreUnavailable(StoreError):
    """No answer, or no way to know whether the write took effect."""


class Conflict(StoreError):
    """Another transaction touched the same row at the same moment."""


class Rejected(StoreError):
    """A condition did not hold. `failed` holds the positions of the changes that were refused."""

    def __init__(self, failed: tuple[int, ...]):
        super().__init__(f"rejected changes: {failed}")
        self.failed = failed


class NotFound(StoreError):
    """No such row."""


class VaultError(PorchlightError):
    """What could not be sealed or opened."""


class SealFailed(VaultError):
    """No key, or no answer from the key service."""


class OpenFailed(VaultError):
    """Wrong context, wrong row, tampered bytes, or no key."""


class KeyRefused(OpenFailed):
    """AWS itself refused: this person's own key does not open it, or they were given none."""


class PassOver(KeyRefused):
    """What the session holds gets no key any more, or it holds nothing (a session from before there were any)."""


class KeyUnavailable(VaultError):
    """The sign-in or the service that gives out keys did not answer. It says nothing about whether one may read."""


class CarrierError(PorchlightError):
    """A carrier's no, in our words: `reason` is one of `core.messages.Reason`."""

    def __init__(self, reason: str, *, permanent: bool, code: str = ""):
        super().__init__(f"carrier: {reason} {code}".strip())
        self.reason, self.permanent, self.code = reason, permanent, code


class CarrierRefused(CarrierError):
    """The carrier answered no: nothing was sent."""


class CarrierUnknown(CarrierError):
    """The request left and no answer came: only the carrier's own record can tell (N4)."""

    def __init__(self, code: str = ""):
        super().__init__("unknown", permanent=False, code=code)


class NoMessageLog(PorchlightError):
    """This carrier keeps no list of messages to reconcile with."""


class NoStopList(PorchlightError):
    """This carrier shows nobody its list of who sent STOP."""


class RosterFull(PorchlightError):
    """A program's list of people is as long as one row can be (docs/decisions/finding.md). The message is the program's id."""


class BadSignature(PorchlightError):
    """A webhook that the carrier did not sign."""


class BadPayload(PorchlightError):
    """A signed webhook without a field we need; `field` names it."""

    def __init__(self, field: str):
        super().__init__(f"bad payload: {field}")
        self.field = field


class SecretUnavailable(PorchlightError):
    """A signing token or hash key could not be read."""


class PageFailed(PorchlightError):
    """The pager did not take a page."""


class ParkFailed(PorchlightError):
    """The parking queue did not take a text."""


class WakeFailed(PorchlightError):
    """The delay queue did not take a row. The tick delivers it, some seconds later."""


class ArchiveUnavailable(PorchlightError):
    """The place where sealed hours lie, or the key that signs them, did not answer. Nothing is lost: the next hour seals."""


class ModelUnavailable(PorchlightError):
    """The second look's model is not there, or is not the one that was released."""


class DeadlineExceeded(PorchlightError):
    """The time for this step ran out."""
