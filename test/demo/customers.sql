-- The demo's data: 100,000 customers, the same ones each time, and the roles that look at them.
CREATE EXTENSION ddm;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;

CREATE TABLE customers (
    id         bigint PRIMARY KEY,
    name       text NOT NULL,
    email      text NOT NULL,
    phone      varchar(20) NOT NULL,
    ssn        char(11) NOT NULL,
    city       text NOT NULL,
    balance    numeric(10,2) NOT NULL,
    created_at date NOT NULL
);

INSERT INTO customers
WITH words AS (
    SELECT ARRAY['Ana','Björn','Chloé','Dmitri','Elena','François','Grace','Hiroshi','Ivana','João','Katja','Luís',
                 'Mei','Nadia','Oscar','Priya','Quentin','Rosa','Stanisław','Tereza','Umar','Valérie','Wei','Ximena',
                 'Yusuf','Zoë'] AS first,
           ARRAY['Almeida','Brooks','Cunningham','Dubois','Eriksen','Fernández','Gruber','Holý','Ito','Johansson',
                 'Köhler','Lefebvre','Murray','Nielsen','Okafor','Peeters','Quinn','Ramos','Schröder','Tremblay',
                 'Uesugi','Van der Berg','Wójcik','Xu','Yamamoto','Zimmermann'] AS last,
           ARRAY['example.com','example.org','mail.example','post.example','firm.example'] AS domain,
           ARRAY['Berlin','Cork','Lisbon','Lyon','Montréal','Oslo','Porto','Praha','São Paulo','Toronto','Wien'] AS city
), dice AS (
    SELECT n, hashint8(n)::bigint & 2147483647 AS a, hashint8(n + 1000003)::bigint & 2147483647 AS b,
           hashint8(n + 2000003)::bigint & 2147483647 AS c
      FROM generate_series(1, 100000) AS n
), people AS (
    SELECT n, a, b, c, first[1 + a % 26] AS given, last[1 + b % 26] AS family, domain[1 + c % 5] AS domain,
           city[1 + (a + b) % 11] AS city
      FROM dice, words
)
SELECT n, given || ' ' || family,
       translate(lower(given || '.' || family), 'öéçãíłëýñ ü', 'oecailynn_u') || n || '@' || domain,
       '+1 (' || 201 + a % 700 || ') ' || 200 + b % 799 || '-' || lpad((c % 10000)::text, 4, '0'),
       lpad((1 + a % 899)::text, 3, '0') || '-' || lpad((1 + b % 98)::text, 2, '0') || '-' || lpad((1 + c % 9998)::text, 4, '0'),
       city, (c % 2000000) / 100.0, date '2015-01-01' + (b % 4000)::int
  FROM people;
CREATE INDEX ON customers (email);
ANALYZE customers;

-- In earnest people log in as themselves and are members of such roles; here the roles log in, so that each can be
-- tried from a shell, and the warning that granting to them would give is switched off.
ALTER DATABASE shop SET ddm.grants_to_login_roles = 'allow';
CREATE ROLE support LOGIN;
CREATE ROLE compliance LOGIN;
CREATE ROLE security_officer LOGIN;
GRANT SELECT ON customers TO support, compliance;
GRANT ddm_admin, ddm_auditor TO security_officer;
