import { Poller } from '../../src/client/poller';

/** A table to look into, and a record of who looked for what. */
function source() {
  const values = new Map<string, string>();
  const looks: string[][] = [];
  const poller = new Poller<string, string>((keys) => {
    looks.push([...keys]);
    return Promise.resolve(keys.map((key) => values.get(key)));
  });
  return { values, looks, poller };
}

const any = () => true;
const never = new Promise<never>(() => undefined);

test('a value that is there is returned at the first look', async () => {
  const { values, looks, poller } = source();
  values.set('a', '1');
  await expect(poller.wait('a', any, 1_000)).resolves.toBe('1');
  expect(looks).toEqual([['a']]);
});

test('a value that comes later is waited for', async () => {
  const { values, looks, poller } = source();
  const waiting = poller.wait('a', any, 5_000);
  while (looks.length < 3) await poller.wait('other', any, 1);
  values.set('a', '1');
  await expect(waiting).resolves.toBe('1');
});

test('a value is waited for until it is accepted', async () => {
  const { values, looks, poller } = source();
  values.set('a', 'old');
  const waiting = poller.wait('a', (value) => value === 'new', 5_000);
  while (looks.length < 2) await poller.wait('other', any, 1);
  values.set('a', 'new');
  await expect(waiting).resolves.toBe('new');
});

test('without a value the wait ends with undefined when its time is up', async () => {
  const { poller } = source();
  const started = Date.now();
  await expect(poller.wait('a', any, 50)).resolves.toBeUndefined();
  expect(Date.now() - started).toBeGreaterThanOrEqual(49);
});

test('everybody who waits is asked for in one look, a thousand at most', async () => {
  const { values, looks, poller } = source();
  const keys = Array.from({ length: 2_500 }, (_, index) => `key-${index}`);
  const waiting = keys.map((key) => poller.wait(key, any, 10_000));
  keys.forEach((key) => values.set(key, key));
  await expect(Promise.all(waiting)).resolves.toEqual(keys);
  // The first wait looks at once, alone; the others are there at the second look.
  expect(looks.map((asked) => asked.length)).toEqual([1, 1_000, 1_000, 500]);
});

test('two may wait for one key, each with its own idea of what is acceptable', async () => {
  const { values, poller } = source();
  values.set('a', '1');
  const two = poller.wait('a', (value) => value === '2', 5_000);
  await expect(poller.wait('a', (value) => value === '1', 5_000)).resolves.toBe('1');
  values.set('a', '2');
  await expect(two).resolves.toBe('2');
});

test('whoever waits again at once, a few promise ticks after the last waiter left, is served', async () => {
  const { values, poller } = source();
  values.set('a', '1');
  for (let ticks = 0; ticks < 12; ticks += 1) {
    await poller.wait('a', any, 1_000);
    for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
    await expect(poller.wait('a', any, 1_000)).resolves.toBe('1');
  }
});

test('while the source fails, waiters wait; when it recovers, they are served', async () => {
  let failures = 0;
  const poller = new Poller<string, string>((keys) => {
    if (failures === 3) return Promise.resolve(keys.map(() => 'value'));
    failures += 1;
    return Promise.reject(new Error('connection refused'));
  });
  await expect(poller.wait('a', any, 5_000)).resolves.toBe('value');
  expect(failures).toBe(3);
});

test('while the source fails, a wait still ends in time', async () => {
  const poller = new Poller<string, string>(() => Promise.reject(new Error('connection refused')));
  await expect(poller.wait('a', any, 50)).resolves.toBeUndefined();
});

test('a source that hangs does not keep anybody beyond the time', async () => {
  const poller = new Poller<string, string>(() => never);
  await expect(Promise.all([poller.wait('a', any, 50), poller.wait('b', any, 80)])).resolves.toEqual([
    undefined,
    undefined,
  ]);
});

test('an error of one caller is thrown to this caller and to nobody else', async () => {
  const { values, poller } = source();
  values.set('a', '1');
  const failing = poller.wait(
    'a',
    () => {
      throw new Error('the predicate failed');
    },
    1_000,
  );
  const other = poller.wait('a', any, 1_000);
  await expect(failing).rejects.toThrow('the predicate failed');
  await expect(other).resolves.toBe('1');
  await expect(poller.wait('a', any, 1_000)).resolves.toBe('1');
});

test('nobody looks while nobody waits', async () => {
  const { values, looks, poller } = source();
  values.set('a', '1');
  await poller.wait('a', any, 1_000);
  const before = looks.length;
  // Longer than the first pauses between two looks.
  await new Poller<string, string>(() => Promise.resolve([])).wait('none', any, 60);
  expect(looks).toHaveLength(before);
});
