/** CJ/T 188 once more, in hex text and from the standard alone: it shares no line with the codec under test. */

const octets = (hex: string): string[] =>
  hex.replaceAll(/\s/g, '').toLowerCase().match(/../g) ?? [];

const total = (hex: readonly string[]): string =>
  (hex.map((one) => Number.parseInt(one, 16)).reduce((a, b) => a + b, 0) % 256)
    .toString(16)
    .padStart(2, '0');

/** @param address as printed; @param data identifier and number of the message first */
export function speak(type: string, address: string, control: string, data: string): string {
  const said = octets(data);
  const length = said.length.toString(16).padStart(2, '0');
  const body = ['68', type, ...octets(address).reverse(), control, length, ...said];
  return [...body, total(body), '16'].join('');
}

/** What a frame says; undefined where it is none. */
export function listen(hex: string):
  | {
      readonly type: string;
      readonly address: string;
      readonly control: string;
      readonly data: string;
    }
  | undefined {
  const all = octets(hex);
  while (all[0] === 'fe') all.shift();
  if (all[0] !== '68' || all.at(-1) !== '16' || total(all.slice(0, -2)) !== all.at(-2))
    return undefined;
  if (all.length !== 13 + Number.parseInt(all[10] ?? '0', 16)) return undefined;
  return {
    type: all[1] ?? '',
    address: all.slice(2, 9).reverse().join(''),
    control: all[9] ?? '',
    data: all.slice(11, -2).join(''),
  };
}
