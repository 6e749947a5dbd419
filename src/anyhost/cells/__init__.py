"""A notebook as a value: its cells, the names that they define and read, what runs next. Pure; runs nothing."""
