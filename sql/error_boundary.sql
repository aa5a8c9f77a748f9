-- A C++ exception inside the masking core ends in an ordinary error, and the server lives.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
RESET client_min_messages;

SELECT pg_backend_pid() AS backend \gset
SELECT ddm.test_error_boundary('exception');
SELECT ddm.test_error_boundary('memory');
SELECT ddm.test_error_boundary('other');
SELECT ddm.test_error_boundary('nothing');

-- caught like any other error, in a subtransaction
DO $$
BEGIN
    PERFORM ddm.test_error_boundary('memory');
EXCEPTION WHEN internal_error THEN
    RAISE NOTICE 'caught: %', SQLERRM;
END $$;
SELECT pg_backend_pid() = :backend AS same_backend;
