"""One tree of errors; every message says what is wrong, where, and what to do.

OnRecordError                 anything onrecord can explain; the command line prints it and exits with `exit_code`
├── SourceError               an input that cannot be read (missing, empty, binary, wrong encoding, too large)
│   └── FetchError            an address that is refused, or does not answer as it should
├── PlanError                 a file of what to watch that does not follow its shape
├── LexiconError              a data file under data/ that does not follow its shape
├── ModelError                the language model is missing or does not fit
├── PackageMissing            a package that is needed only for what was asked is not installed
├── RecordError               the record cannot be opened, read or written
│   ├── RecordLocked          another process holds it
│   ├── RecordNewer           made by a newer version of onrecord
│   └── RecordFull            no space is left where it lies
└── NotFound                  an id that the record does not hold
"""


class OnRecordError(Exception):
    """Base of all errors that onrecord can explain to a person. `exit_code` is the command's exit status."""

    exit_code = 1


class SourceError(OnRecordError):
    """An input that cannot be read. The run goes on; the reason is kept in the record as a failure."""

    exit_code = 3


class FetchError(SourceError):
    """An address that is refused, or whose server does not answer as it should. `again`: another try may do better."""

    def __init__(self, reason: str, *, again: bool = False) -> None:
        super().__init__(reason)
        self.again = again


class PlanError(OnRecordError):
    """A file of what to watch is not as it should be. The message names the file and the key."""

    exit_code = 2


class LexiconError(OnRecordError):
    """A data file is not as it should be. The message names the file and the key."""

    exit_code = 4


class ModelError(OnRecordError):
    """The language model is missing, or its version does not fit."""

    exit_code = 4


class PackageMissing(OnRecordError):
    """A package of an extra is not installed. The message says how to get it."""

    exit_code = 4


class RecordError(OnRecordError):
    """The record cannot be opened, read or written."""

    exit_code = 5


class RecordLocked(RecordError):
    """Another process is writing to the record."""


class RecordNewer(RecordError):
    """The record was made by a newer version of onrecord."""


class RecordFull(RecordError):
    """No space is left on the disk that holds the record."""


class NotFound(OnRecordError):
    """No event, person or post of the record has this id."""

    exit_code = 2
