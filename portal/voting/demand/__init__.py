"""Who wants an idea, kept as numbers: people, accounts, revenue at stake, account weight, parts of them and days."""
