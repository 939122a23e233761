/** DL/T 645-2007 once more, in hex text and from the standard alone: it shares no line with the codec under test. */

const octets = (hex: string): string[] =>
  hex.replaceAll(/\s/g, '').toLowerCase().match(/../g) ?? [];

const byte = (value: number): string => (((value % 256) + 256) % 256).toString(16).padStart(2, '0');

const total = (hex: readonly string[]): string =>
  byte(hex.map((one) => Number.parseInt(one, 16)).reduce((a, b) => a + b, 0));

/** @param address as printed; @param data as the meter has it, identifier first, low byte first */
export function speak(address: string, control: string, data: string): string {
  const plain = octets(data);
  const sent = plain.map((one) => byte(Number.parseInt(one, 16) + 0x33));
  const head = ['68', ...octets(address).reverse(), '68', control, byte(plain.length)];
  return [...head, ...sent, total([...head, ...sent]), '16'].join('');
}

export interface Said {
  readonly address: string;
  readonly control: string;
  /** Octets of the data, 33H taken off, high byte first. */
  readonly reversed: string;
}

/** What a frame says; undefined where it is none. */
export function listen(hex: string): Said | undefined {
  const all = octets(hex);
  while (all[0] === 'fe') all.shift();
  const length = Number.parseInt(all[9] ?? '0', 16);
  if (all[0] !== '68' || all[7] !== '68' || all.at(-1) !== '16') return undefined;
  if (all.length !== 12 + length || total(all.slice(0, -2)) !== all.at(-2)) return undefined;
  const data = all.slice(10, -2).map((one) => byte(Number.parseInt(one, 16) - 0x33));
  return {
    address: all.slice(1, 7).reverse().join(''),
    control: all[8] ?? '',
    reversed: data.reverse().join(''),
  };
}

export const toBytes = (hex: string): Uint8Array =>
  Uint8Array.from(octets(hex), (one) => Number.parseInt(one, 16));
export const toHex = (bytes: Uint8Array): string => Array.from(bytes, byte).join('');
