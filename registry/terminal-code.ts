import { createHmac } from 'node:crypto';
import type { Registration } from './registry.ts';

/** Of a phone, whatever it was padded with. */
export const phoneKey = (phone: string): string => phone.replace(/^0+/, '').toUpperCase();

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const codeLetters = 16;

/**
 * The code a registered terminal authenticates with: derived, so that it is kept nowhere. 80 bits under the server key; another one after a reset
 * and for another terminal or phone.
 */
export function terminalCode(
  phone: string,
  { epoch, facts }: Pick<Registration, 'epoch' | 'facts'>,
  serverKey: Uint8Array,
): string {
  const about = ['jt808-code', phoneKey(phone), epoch, facts?.maker, facts?.terminal];
  const digest = createHmac('sha256', serverKey).update(about.join('\0')).digest();
  return [...digest.subarray(0, codeLetters)].map((byte) => base32[byte & 31]).join('');
}
