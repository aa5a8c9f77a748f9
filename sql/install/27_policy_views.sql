-- What there is of named policies, rules, exemptions and classification.

CREATE VIEW ddm.policies AS
    SELECT p.name, p.mask FROM ddm.named_policies p;
COMMENT ON VIEW ddm.policies IS 'named masks';

CREATE VIEW ddm.rules AS
    SELECT r.name, r.condition, r.mask, r.priority FROM ddm.mask_rules r ORDER BY r.priority DESC, r.name;
COMMENT ON VIEW ddm.rules IS 'masking rules, in the order in which they win';

CREATE VIEW ddm.exemptions AS
    SELECT e.name,
           ARRAY(SELECT r.rolname::pg_catalog.text
                   FROM ddm.exemption_members m
                   JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) m.member::pg_catalog.oid
                  WHERE m.exemption OPERATOR(pg_catalog.=) e.name ORDER BY r.rolname) AS members,
           e.condition, NULLIF(e.valid_until, 'infinity') AS until, NULLIF(e.reason, '') AS reason
      FROM ddm.role_exemptions e;
COMMENT ON VIEW ddm.exemptions IS 'roles that read stored values where a condition holds';

CREATE VIEW ddm.classification_levels AS
    SELECT s.level, s.name
      FROM (VALUES (1, 'Public'), (2, 'Internal'), (3, 'Confidential'), (4, 'Restricted')) AS s (level, name)
     WHERE NOT EXISTS (SELECT FROM ddm.classification_level l WHERE l.level OPERATOR(pg_catalog.=) s.level)
    UNION ALL
    SELECT l.level, l.name FROM ddm.classification_level l
     ORDER BY level;
COMMENT ON VIEW ddm.classification_levels IS 'names of classification levels: those shipped, and the ones in ddm.classification_level';

CREATE FUNCTION ddm.column_classification(relation pg_catalog.regclass, attnum pg_catalog.int2,
        OUT tags pg_catalog.text[], OUT level pg_catalog.int4, OUT level_from pg_catalog.text)
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ddm_column_classification';
COMMENT ON FUNCTION ddm.column_classification(pg_catalog.regclass, pg_catalog.int2)
    IS 'internal: tags and level in force on a column, and where the level is said';

CREATE VIEW ddm.classified_columns AS
    SELECT n.nspname AS schema_name, c.relname AS table_name, a.attname AS column_name,
           k.tags, NULLIF(k.level, 0) AS level, l.name AS level_name, k.level_from
      FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid OPERATOR(pg_catalog.=) c.oid
                                       AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
     CROSS JOIN LATERAL ddm.column_classification(c.oid, a.attnum) AS k
      LEFT JOIN ddm.classification_levels AS l ON l.level OPERATOR(pg_catalog.=) k.level
     WHERE c.relkind IN ('r', 'p', 'f', 'm') AND c.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
       AND n.nspname OPERATOR(pg_catalog.<>) 'ddm'
       AND (k.tags OPERATOR(pg_catalog.<>) '{}' OR k.level OPERATOR(pg_catalog.<>) 0);
COMMENT ON VIEW ddm.classified_columns IS 'columns with tags or a level, their own or of what contains them';

GRANT SELECT ON ddm.policies, ddm.rules, ddm.exemptions TO ddm_admin, ddm_auditor;
GRANT SELECT ON ddm.classified_columns, ddm.classification_levels TO PUBLIC;
