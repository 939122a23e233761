import { expect, test } from 'vitest';
import { createVerifier } from '../../broker/verifier.ts';
import { minuteMs } from '../../model/time.ts';

function setUp() {
  let now = 1_700_000_000_000;
  const asked: string[] = [];
  const verifier = createVerifier(
    async (hash, secret) => {
      asked.push(secret);
      await Promise.resolve();
      return hash.endsWith(`hash of ${secret}`);
    },
    { now: () => now },
  );
  return { verifier, asked, pass: (ms: number) => (now += ms) };
}

test('a right secret is hashed once, and again when what is kept of it changes', async () => {
  const { verifier, asked } = setUp();
  const check = (secret: string, hash: string) => verifier.check('m1', '10.0.0.1', hash, secret);
  expect(await check('s', 'hash of s')).toBe('right');
  expect(await check('s', 'hash of s')).toBe('right');
  expect(asked).toEqual(['s']);
  expect(await check('other', 'hash of s')).toBe('credentials');
  expect(await check('s', 'hash of new')).toBe('credentials');
  expect(await check('new', 'hash of new')).toBe('right');
  expect(await check('s', 'hash of new')).toBe('credentials');
});

test('connections of one device at the same time share a hash', async () => {
  const { verifier, asked } = setUp();
  const all = await Promise.all([1, 2, 3].map(() => verifier.check('m1', 'a', 'hash of s', 's')));
  expect(all).toEqual(['right', 'right', 'right']);
  expect(asked).toHaveLength(1);
});

test('guessing is stopped, and starts anew after a minute; a known secret always gets in', async () => {
  const { verifier, asked, pass } = setUp();
  const check = (secret: string, address = 'a') =>
    verifier.check('m1', address, 'hash of s', secret);
  for (let n = 0; n < 5; n++) expect(await check(`wrong ${n}`)).toBe('credentials');
  expect(await check('s')).toBe('rate-limited');
  expect(asked).toHaveLength(5);
  expect(await check('s', 'elsewhere')).toBe('right');
  expect(await check('s')).toBe('right');
  expect(await check('wrong')).toBe('rate-limited');
  pass(minuteMs);
  expect(await check('wrong')).toBe('credentials');
});

test('guessing one name from many addresses is stopped too', async () => {
  const { verifier, asked } = setUp();
  for (let n = 0; n < 60; n++)
    await verifier.check('m1', `address ${n}`, 'hash of s', `wrong ${n}`);
  expect(asked).toHaveLength(50);
});

test('no more than two hashes are computed at once, in the order they were asked for', async () => {
  let running = 0;
  let most = 0;
  const order: string[] = [];
  const verifier = createVerifier(
    async (_, secret) => {
      most = Math.max(most, ++running);
      order.push(secret);
      await new Promise(setImmediate);
      running--;
      if (secret === '3') throw new Error('no memory');
      return true;
    },
    { now: () => 0 },
  );
  const secrets = ['1', '2', '3', '4', '5', '6', '7'];
  const results = await Promise.allSettled(
    secrets.map((secret) => verifier.check(secret, 'a', 'hash', secret)),
  );
  expect(most).toBe(2);
  expect(order).toEqual(secrets);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(6);
});

test('guessing at a random secret keeps nobody out who has it, and is counted as guessing', async () => {
  const { verifier } = setUp();
  const check = (secret: string, address = 'a') =>
    verifier.check('m1', address, 'hmac:hash of s', secret);
  for (let n = 0; n < 5; n++) expect(await check(`wrong ${n}`)).toBe('credentials');
  expect(await check('wrong')).toBe('rate-limited');
  for (let n = 0; n < 60; n++) await check(`wrong ${n}`, `address ${n}`);
  expect(await check('s')).toBe('right');
  expect(await check('wrong')).toBe('rate-limited');
});
