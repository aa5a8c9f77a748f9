"""Django: save() writes every field of a row that was read through masks."""
import sys

import django
from django.conf import settings
from django.db import connections, models

from report import done, same

settings.configure(DATABASES={
    name: {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'postgres', 'USER': role, 'HOST': sys.argv[1], 'PORT': sys.argv[2]}
    for name, role in (('default', 'app'), ('boss', 'boss'))}, USE_TZ=True)
django.setup()


class Customer(models.Model):
    name = models.TextField()
    email = models.CharField(max_length=80, null=True)
    phone = models.TextField(null=True)
    ssn = models.CharField(max_length=11, null=True)
    born = models.DateField(null=True)
    balance = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    doc = models.JSONField(null=True)

    class Meta:
        app_label = 'shop'
        db_table = 'customer'
        managed = False


def fields(row):
    return tuple(getattr(row, f.attname) for f in Customer._meta.fields)


before = fields(Customer.objects.using('boss').get(pk=30))
row = Customer.objects.get(pk=30)
same((row.email, row.ssn, row.born.year), ('u***@example.com', 'XXX-XX-6030', 1900), 'the ORM shows masks')
row.name = 'Saved'
row.save()
after = fields(Customer.objects.using('boss').get(pk=30))
same(after, (30, 'Saved') + before[2:], 'save() of the whole row keeps what was masked')

rows = list(Customer.objects.filter(pk__range=(31, 39)))
for row in rows:
    row.name = f'Bulk {row.pk}'
Customer.objects.bulk_update(rows, [f.name for f in Customer._meta.fields if f.name != 'id'])
same(Customer.objects.using('boss').filter(pk__range=(31, 39), email__startswith='user', ssn__startswith='123',
                                           name__startswith='Bulk').count(), 9, 'bulk_update() of every field')

row = Customer.objects.get(pk=40)
row.email = 'changed40@example.com'
row.save()
same(Customer.objects.using('boss').get(pk=40).email, 'changed40@example.com', 'a real change is stored')
same(Customer.objects.using('boss').get(pk=40).phone, '+49 30 1000040', 'beside masks that are kept')

row, made = Customer.objects.update_or_create(pk=41, defaults={'name': 'Updated', 'phone': 'XXX-XXX-0041'})
same((made, Customer.objects.using('boss').get(pk=41).phone), (False, '+49 30 1000041'), 'update_or_create() keeps the mask')
same(Customer.objects.filter(email='user50@example.com').count(), 0, 'a filter compares with the mask')
same(sum(1 for _ in Customer.objects.filter(email='u***@example.com').iterator(chunk_size=50)) > 400, True,
     'iterator() reads through a server-side cursor')
connections.close_all()
done()
