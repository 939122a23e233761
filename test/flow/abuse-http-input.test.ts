import { afterAll, beforeAll, expect, test } from 'vitest';
import { password } from '../api/world.ts';
import { type HttpScene, openHttp } from './abuse-http-kit.ts';
import { seeded } from './abuse-kit.ts';

/** P6 at the HTTP door: what is well sent and badly meant. */

const seed = 20_260_304;
let scene: HttpScene;
beforeAll(async () => {
  console.log(`seed ${seed}`);
  scene = await openHttp();
});
afterAll(() => scene.close());

test('hostile bodies and addresses are refused with a reason', async () => {
  const random = seeded(seed);
  const deep = (open: string, close: string, depth: number) =>
    `${open.repeat(depth)}1${close.repeat(depth)}`;
  const bodies = [
    '',
    '{',
    'null',
    '[]',
    '"x"',
    deep('[', ']', 20_000),
    deep('{"a":', '}', 20_000),
    '{"__proto__":{"role":"admin"},"id":"x"}',
    '{"constructor":{"prototype":{"role":"admin"}},"id":"x"}',
    `{"id":"x","name":"${'x'.repeat(900_000)}"}`,
    `{"id":"\\u0000","name":"\\ud800"}`,
    `{"id":1e999}`,
    `{${Array.from({ length: 2000 }, (_, n) => `"k${n}":1`).join(',')}}`,
  ];
  const json = { 'content-type': 'application/json' };
  /** What is larger than may be is not read to its end, which a sender may notice before the answer. */
  const post = async (path: string, body: string) =>
    (await scene.ask(path, { method: 'POST', headers: json, body })) ||
    (body.length > 8192 ? 413 : 0);
  const paths = [
    '/api/v1/session',
    '/api/v1/meters',
    '/api/v1/users',
    '/api/v1/rules',
    '/api/v1/inventory',
  ];
  for (const path of paths) {
    for (const body of bodies) {
      const status = await post(path, body);
      expect([path, body.slice(0, 20), status >= 400 && status < 500]).toEqual([
        path,
        body.slice(0, 20),
        true,
      ]);
    }
  }
  expect(await post('/api/v1/meters', 'x'.repeat(2 << 20))).toBe(413);
  // An alias that stands for a billion others.
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefghij'.split('').map((name, n) => {
      const before = 'abcdefghij'[n];
      return `${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`;
    }),
  ].join('\n');
  const yaml = { 'content-type': 'application/yaml' };
  expect(await scene.ask('/api/v1/inventory', { method: 'POST', headers: yaml, body: bomb })).toBe(
    422,
  );

  const words = [
    'limit',
    'cursor',
    'from',
    'to',
    'metric',
    'device',
    'state',
    '__proto__',
    'constructor',
    'by',
    'datum',
  ];
  const values = [
    '',
    '-1',
    '1e309',
    'NaN',
    '9'.repeat(400),
    '%00',
    '%ff',
    '../..',
    '[object Object]',
    '0.0.0',
    '-999999999999999.999999999',
    "' OR 1=1 --",
    '2026-13-45',
    '%F0%9F%92%A9',
    '1.5',
  ];
  const lists = [
    'meters',
    'alerts',
    'meters/m1/readings',
    'meters/m1/consumption',
    'vehicles/v1/track',
    'quarantine',
    'vehicles/positions',
    '__proto__',
    'meters/__proto__',
    'meters/%2e%2e',
  ];
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  for (let n = 0; n < 600; n++) {
    const query = Array.from(
      { length: 1 + Math.floor(random() * 5) },
      () => `${pick(words)}=${pick(values)}`,
    );
    const path = `/api/v1/${pick(lists)}?${query.join('&')}`;
    const status = await scene.ask(encodeURI(path).replaceAll('%25', '%'));
    expect([path, status >= 200 && status < 500]).toEqual([path, true]);
  }
  await scene.expectServed();
}, 60_000);

test('a flood of sign-ins, each from another address, keeps the work bounded and the others served', async () => {
  const before = scene.world.counted.length;
  const signIn = (user: string, address: string, given: string) =>
    scene.ask('/api/v1/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
      body: JSON.stringify({ user, password: given }),
    });
  const began = performance.now();
  const codes: number[] = [];
  const guess = async (n: number) => {
    codes.push(await signIn(`nobody${n}`, `10.1.${n >> 8}.${n & 255}`, `guess ${n}`));
  };
  const guesser = async (first: number) => {
    for (let n = 0; n < 4; n++) await guess(first * 4 + n);
  };
  await Promise.all(Array.from({ length: 60 }, (_, n) => guesser(n)));
  const tookMs = performance.now() - began;
  const judged = codes.filter((code) => code === 401).length;
  expect(codes.filter((code) => code === 429).length).toBe(240 - judged);
  // Twenty may wait at once; while they do, the others are turned away.
  expect(judged).toBeLessThan(150);
  expect(scene.world.counted.slice(before)).toContain('sign_ins');
  console.log(`${judged} of 240 sign-ins judged in ${tookMs.toFixed(0)} ms`);
  expect(await signIn('officer', '10.2.0.1', password)).toBe(200);
  await scene.expectServed();
}, 30_000);
