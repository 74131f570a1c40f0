"""Everything that needs proof of the mailbox: confirming, recovering, another address."""
