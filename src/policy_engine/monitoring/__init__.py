"""Facts as they come in: what changed, who must be told, what is open and late. All of it stands in the ledger."""
