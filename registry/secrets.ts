import {
  type Argon2Parameters,
  argon2,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { isRandomSecret } from './random-secret.ts';

/** OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, 2 passes, 1 lane. */
const argon2Cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const;
/** A stored hash may not ask for more than this, however it came into the file. */
const mostMemoryKiB = 262_144;

/** Every hash takes 19 MiB and a thread of the pool that `fsync` shares. */
const atOnce = 2;
let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}

const derive = (parameters: Argon2Parameters): Promise<Buffer> =>
  inTurn(
    () =>
      new Promise((resolve, reject) => {
        argon2('argon2id', parameters, (error, key) => (error ? reject(error) : resolve(key)));
      }),
  );

const fingerprint = (secret: string, serverKey: Uint8Array): Buffer =>
  createHmac('sha256', serverKey).update('device-secret\0').update(secret).digest();

/** `argon2id:m=19456,t=2,p=1$salt$hash`, both in base64url. For passwords of people, whatever they look like. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const key = await derive({ ...argon2Cost, message: password, nonce });
  const { memory, passes, parallelism } = argon2Cost;
  return `argon2id:m=${memory},t=${passes},p=${parallelism}$${nonce.toString('base64url')}$${key.toString('base64url')}`;
}

/** `hmac:…` for a secret of 128 random bits or more, `argon2id:…` for a chosen one. */
export const hashSecret = (secret: string, serverKey: Uint8Array): Promise<string> =>
  isRandomSecret(secret)
    ? Promise.resolve(`hmac:${fingerprint(secret, serverKey).toString('base64url')}`)
    : hashPassword(secret);

const argon2Pattern = /^argon2id:m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([\w-]+)\$([\w-]+)$/;

const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && timingSafeEqual(a, b);

/** False for a wrong secret and for a hash that is none; the comparison takes the same time wherever they differ. */
export async function verifySecret(
  hash: string,
  secret: string,
  serverKey: Uint8Array,
): Promise<boolean> {
  if (hash.startsWith('hmac:')) {
    return same(Buffer.from(hash.slice(5), 'base64url'), fingerprint(secret, serverKey));
  }
  const match = argon2Pattern.exec(hash);
  if (!match || Number(match[1]) > mostMemoryKiB) return false;
  const [, memory, passes, parallelism, nonce = '', wanted = ''] = match;
  const want = Buffer.from(wanted, 'base64url');
  const key = await derive({
    message: secret,
    nonce: Buffer.from(nonce, 'base64url'),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: want.length,
  });
  return same(want, key);
}
