# mypy: disable-error-code="import-not-found, misc"
"""One kind of record, as large as an event of a case."""

from django.db import models
from morango.models.core import SyncableModel


class Record(SyncableModel):
    """What an event says; the place in the chain and the hashes are left out, because Morango keeps its own."""

    morango_profile = "bench"
    morango_model_name = "record"

    centre = models.CharField(max_length=32)
    stream = models.CharField(max_length=80)
    type = models.CharField(max_length=40)
    actor = models.CharField(max_length=40)
    role = models.CharField(max_length=40)
    occurred_on = models.CharField(max_length=10)
    basis = models.TextField()
    payload = models.TextField()

    def calculate_source_id(self) -> None:
        """None: Morango makes a random one."""

    def calculate_partition(self) -> str:
        return f"{self.centre}:records"
