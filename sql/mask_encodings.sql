-- Masks count characters in databases of other encodings too.
SET client_min_messages = warning;
CREATE DATABASE ddm_latin1 ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0;
CREATE DATABASE ddm_euc_jp ENCODING 'EUC_JP' LOCALE 'C' TEMPLATE template0;
CREATE DATABASE ddm_ascii ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0;
\set home :DBNAME
\c ddm_latin1
SET client_min_messages = warning;
CREATE EXTENSION ddm;
SET client_encoding = 'UTF8';
SELECT ddm.partial('éàü', 1, '*', 1), ddm.partial('éà', 1, '*', 1), ddm.email('élan@x.fr'), ddm.inner('éàü', 1, 1), ddm.name('Élan Überall'), ddm.regexp('éàü', 'à', '#');
\c ddm_euc_jp
SET client_min_messages = warning;
CREATE EXTENSION ddm;
SET client_encoding = 'UTF8';
SELECT ddm.partial('日本語', 1, '*', 1), ddm.partial('日本', 1, '*', 1), ddm.email('日本@x.jp'), ddm.inner('日本語', 1, 1), ddm.outer('日本語', 1, 0), ddm.name('日本 語'), ddm.regexp('日本', '.', '#');
\c ddm_ascii
SET client_min_messages = warning;
CREATE EXTENSION ddm;
SELECT ddm.partial(convert_from('\xe9e8', 'SQL_ASCII'), 1, '*', 1), encode(convert_to(ddm.partial(convert_from('\xe9e8ea', 'SQL_ASCII'), 1, '*', 1), 'SQL_ASCII'), 'hex');
\c :home
SET client_min_messages = warning;
DROP DATABASE ddm_latin1;
DROP DATABASE ddm_euc_jp;
DROP DATABASE ddm_ascii;
