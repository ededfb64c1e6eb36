"""One PostgreSQL database for many tests: what a test wrote is removed, and one that cannot be mended is dropped."""

from __future__ import annotations

import time

import psycopg

from tests import servers

REMEMBER = """
CREATE SCHEMA kept;
CREATE TABLE kept.counters AS SELECT sequencename AS name, last_value FROM pg_sequences WHERE schemaname = 'public';
DO $$
DECLARE
    name text;
    filled boolean;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', name, name);
        END IF;
    END LOOP;
END $$;
"""
"""Keep what migrations put in, to put it back."""

EMPTY = """
DO $$
DECLARE
    name text;
BEGIN
    SET LOCAL session_replication_role = replica;  -- neither foreign keys nor the journal's guard are asked
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DELETE FROM public.%I', name);
    END LOOP;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'kept' AND tablename <> 'counters' LOOP
        EXECUTE format('INSERT INTO public.%I SELECT * FROM kept.%I', name, name);
    END LOOP;
    PERFORM setval(format('public.%I', here.sequencename), coalesce(was.last_value, 1), was.last_value IS NOT NULL)
       FROM pg_sequences here JOIN kept.counters was ON was.name = here.sequencename
      WHERE here.schemaname = 'public' AND here.last_value IS DISTINCT FROM was.last_value;
END $$;
"""

SHAPE = """
SELECT max(xmin::text::bigint), count(*) FROM (
    SELECT xmin FROM pg_class UNION ALL SELECT xmin FROM pg_attribute UNION ALL SELECT xmin FROM pg_constraint
    UNION ALL SELECT xmin FROM pg_trigger UNION ALL SELECT xmin FROM pg_proc) AS parts
"""
"""Changes with every change of the schema: it names the last work that wrote to the catalogue."""

OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class Reused:
    """A copy of a prepared database, handed to one test after the other."""

    def __init__(self, admin: str, template: str) -> None:
        self.admin, self.template = admin, template
        self.url, self.shape = "", None

    def lend(self) -> str:
        """The address of the database, which is as its template."""
        if not self.url:
            self.url = servers.fresh_database(self.admin, self.template)
            with servers.plain_connection(self.url) as connection:
                connection.execute(REMEMBER)
                self.shape = connection.execute(SHAPE).fetchone()
        return self.url

    def take_back(self) -> None:
        """Remove what was written; drop it when its schema was changed or somebody is still connected."""
        with servers.plain_connection(self.url) as connection:
            mended = _alone(connection) and connection.execute(SHAPE).fetchone() == self.shape
            if mended:
                connection.execute(EMPTY)
        if not mended:
            servers.drop_database(self.admin, self.url)
            self.url = ""


def _alone(connection: psycopg.Connection) -> bool:
    """Whether nobody else is connected; whoever just left is given a moment."""
    for _ in range(50):
        if connection.execute(OTHERS).fetchone() == (0,):
            return True
        time.sleep(0.01)
    return False
