"""Every Cypher statement of the Neo4j store.

Labels and verbs cannot be parameters; they are put in by `labels` and `verb`, which accept the catalogue's spelling
only (letters, digits, underscores), so that no name from outside becomes part of a statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")

SCHEMA = (
    "CREATE CONSTRAINT faultpath_ci IF NOT EXISTS FOR (n:CI) REQUIRE n.ci_id IS UNIQUE",
    "CREATE CONSTRAINT faultpath_claim IF NOT EXISTS FOR (n:_Claim) REQUIRE (n.kind, n.value) IS UNIQUE",
    "CREATE CONSTRAINT faultpath_seen IF NOT EXISTS FOR (n:_Observation) REQUIRE (n.source, n.native_key) IS UNIQUE",
    "CREATE CONSTRAINT faultpath_revision IF NOT EXISTS FOR (n:_Revision) REQUIRE n.revision IS UNIQUE",
    "CREATE CONSTRAINT faultpath_change IF NOT EXISTS FOR (n:_Change) REQUIRE (n.revision, n.place) IS UNIQUE",
    "CREATE CONSTRAINT faultpath_applied IF NOT EXISTS FOR (n:_Applied) REQUIRE n.idempotency_key IS UNIQUE",
    "CREATE CONSTRAINT faultpath_store IF NOT EXISTS FOR (n:_Store) REQUIRE n.name IS UNIQUE",
    "CREATE INDEX faultpath_claim_ci IF NOT EXISTS FOR (n:_Claim) ON (n.ci_id)",
    "CREATE INDEX faultpath_observation_ci IF NOT EXISTS FOR (n:_Observation) ON (n.ci_id)",
    "CREATE INDEX faultpath_change_ci IF NOT EXISTS FOR (n:_Change) ON (n.ci_id)",
    "CREATE INDEX faultpath_change_other IF NOT EXISTS FOR (n:_Change) ON (n.other_id)",
    "CALL db.awaitIndexes(60)",
)

# One writer at a time, in however many processes: the write to this node takes its lock until the commit.
GATE = """
MERGE (s:_Store {name: 'graph'})
ON CREATE SET s.class = '_Store', s.revision = 0, s.schema_version = $schema_version, s.writes = 0,
              s.graph_id = randomUUID()
SET s.writes = s.writes + 1
RETURN s.revision AS revision, s.schema_version AS schema_version"""
SCHEMA_VERSION = "MATCH (s:_Store {name: 'graph'}) RETURN s.schema_version AS schema_version"
REVISION = """
OPTIONAL MATCH (s:_Store {name: 'graph'})
RETURN coalesce(s.revision, 0) AS revision, coalesce(s.graph_id, '') AS graph_id"""
REVISION_AT = "MATCH (r:_Revision) WHERE r.at <= $at RETURN coalesce(max(r.revision), 0) AS revision"
APPLIED = "MATCH (a:_Applied {idempotency_key: $key}) RETURN a.revision AS revision"

CIS = "MATCH (n:CI) RETURN properties(n) AS ci ORDER BY n.ci_id"
CIS_BY_ID = "UNWIND $rows AS ci_id MATCH (n:CI {ci_id: ci_id}) RETURN properties(n) AS ci"
RELATIONS = """
MATCH (a:CI)-[r]->(b:CI)
RETURN a.ci_id AS start, type(r) AS verb, b.ci_id AS end, properties(r) AS attributes"""
RELATIONS_BY_KEY = """
UNWIND $rows AS key MATCH (a:CI {ci_id: key[0]})-[r]->(b:CI {ci_id: key[2]}) WHERE type(r) = key[1]
RETURN a.ci_id AS start, type(r) AS verb, b.ci_id AS end, properties(r) AS attributes"""
RELATIONS_AROUND = """
UNWIND $rows AS ci_id MATCH (n:CI {ci_id: ci_id})-[r]-(:CI) WITH DISTINCT r
RETURN startNode(r).ci_id AS start, type(r) AS verb, endNode(r).ci_id AS end, properties(r) AS attributes"""
CLAIMS = "MATCH (c:_Claim) RETURN c.kind AS kind, c.value AS value, c.ci_id AS ci_id"
CLAIMS_BY_KEY = """
UNWIND $rows AS key MATCH (c:_Claim {kind: key[0], value: key[1]})
RETURN c.kind AS kind, c.value AS value, c.ci_id AS ci_id"""
CLAIMS_OF = """
UNWIND $rows AS ci_id MATCH (c:_Claim {ci_id: ci_id})
RETURN c.kind AS kind, c.value AS value, c.ci_id AS ci_id"""
REVISIONS_SINCE = """
MATCH (r:_Revision) WHERE r.revision > $revision
RETURN r.revision AS revision, r.at AS at, r.source AS source, r.reason AS reason"""
MADE = "MATCH (r:_Revision {revision: $revision}) RETURN r.at AS at, r.source AS source, r.reason AS reason"
CHANGES_SINCE = (
    "MATCH (c:_Change) WHERE c.revision > $revision RETURN properties(c) AS change ORDER BY c.revision, c.place"
)
HISTORY = """
MATCH (c:_Change) WHERE c.ci_id = $ci_id OR c.other_id = $ci_id
RETURN properties(c) AS change ORDER BY c.revision, c.place"""

REMOVE_CLAIMS = "UNWIND $rows AS key MATCH (c:_Claim {kind: key[0], value: key[1]}) DELETE c"
PARK_OBSERVATIONS = "UNWIND $rows AS ci_id MATCH (o:_Observation {ci_id: ci_id}) REMOVE o.ci_id"
REMOVE_CIS = "UNWIND $rows AS ci_id MATCH (n:CI {ci_id: ci_id}) DETACH DELETE n"
PUT_CLAIMS = """
UNWIND $rows AS row
CREATE (:_Claim {kind: row.kind, value: row.value, ci_id: row.ci_id,
                 class: '_Claim', name: row.kind + ' ' + row.value})"""
PUT_REVISION = """
CREATE (:_Revision {revision: $revision, at: $at, source: $source, reason: $reason,
                    class: '_Revision', name: 'revision ' + toString($revision)})
