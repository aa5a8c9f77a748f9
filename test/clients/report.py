"""Lines of TAP for test/t/clients.pl: what a client library sees, as a test."""
count = 0


def ok(good, name, found=''):
    global count
    count += 1
    print(('ok' if good else 'not ok'), count, '-', name, flush=True)
    if not good and found != '':
        for line in str(found).splitlines():
            print('#', line, flush=True)


def same(found, wanted, name):
    ok(found == wanted, name, f'found  {found!r}\nwanted {wanted!r}')


def done():
    print(f'1..{count}', flush=True)
