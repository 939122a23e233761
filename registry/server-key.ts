import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { AppError, messageOf } from '../model/errors.ts';

const sealingKey = (serverKey: Uint8Array): Buffer =>
  Buffer.from(hkdfSync('sha256', serverKey, '', 'channel-secret', 32));

/** `sealed:…`, AES-256-GCM: for secrets that must be had in clear again. */
export function seal(secret: string, serverKey: Uint8Array): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(serverKey), nonce);
  const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return `sealed:${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
}

/** @throws Error where it was sealed under another key or altered */
export function unseal(sealed: string, serverKey: Uint8Array): string {
  const bytes = Buffer.from(sealed.slice('sealed:'.length), 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(serverKey), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
}

/** A digest under the server key, of what must be recognised again but not read. */
export const digest = (purpose: string, text: string, serverKey: Uint8Array): string =>
  createHmac('sha256', serverKey).update(`${purpose}\0`).update(text).digest('base64url');

/** What shows that a registry and a key belong together, and gives neither away. */
export const keyMark = (serverKey: Uint8Array): string =>
  createHash('sha256').update('key-mark\0').update(serverKey).digest('base64url').slice(0, 16);

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

function createKeyFile(file: string): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, randomBytes(32), { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
}

/**
 * The server key: 32 random bytes in a file only its owner may read, made at the first start. Without it no device gets in, so it belongs in every
 * backup, apart from the registry.
 * @throws AppError `DATA_DIR_UNUSABLE`
 */
export function openServerKey(file: string): Buffer {
  try {
    if (!existsSync(file)) createKeyFile(file);
    const key = readFileSync(file);
    if (key.length !== 32) throw new Error(`got ${key.length} bytes, want 32`);
    return key;
  } catch (error) {
    throw new AppError('DATA_DIR_UNUSABLE', `server key ${file}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
