"""The side-by-side benchmarks of Redwing: `Benchmarks/run.py` is the entry, README.md says how to read it."""
