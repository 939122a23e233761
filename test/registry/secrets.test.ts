import { randomBytes } from 'node:crypto';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generateSecret, isRandomSecret } from '../../registry/random-secret.ts';
import { hashPassword, hashSecret, verifySecret } from '../../registry/secrets.ts';
import { openServerKey, seal, unseal } from '../../registry/server-key.ts';
import { serverKey, testFolder } from './city.ts';

const chosen = [
  'correct horse battery staple',
  'CorrectHorseBatteryStaple2026',
  'correct-horse-battery-staple-42',
  'Correct-Horse-Battery-Staple-42',
  'The-Cat-Sat-On-The-Mat-42',
  'C0rr3ctH0rs3B4tt3ryStapl3',
  'MySecretPasswordForMeter1',
  'LiaochengShiJiGuan2026Guanjia',
  'WoAiBeijingTiananmen1949',
  'Zhongguo-2026-Dianbiao-01-Mima',
  'GJ-2026-LC-METER-000123-XYZABC',
  '1qaz2wsx3edc4rfv5tgb6yhn',
  'abcdefghijklmABCDEFGHIJKLM0123',
  'Passw0rdPassw0rdPassw0rd',
  '0123456789abcdef0123456789abcdef',
  'deadbeefdeadbeefdeadbeefdeadbeef',
  '00112233445566778899aabbccddeeff',
  '20260101202602022026030320260404',
  '12345678901234567890123456789012',
  'a'.repeat(64),
  '4f1d8a6c0b9e72355ac1e0d97f3b284',
  '',
  'short',
];

test.each(chosen)('a person may have chosen "%s"', (secret) => {
  expect(isRandomSecret(secret)).toBe(false);
});

const share = (make: () => string): number =>
  Array.from({ length: 2000 }, make).filter(isRandomSecret).length / 2000;

test('what a generator makes is known as such, nearly always', () => {
  expect(share(() => randomBytes(16).toString('hex'))).toBeGreaterThan(0.99);
  expect(share(() => randomBytes(32).toString('hex').toUpperCase())).toBeGreaterThan(0.99);
  expect(share(() => randomBytes(16).toString('base64'))).toBeGreaterThan(0.95);
  expect(share(() => randomBytes(32).toString('base64url'))).toBeGreaterThan(0.98);
  expect(share(generateSecret)).toBe(1);
});

test('a secret fits its own hash alone, and only under its server key', async () => {
  for (const secret of [generateSecret(), 'chosen by a person', '密钥 ünïcode']) {
    const hash = await hashSecret(secret, serverKey);
    expect(hash).toMatch(
      isRandomSecret(secret)
        ? /^hmac:[\w-]{43}$/
        : /^argon2id:m=19456,t=2,p=1\$[\w-]{22}\$[\w-]{43}$/,
    );
    expect(hash).not.toContain(secret);
    expect(await verifySecret(hash, secret, serverKey)).toBe(true);
    expect(await verifySecret(hash, `${secret} `, serverKey)).toBe(false);
    expect(await verifySecret(hash, '', serverKey)).toBe(false);
  }
  const random = generateSecret();
  expect(await verifySecret(await hashSecret(random, serverKey), random, Buffer.alloc(32, 8))).toBe(
    false,
  );
});

test('the same password is kept as another hash each time, and never as a fast one', async () => {
  const password = generateSecret();
  const [a, b] = await Promise.all([hashPassword(password), hashPassword(password)]);
  expect(a).not.toBe(b);
  expect([a, b].every((hash) => hash.startsWith('argon2id:'))).toBe(true);
});

test('what is no hash fits nothing, and costs nothing out of bounds', async () => {
  const tag = Buffer.alloc(32).toString('base64url');
  const hashes = [
    '',
    'hmac:',
    'argon2id:',
    'plain',
    `argon2id:m=9999999,t=2,p=1$${tag}$${tag}`,
    'argon2id:m=19456,t=2,p=1$$',
    'scrypt:x',
  ];
  for (const hash of hashes) expect(await verifySecret(hash, 'plain', serverKey)).toBe(false);
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.string(), async (hash, secret) => {
      expect(await verifySecret(hash, secret, serverKey)).toBe(false);
    }),
  );
});

test('what is sealed opens under its own key, untouched', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (secret) => {
      expect(unseal(seal(secret, serverKey), serverKey)).toBe(secret);
    }),
  );
  const sealed = seal('signing secret', serverKey);
  expect(() => unseal(sealed, Buffer.alloc(32, 8))).toThrow();
  expect(() => unseal(`${sealed.slice(0, -2)}AA`, serverKey)).toThrow();
});

test('the server key is made once, for its owner alone', () => {
  const file = join(testFolder(), 'server.key');
  const key = openServerKey(file);
  expect(key).toHaveLength(32);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(openServerKey(file)).toEqual(key);
  chmodSync(file, 0o600);
  writeFileSync(file, 'cut off');
  expect(() => openServerKey(file)).toThrow(/got 7 bytes, want 32/);
  expect(() => openServerKey(join(testFolder(), 'no', 'server.key'))).toThrow(
    expect.objectContaining({ code: 'DATA_DIR_UNUSABLE' }),
  );
});
