"""What hurts now: events, parsers, identity, binding, the alert state machine, situations."""
