"""How many decimal places a currency has: what its minor unit is (ISO 4217)."""

NONE = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND")
    + ("VUV", "XAF", "XOF", "XPF")
)
THREE = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))
MICRO = 1_000_000


def digits(currency: str) -> int:
    """Decimal places: 0 for a yen, 3 for a dinar of Kuwait, 2 for most."""
    return 0 if currency in NONE else 3 if currency in THREE else 2
