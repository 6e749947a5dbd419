"""The adapters: one file for each host."""