WITH 1 AS one MATCH (s:_Store {name: 'graph'}) SET s.revision = $revision"""
PUT_CHANGES = "UNWIND $rows AS row CREATE (c:_Change) SET c = row"
REMOVE_OBSERVATIONS = "UNWIND $rows AS key MATCH (o:_Observation {source: key[0], native_key: key[1]}) DELETE o"
PUT_OBSERVATIONS = """
UNWIND $rows AS row MERGE (o:_Observation {source: row.source, native_key: row.native_key})
SET o.ci_id = row.ci_id, o.body = row.body, o.class = '_Observation', o.name = row.name"""
PUT_APPLIED = "CREATE (:_Applied {idempotency_key: $key, revision: $revision, class: '_Applied', name: $key})"


def observations(properties: Iterable[str]) -> str:
    """Observations with these properties, each a parameter of its name; a condition on each lets its index be used."""
    where = " AND ".join(f"o.{name} = ${name}" for name in properties) or "true"
    return f"""
MATCH (o:_Observation) WHERE {where}
RETURN o.source AS source, o.native_key AS native_key, o.ci_id AS ci_id, o.body AS body
ORDER BY source, native_key"""


def put_cis(add: Iterable[str]) -> str:
    """Nodes of one class; rows are ``{ci_id, properties}``."""
    return f"UNWIND $rows AS row MERGE (n:CI {{ci_id: row.ci_id}}) SET n = row.properties SET n{labels(add)}"


def drop_labels(drop: Iterable[str]) -> str:
    """Labels of a class that a CI no longer has; rows are ids."""
    return f"UNWIND $rows AS ci_id MATCH (n:CI {{ci_id: ci_id}}) REMOVE n{labels(drop)}"


def put_relations(of_type: str) -> str:
    """Relations of one type; rows are ``{start, end, properties}``."""
    return f"""
UNWIND $rows AS row MATCH (a:CI {{ci_id: row.start}}) MATCH (b:CI {{ci_id: row.end}})
MERGE (a)-[r:{verb(of_type)}]->(b) SET r = row.properties"""


def remove_relations(of_type: str) -> str:
    """Relations of one type; rows are ``[start, end]``."""
    return f"""
UNWIND $rows AS key MATCH (:CI {{ci_id: key[0]}})-[r:{verb(of_type)}]->(:CI {{ci_id: key[1]}}) DELETE r"""


def labels(names: Iterable[str]) -> str:
    """Class names as labels, e.g. ``:`CI`:`Hardware`:`Server```."""
    return "".join(f":{verb(name)}" for name in names)


def verb(name: str) -> str:
    """A label or relation type as it stands in a statement.

    Raises:
        ValueError: not a name of the catalogue's spelling.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not spelt as a class or verb")
    return f"`{name}`"
