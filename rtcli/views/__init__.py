"""For people: sessions and findings as Rich renderables."""
