-- ddm: dynamic data masking. Installed by CREATE EXTENSION ddm; see README.md.
\echo Use "CREATE EXTENSION ddm" to load this file. \quit

