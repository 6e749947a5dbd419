"""Reading notebooks: what cells a file holds. Pure; runs nothing."""
