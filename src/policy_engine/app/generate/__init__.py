"""Files made from the code: typed facts, schemas, pages of the documentation. `python -m policy_engine.app.generate`."""
