"""The tables of the minimal form."""

import psycopg

TABLES = """
    DROP TABLE IF EXISTS minimal_person, minimal_event;
    CREATE TABLE minimal_event (id integer PRIMARY KEY, capacity integer NOT NULL);
    CREATE TABLE minimal_person (
        id serial PRIMARY KEY, event_id integer NOT NULL, name varchar(120), email varchar(254), state varchar(10)
    );
    CREATE INDEX minimal_person_state ON minimal_person (event_id, state);
"""


def make(database: psycopg.Connection, capacity: int) -> None:
    """Create the tables with one event of this capacity and no participants."""
    database.execute(TABLES)
    database.execute("INSERT INTO minimal_event VALUES (1, %s)", [capacity])


def sold(database: psycopg.Connection) -> int:
    row = database.execute("SELECT count(*) FROM minimal_person WHERE state = 'in'").fetchone()
    return row[0]
