"""Rules: what staff want done when something happens here, tested against history before it is switched on."""
