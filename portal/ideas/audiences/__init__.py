"""For whom a place is (a board, a roadmap, an entry of the changelog), and which companies were chosen for it."""
