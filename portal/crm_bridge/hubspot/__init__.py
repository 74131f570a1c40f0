"""HubSpot: contacts and companies with properties of ours, votes as notes, or as a custom object where the plan allows."""
