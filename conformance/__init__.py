"""Host-neutral conformance cases for hosts of anywidgets, and what runs them in a browser. See README.md."""
