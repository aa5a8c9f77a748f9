-- What is masked, by which an error is judged, may have to be read anew for that, since policy moved under the statement:
-- labels that do not fit, and checks of domains that swallow errors, do not take the error with them, nor the server.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE errors_judged_reader;
CREATE SCHEMA errors_judged;
GRANT USAGE ON SCHEMA errors_judged TO errors_judged_reader;
SET search_path = errors_judged;
CREATE FUNCTION is_number(text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM $1::int;
    RETURN true;
EXCEPTION WHEN others THEN
    RETURN false;
END $$;
CREATE DOMAIN number AS text CHECK (is_number(VALUE));
CREATE TABLE checked (a number, x text);
CREATE TABLE misfit (a int, x text);
INSERT INTO checked VALUES ('12', 'secret');
INSERT INTO misfit VALUES (12, 'secret');
GRANT SELECT ON checked, misfit TO errors_judged_reader;
SECURITY LABEL FOR ddm ON COLUMN checked.a IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN checked.x IS 'MASKED WITH FUNCTION partial(1, ''-'', 1)';
SECURITY LABEL FOR ddm ON COLUMN misfit.x IS 'MASKED WITH FUNCTION partial(1, ''-'', 1)';
SELECT ddm.create_rule('errors_judged', 'resource.schema_name == "errors_judged" && resource.column_name == "a"',
    'FUNCTION full(''hidden'')', 5);
-- What a condition of a rule may ask for: a change of it is one of policy.
CREATE FUNCTION moves() RETURNS boolean LANGUAGE sql SECURITY DEFINER VOLATILE
    AS $$ SELECT set_config('ddm.environment', 'elsewhere', true) IS NULL $$;
SELECT a, moves(), x::int FROM checked;
SELECT a, moves(), x::int FROM misfit;
CREATE FUNCTION fails(relation text, OUT said text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT a, errors_judged.moves(), x::int FROM errors_judged.%I', relation);
EXCEPTION WHEN others THEN
    GET STACKED DIAGNOSTICS said = MESSAGE_TEXT;
END $$;
SELECT fails('checked'), fails('misfit');
SET ROLE errors_judged_reader;
SELECT a, moves(), x::int FROM checked;
SELECT a, moves(), x::int FROM misfit;
SELECT fails('checked'), fails('misfit');
SELECT * FROM checked, misfit;
RESET ROLE;
SET client_min_messages = warning;
SELECT ddm.drop_rule('errors_judged');
DROP SCHEMA errors_judged CASCADE;
DROP ROLE errors_judged_reader;
