import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Frames of other implementations' tests and of real terminals, where they are at hand. */
const folder = join(import.meta.dirname, '../../../shared/data/jt808');

export const hasFrames = existsSync(folder);

/** @param tests that cannot run without */
export function skipped(tests: number): void {
  if (!hasFrames) console.log(`SKIPPED ${tests}: the frames of other implementations are not here`);
}

export const dataOf = <T>(file: string, none: T): T =>
  hasFrames ? (JSON.parse(readFileSync(join(folder, file), 'utf8')) as T) : none;

export const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
