"""Currencies: how many minor units one unit has (ISO 4217)."""

WITHOUT = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
HUNDREDTHS = 100
OTHERWISE = dict.fromkeys(WITHOUT.split(), 1) | dict.fromkeys(THOUSANDTHS.split(), 1000)


def minor_units(currency: str) -> int:
    """How many minor units one unit of an ISO currency has: 100 for EUR, 1 for JPY."""
    return OTHERWISE.get(currency.strip().upper(), HUNDREDTHS)
