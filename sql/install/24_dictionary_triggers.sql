-- New words count at once, also those that a restore or logical replication brings; each change is an event.
CREATE TRIGGER policy_touched AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON ddm.dictionaries
    FOR EACH STATEMENT EXECUTE FUNCTION ddm.policy_touched();
ALTER TABLE ddm.dictionaries ENABLE ALWAYS TRIGGER policy_touched;

CREATE FUNCTION ddm.record_policy_change(action pg_catalog.text, object pg_catalog.text, before pg_catalog.text, after pg_catalog.text)
    RETURNS void LANGUAGE c VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'ddm_record_policy_change';
COMMENT ON FUNCTION ddm.record_policy_change(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text)
    IS 'internal: writes a policy event';
REVOKE ALL ON FUNCTION ddm.record_policy_change(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text) FROM PUBLIC;

-- Words can be many: an event says how many there are, and their digest.
CREATE FUNCTION ddm.dictionary_changed() RETURNS trigger
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    one record;
    words text := 'count(*) || '' words, sha256 '' || left(encode(sha256(convert_to(string_agg(word, E''\n'' ORDER BY position), ''UTF8'')), ''hex''), 16)';
    gone text := CASE WHEN TG_OP = 'INSERT' THEN 'SELECT name, position, word FROM ddm.dictionaries WHERE false' ELSE 'SELECT name, position, word FROM gone' END;
    come text := CASE WHEN TG_OP = 'DELETE' THEN 'SELECT name, position, word FROM ddm.dictionaries WHERE false' ELSE 'SELECT name, position, word FROM come' END;
BEGIN
    FOR one IN EXECUTE format(
        'WITH gone AS (%s), come AS (%s), touched AS (SELECT name FROM gone UNION SELECT name FROM come),
              now AS (SELECT d.name, d.position, d.word FROM ddm.dictionaries d JOIN touched t USING (name)),
              was AS ((SELECT * FROM now EXCEPT SELECT * FROM come) UNION SELECT * FROM gone)
         SELECT t.name, (SELECT %s FROM was w WHERE w.name = t.name HAVING count(*) > 0) AS before,
                        (SELECT %s FROM now w WHERE w.name = t.name HAVING count(*) > 0) AS after
         FROM touched t ORDER BY t.name', gone, come, words, words)
    LOOP
        PERFORM ddm.record_policy_change('dictionary', 'dictionary ' || one.name, one.before, one.after);
    END LOOP;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION ddm.dictionary_changed() IS 'records a change of the words of a dictionary';
REVOKE ALL ON FUNCTION ddm.dictionary_changed() FROM PUBLIC;

CREATE TRIGGER dictionary_inserted AFTER INSERT ON ddm.dictionaries REFERENCING NEW TABLE AS come
    FOR EACH STATEMENT EXECUTE FUNCTION ddm.dictionary_changed();
CREATE TRIGGER dictionary_updated AFTER UPDATE ON ddm.dictionaries REFERENCING OLD TABLE AS gone NEW TABLE AS come
    FOR EACH STATEMENT EXECUTE FUNCTION ddm.dictionary_changed();
CREATE TRIGGER dictionary_deleted AFTER DELETE ON ddm.dictionaries REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION ddm.dictionary_changed();
ALTER TABLE ddm.dictionaries ENABLE ALWAYS TRIGGER dictionary_inserted;
ALTER TABLE ddm.dictionaries ENABLE ALWAYS TRIGGER dictionary_updated;
ALTER TABLE ddm.dictionaries ENABLE ALWAYS TRIGGER dictionary_deleted;
