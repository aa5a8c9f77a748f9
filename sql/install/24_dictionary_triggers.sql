-- New words count at once, also those that a restore or logical replication brings.
CREATE TRIGGER policy_touched AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON ddm.dictionaries
    FOR EACH STATEMENT EXECUTE FUNCTION ddm.policy_touched();
ALTER TABLE ddm.dictionaries ENABLE ALWAYS TRIGGER policy_touched;
