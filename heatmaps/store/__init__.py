"""Tables, session, migrations and one repository a stage; the only place that knows SQL."""
