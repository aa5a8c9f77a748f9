"""SQLAlchemy: the ORM reads a masked row, changes a field and writes it back; whole rows; reflection."""
import sys

from sqlalchemy import MetaData, create_engine, select, update
from sqlalchemy.ext.automap import automap_base
from sqlalchemy.orm import Session

from report import done, ok, same

socket, port = sys.argv[1:3]


def engine(role):
    return create_engine(f'postgresql+psycopg2://{role}@/postgres?host={socket}&port={port}')


app, boss = engine('app'), engine('boss')
stored = 'SELECT name, email, phone, ssn, born::text, balance::text, tags, doc FROM customer WHERE id = {}'


def as_stored(number):
    with boss.connect() as connection:
        return tuple(connection.exec_driver_sql(stored.format(number)).one())


base = automap_base()
base.prepare(autoload_with=app)
customer = base.classes.customer
columns = customer.__table__.columns
same((str(columns.email.type), columns.name.nullable, columns.id.primary_key), ('VARCHAR(80)', False, True),
     'a masked role reflects the table')

before = as_stored(10)
with Session(app) as session:
    row = session.get(customer, 10)
    same((row.email, row.ssn), ('u***@example.com', 'XXX-XX-6010'), 'the ORM shows masks')
    row.name = 'Changed'
    session.commit()
same(as_stored(10), ('Changed',) + before[1:], 'a changed field is stored, the rest is as it was')

with Session(app) as session:
    row = session.get(customer, 10)
    everything = {column.name: getattr(row, column.name) for column in columns if column.name != 'id'}
    everything['name'] = 'Whole row'
    session.execute(update(customer).where(customer.id == 10).values(**everything))
    session.commit()
same(as_stored(10), ('Whole row',) + before[1:], 'a whole row written back keeps what was masked')

with Session(app) as session:
    rows = session.execute(select(customer).where(customer.id.between(20, 29))).scalars().all()
    session.bulk_update_mappings(customer, [
        {**{c.name: getattr(row, c.name) for c in columns}, 'name': f'Bulk {row.id}'} for row in rows])
    session.commit()
with boss.connect() as connection:
    found = connection.exec_driver_sql("SELECT count(*) FROM customer WHERE name = 'Bulk ' || id AND email = 'user' || id || "
                                       "'@example.com' AND ssn = '123-45-' || 6000 + id AND doc = jsonb_build_object('k', id)").scalar()
same(found, 10, 'bulk updates of whole rows keep what was masked')

with Session(app) as session:
    row = session.get(customer, 11)
    row.email = 'changed@example.com'
    session.commit()
    same(row.email, 'c***@example.com', 'what is refreshed after an update is masked')
same(as_stored(11)[1], 'changed@example.com', 'a real change of a masked column is stored')

with Session(app) as session:
    row = session.merge(customer(id=12, name='Merged', email='u***@example.com', phone='XXX-XXX-0012'))
    session.commit()
same(as_stored(12)[:3], ('Merged', 'user12@example.com', '+49 30 1000012'), 'merge() of a detached row keeps what was masked')

with Session(app) as session:
    row = customer(name='Added', email='added@example.com', phone='+1 555 7654321')
    session.add(row)
    session.commit()
    same((row.email, row.phone), ('a***@example.com', 'XXX-XXX-4321'), 'an added row is read back through masks')
    session.delete(row)
    session.commit()
reflected = MetaData()
reflected.reflect(boss)
ok('customer' in reflected.tables, 'a cleared role reflects the same')
done()
