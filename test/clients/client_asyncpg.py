"""asyncpg: its own protocol code: binary results, prepared statements, portals that are fetched in parts, COPY."""
import asyncio
import io
import sys

import asyncpg

from report import done, ok, same

socket, port = sys.argv[1], int(sys.argv[2])


def connect(role):
    return asyncpg.connect(host=socket, port=port, user=role, database='postgres')


async def main():
    app, boss = await connect('app'), await connect('boss')
    for connection, email, who in ((app, 'u***@example.com', 'masked'), (boss, 'user1@example.com', 'cleared')):
        statement = await connection.prepare('SELECT email, born, balance FROM customer WHERE id = $1')
        found = {(await statement.fetchrow(1))['email'] for _ in range(7)}
        same(found, {email}, f'{who}: a prepared statement')
        async with connection.transaction():
            cursor = await connection.cursor('SELECT id, email FROM customer WHERE id <= 60 ORDER BY id')
            parts = [await cursor.fetch(7) for _ in range(4)]
            same((len(parts[3]), parts[0][0]['email']), (7, email), f'{who}: a portal fetched in parts')
    out = io.BytesIO()
    await app.copy_from_query('SELECT email, phone FROM customer WHERE id = $1', 3, output=out)
    same(out.getvalue(), b'u***@example.com\tXXX-XXX-0003\n', 'masked: COPY of a query')
    out = io.BytesIO()
    await app.copy_from_table('customer', columns=['email'], output=out)
    ok(b'user' not in out.getvalue() and out.getvalue().count(b'\n') >= 500, 'masked: COPY of a table')

    # The session's prepared statements follow what becomes of the role's clearance.
    await app.execute('CREATE TEMP TABLE note AS SELECT 1')
    statement = await app.prepare('SELECT email FROM customer WHERE id = $1')
    same(await statement.fetchval(4), 'u***@example.com', 'masked before the grant')
    admin = await connect('admin')
    await admin.execute('GRANT UNMASK (email) ON customer TO app')
    same(await statement.fetchval(4), 'user4@example.com', 'cleared by it at once, in a prepared statement')
    await admin.execute('REVOKE UNMASK (email) ON customer FROM app')
    same(await statement.fetchval(4), 'u***@example.com', 'and masked again')
    for connection in (app, boss, admin):
        await connection.close()


asyncio.run(main())
done()
