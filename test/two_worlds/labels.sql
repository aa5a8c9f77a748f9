-- What is masked. Nothing keyed: a keyed mask is another for another value, which is what it is for; equal
-- answers can't be asked of it.
\set ON_ERROR_STOP 1
SET client_min_messages = error;
SET search_path = shop, public;
SET ddm.grants_to_login_roles = 'allow';

SECURITY LABEL FOR ddm ON COLUMN customers.name IS 'MASKED WITH FUNCTION full(''Somebody'')';
SECURITY LABEL FOR ddm ON COLUMN customers.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN customers.ssn IS 'MASKED WITH FUNCTION partial(0, ''XXX-XX-'', 4)';
SECURITY LABEL FOR ddm ON COLUMN customers.phone IS 'MASKED WITH FUNCTION partial(0, ''XXX-XXX-'', 4)';
SECURITY LABEL FOR ddm ON COLUMN customers.birth IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN customers.salary IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN customers.score IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN customers.notes IS 'MASKED WITH VALUE NULL';
SECURITY LABEL FOR ddm ON COLUMN customers.tags IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN customers.profile IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN customers.active IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN customers.uid IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN orders.card IS 'MASKED WITH FUNCTION partial(0, ''XXXX-XXXX-XXXX-'', 2)';
SECURITY LABEL FOR ddm ON COLUMN orders.amount IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN orders.quantity IS 'MASKED WITH VALUE 1';
SECURITY LABEL FOR ddm ON COLUMN members.badge IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN members.pin IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN members.level IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN members.stay IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN parents.code IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN children.code IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN children.late IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN events.payload IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN events.amount IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN assets.serial IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN assets.price IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN machines.pin IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN robots.brain IS 'MASKED WITH VALUE ''none''';
SECURITY LABEL FOR ddm ON COLUMN insured.policy IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN tenants.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN vetted.code IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN vetted.sum IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN tenants.budget IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN big.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN big.label IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN ledger.gross IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN ledger.memo IS 'MASKED WITH FUNCTION default()';
SELECT format('SECURITY LABEL FOR ddm ON COLUMN exotic.%I IS ''MASKED WITH FUNCTION default()''', attname)
FROM pg_attribute WHERE attrelid = 'exotic'::regclass AND attnum > 1 ORDER BY attnum \gexec
SECURITY LABEL FOR ddm ON COLUMN formats.mail IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN formats.social IS 'MASKED WITH FUNCTION ssn()';
SECURITY LABEL FOR ddm ON COLUMN formats.card IS 'MASKED WITH FUNCTION pan()';
SECURITY LABEL FOR ddm ON COLUMN formats.loose_card IS 'MASKED WITH FUNCTION pan_relaxed()';
SECURITY LABEL FOR ddm ON COLUMN formats.account IS 'MASKED WITH FUNCTION iban()';
SECURITY LABEL FOR ddm ON COLUMN formats.tel IS 'MASKED WITH FUNCTION phone()';
SECURITY LABEL FOR ddm ON COLUMN formats.addr IS 'MASKED WITH FUNCTION ip(16)';
SECURITY LABEL FOR ddm ON COLUMN formats.born IS 'MASKED WITH FUNCTION date(''year'')';
SECURITY LABEL FOR ddm ON COLUMN formats.height IS 'MASKED WITH FUNCTION bucket(100)';
SECURITY LABEL FOR ddm ON COLUMN formats.weight IS 'MASKED WITH FUNCTION nullify()';
SECURITY LABEL FOR ddm ON COLUMN formats.doc IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN formats.list IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN formats.padded IS 'MASKED WITH FUNCTION inner(2, 2, ''*'')';
SECURITY LABEL FOR ddm ON COLUMN formats.cut IS 'MASKED WITH FUNCTION range(2, 10, ''-'')';
SECURITY LABEL FOR ddm ON COLUMN formats.lettered IS 'MASKED WITH FUNCTION regexp(''[0-9a-f]'', ''#'', ''g'')';
SECURITY LABEL FOR ddm ON COLUMN formats.fixed IS 'MASKED WITH FUNCTION full(''fixed'')';
SECURITY LABEL FOR ddm ON COLUMN formats.whole IS 'MASKED WITH FUNCTION date(''year'')';
SECURITY LABEL FOR ddm ON COLUMN formats.moment IS 'MASKED WITH FUNCTION date(''year'', ''month'', ''day'')';
SECURITY LABEL FOR ddm ON COLUMN formats.hours IS 'MASKED WITH FUNCTION generalize(''hour'')';
SECURITY LABEL FOR ddm ON COLUMN formats.host IS 'MASKED WITH FUNCTION url()';
SECURITY LABEL FOR ddm ON COLUMN cond.secret IS 'MASKED WITH FUNCTION default() WHEN (region <> ''EU'')';
SECURITY LABEL FOR ddm ON COLUMN cond.bonus IS 'MASKED WITH FUNCTION default() FOR tw_member WITH VALUE 7 FOR tw_viewer WITH VALUE NULL';
SECURITY LABEL FOR ddm ON COLUMN lookup.code IS 'MASKED WITH FUNCTION default() SEARCHABLE LIMIT 1000 PER MINUTE';
SECURITY LABEL FOR ddm ON COLUMN sought.code IS 'MASKED WITH FUNCTION default() SEARCHABLE LIMIT 1000 PER MINUTE';
SECURITY LABEL FOR ddm ON COLUMN sought.part IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN accounts.holder IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN accounts.pin IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN accounts.balance IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN accounts_journal.holder IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN accounts_journal.pin IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN ruled.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN ruled_log.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN desk.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN desk.amount IS 'MASKED WITH FUNCTION default()';
SELECT current_setting('server_version_num')::int >= 180000 AS is_18 \gset
\if :is_18
SECURITY LABEL FOR ddm ON COLUMN computed_late.amount IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN computed_late.note IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN computed_risky.amount IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN forked.secret IS 'MASKED WITH FUNCTION default() WHEN (flag)';
SECURITY LABEL FOR ddm ON COLUMN stays.stay IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN stays.guest IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN stay_bills.stay IS 'MASKED WITH FUNCTION default()';
\endif
SECURITY LABEL FOR ddm ON COLUMN belated.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN hotspot.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN lent.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN lent.flag IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN estate.lodgers.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN estate.lodgers.rent IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN estate.boarders.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN estate.boarders.rent IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN pasted.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN traced.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN traces.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN estate.payroll.gap IS 'MASKED WITH VALUE ''none''';
SELECT ddm.create_rule('tw_payroll', 'resource.table_name == "payroll" && resource.column_name in ["ssn", "wage"]', 'FUNCTION default()', 1);

SELECT format('GRANT UNMASK ON DATABASE %I TO tw_cleared', current_database()) \gexec
GRANT UNMASK ON customers TO tw_remote;
