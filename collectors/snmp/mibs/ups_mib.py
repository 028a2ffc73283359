"""UPS-MIB (RFC 1628): where the power comes from that a UPS gives."""

UPS_OUTPUT_SOURCE = "1.3.6.1.2.1.33.1.4.1.0"

OUTPUT_SOURCE = {1: "other", 2: "none", 3: "normal", 4: "bypass", 5: "battery", 6: "booster", 7: "reducer"}

FAULTY = frozenset({2, 5})  # no output at all, or for as long as the battery lasts
HEALTHY = frozenset({3, 4, 6, 7})  # fed from the mains; "other" is no statement
