"""psycopg 3: server-side and held cursors, binary results, pipelines, COPY both ways, errors, prepared statements."""
import io
import sys

import psycopg
from psycopg.rows import namedtuple_row

from report import done, ok, same

masked_row = ('u***@example.com', 'XXX-XXX-0001', 'XXX-XX-6001')
stored_row = ('user1@example.com', '+49 30 1000001', '123-45-6001')
look = 'SELECT email, phone, ssn FROM customer WHERE id = %s'


def connect(role, **more):
    return psycopg.connect(f'{sys.argv[1]} user={role}', autocommit=True, **more)


with connect('app') as app, connect('boss') as boss:
    for binary in (False, True):
        for prepare in (False, True):
            how = f"{'binary' if binary else 'text'}, {'prepared' if prepare else 'not prepared'}"
            for connection, row, who in ((app, masked_row, 'masked'), (boss, stored_row, 'cleared')):
                found = [connection.cursor(binary=binary).execute(look, (1,), prepare=prepare).fetchone() for _ in range(7)]
                same(set(found), {row}, f'{who}: {how}')

    with app.transaction(), app.cursor(name='some') as cursor:
        cursor.itersize = 7
        cursor.execute('SELECT id, email FROM customer ORDER BY id')
        found = [row[1] for row in cursor]
        ok(len(found) == 500 and set(found) == {masked_row[0]}, 'masked: a server-side cursor')
    with app.cursor(name='held', scrollable=True, withhold=True) as cursor:
        cursor.execute('SELECT id, ssn FROM customer ORDER BY id')
        cursor.scroll(499)
        same(cursor.fetchone(), (500, 'XXX-XX-6500'), 'masked: a cursor that is held and scrolls')

    with app.pipeline():
        cursors = [app.execute(look, (1,)) for _ in range(3)]
        app.execute("UPDATE customer SET name = 'In a pipeline' WHERE id = %s", (2,))
        cursors.append(app.execute('SELECT name, phone FROM customer WHERE id = 2'))
    same([c.fetchone() for c in cursors], [masked_row] * 3 + [('In a pipeline', 'XXX-XXX-0002')], 'masked: a pipeline')

    out = io.BytesIO()
    with app.cursor().copy('COPY (SELECT id, email, born FROM customer WHERE id <= 2 ORDER BY id) TO STDOUT') as copy:
        for data in copy:
            out.write(bytes(data))
    same(out.getvalue(), b'1\tu***@example.com\t1900-01-01\n2\tu***@example.com\t1900-01-01\n', 'masked: COPY TO')
    with app.cursor().copy('COPY customer (email, ssn) TO STDOUT (FORMAT BINARY)') as copy:
        copy.set_types(['varchar', 'bpchar'])
        found = list(copy.rows())
    ok(len(found) == 500 and not any('user' in row[0] or '123-' in row[1] for row in found), 'masked: COPY TO, binary')
    with app.cursor().copy('COPY customer (id, name, email, phone) FROM STDIN') as copy:
        copy.write_row((9001, 'Copied in', 'copied@example.com', '+1 555 1234567'))
    same(boss.execute('SELECT email FROM customer WHERE id = 9001').fetchone(), ('copied@example.com',), 'masked: COPY FROM')

    app.execute('INSERT INTO customer (name, email) VALUES (%s, %s)', ('New', 'new@example.com'))
    cursor = app.cursor()
    cursor.executemany('INSERT INTO customer (id, name, email) VALUES (%s, %s, %s) RETURNING id, email',
                       [(9100 + n, 'Many', f'many{n}@example.com') for n in range(3)], returning=True)
    found = []
    while True:
        found += cursor.fetchall()
        if not cursor.nextset():
            break
    same(found, [(9100 + n, 'm***@example.com') for n in range(3)], 'masked: executemany with RETURNING')

    try:
        app.execute("INSERT INTO customer (id, name, email) VALUES (9200, 'Twice', 'user1@example.com')")
        ok(False, 'a unique violation is an error')
    except psycopg.errors.UniqueViolation as error:
        ok('user1' not in str(error) and error.diag.constraint_name == 'customer_email_key',
           'masked: an error names the constraint and no value', error)
    row = app.cursor(row_factory=namedtuple_row).execute('SELECT * FROM customer WHERE id = 1').fetchone()
    same((row.email, row.tags, row.doc, str(row.balance)), (masked_row[0], ['XXXX'], {'k': 0}, '0.00'),
         'masked: arrays, json and numbers arrive as their types')
    same(boss.execute('SELECT tags, doc, balance::text FROM customer WHERE id = 1').fetchone(), (['x1'], {'k': 1}, '1.50'),
         'cleared: as stored')
done()
