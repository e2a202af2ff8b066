"""Files in `labs/` become frozen documents. Plain Python: knows no Django, no database, no engine."""
