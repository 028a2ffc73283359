"""The operational ledger: engine, durable inbox, outbox, audit. Domains declare their own tables on it."""
