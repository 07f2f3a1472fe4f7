"""Normal form of addresses: the one spelling that every honest spelling comes down to."""

from heatmaps.geocoding.normal_form.form import NormalForm, Place, StreetName
from heatmaps.geocoding.normal_form.normalise import (
    NORM_VERSION,
    names_settlement,
    normal_house,
    normalise,
    readings,
    readings_batch,
    settlement_key,
    settlement_kind,
    street_key,
    street_name,
)

__all__ = [
    "NORM_VERSION",
    "NormalForm",
    "Place",
    "StreetName",
    "names_settlement",
    "normal_house",
    "normalise",
    "readings",
    "readings_batch",
    "settlement_key",
    "settlement_kind",
    "street_key",
    "street_name",
]
