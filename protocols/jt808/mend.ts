import type { Words } from './field.ts';
import {
  checksumOf,
  headerLayout,
  hexByte,
  maxBodyBytes,
  partBytes,
  properties,
  wrap,
} from './wire.ts';

/** What is wrong with bytes that stand between two 7E. */
export interface Inspection {
  readonly faults: readonly Words[];
  /** The frame they are, or would be without what is wrong; undefined where there is too little of it. */
  readonly frame?: Uint8Array;
}

const escapeByte = 0x7d;

/** For a person who looks into a broken frame: every fault of its framing, not the first alone. @param bytes from 7E to 7E */
export function inspectFrame(bytes: Uint8Array): Inspection {
  const { plain, faults } = unescaped(bytes.subarray(1, -1));
  const end = plain.length - 1;
  const attributes = ((plain[2] ?? 0) << 8) | (plain[3] ?? 0);
  const isVersioned = (attributes & properties.isVersioned) !== 0;
  const header = headerLayout(isVersioned).bytes + (attributes & properties.isPart ? partBytes : 0);
  if (end < header) {
    const short = tooShort(plain.length, header + 1);
    return { faults: [...faults, short] };
  }
  const sum = checksumOf(plain, 0, end);
  if (plain[end] !== sum) faults.push(wrongChecksum(plain[end] ?? 0, sum));
  const [said, got] = [attributes & properties.length, end - header];
  if (said === got) return { faults, frame: wrap(plain.subarray(0, end)) };
  faults.push(wrongLength(said, got));
  if (got > maxBodyBytes) return { faults };
  const mended = plain.slice(0, end);
  const length = (attributes & ~properties.length) | got;
  mended[2] = length >> 8;
  mended[3] = length & 0xff;
  return { faults, frame: wrap(mended) };
}

/** Escapes undone; 7D with anything else behind it is left as it is. */
function unescaped(bytes: Uint8Array): { readonly plain: Uint8Array; readonly faults: Words[] } {
  const plain: number[] = [];
  const faults: Words[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    const next = bytes[at + 1];
    const isLast = next === undefined;
    const isEscape = byte === escapeByte && (next === 1 || next === 2);
    if (isEscape) plain.push(escapeByte + (bytes[++at] ?? 1) - 1);
    else plain.push(byte);
    // A checksum 7D that is not escaped is met in practice, and understood.
    if (byte === escapeByte && !isEscape && !isLast) faults.push(wrongEscape(next));
  }
  return { plain: Uint8Array.from(plain), faults };
}

const wrongEscape = (next: number): Words => ({
  zh: `转义错误：7D ${hexByte(next)}，应为 7D 01 或 7D 02`,
  en: `wrong escape: got 7D ${hexByte(next)}, want 7D 01 or 7D 02`,
});

const tooShort = (got: number, want: number): Words => ({
  zh: `帧过短：${got} 字节，至少应为 ${want} 字节`,
  en: `frame cut short: got ${got} bytes, want at least ${want}`,
});

const wrongChecksum = (got: number, want: number): Words => ({
  zh: `校验码错误：得到 ${hexByte(got)}，应为 ${hexByte(want)}`,
  en: `wrong checksum: got ${hexByte(got)}, want ${hexByte(want)}`,
});

const wrongLength = (said: number, got: number): Words => ({
  zh: `消息体长度错误：消息头为 ${said} 字节，实际 ${got} 字节`,
  en: `wrong body length: the header says ${said} bytes, the body has ${got}`,
});
