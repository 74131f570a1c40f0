"""Import of the proposals of Decide Madrid (Consul): totals of votes, texts in HTML, days as dd/mm/yyyy."""
