import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Table, toCsv, toXlsx } from '../../api/table.ts';

/** Files of a zip archive by name, by its central directory. */
function unzip(zip: Buffer): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const end = zip.lastIndexOf(Buffer.from('PK\u0005\u0006'));
  let entry = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [name, extra, comment] = [28, 30, 32].map((at) => zip.readUInt16LE(entry + at));
    const local = zip.readUInt32LE(entry + 42);
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(from, from + zip.readUInt32LE(entry + 20));
    const isPacked = zip.readUInt16LE(entry + 10) === 8;
    const title = zip.toString('utf8', entry + 46, entry + 46 + (name ?? 0));
    files.set(title, (isPacked ? inflateRawSync(packed) : packed).toString());
    entry += 46 + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
  return files;
}

const table = (...rows: Table['rows']): Table => ({
  name: '单车核算',
  headings: ['a', '乙'],
  rows,
});

test('CSV as RFC 4180 has it, with a mark', () => {
  const tables = [
    table(['plain', 1.5], [null, -2], ['a,b', 'say "yes"']),
    table(['two\nlines', ' ']),
  ];
  expect(toCsv(tables).toString()).toBe(
    '\uFEFFa,乙\r\nplain,1.5\r\n,-2\r\n"a,b","say ""yes"""\r\n\r\na,乙\r\n"two\nlines"," "\r\n',
  );
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1', '"=1', "'=1", '\uFEFF=1'])(
  '%j is no formula',
  (text) => {
    const [, line = ''] = toCsv([table([text, 0])])
      .toString()
      .split('\r\n');
    const field = line.startsWith('"') ? line.slice(1) : line;
    expect(field.startsWith("'")).toBe(true);
  },
);

test('xlsx holds texts as texts and numbers as numbers, and no formula', async () => {
  const bytes = await toXlsx([
    table(['=1+1', 1.5], [null, '<&>"\u0007'], ['鲁P12345', -2]),
    { ...table(['x', 0]), name: '费用 Expenses' },
  ]);
  const files = unzip(bytes);
  expect([...files.keys()]).toEqual(
    expect.arrayContaining(['[Content_Types].xml', 'xl/workbook.xml', 'xl/worksheets/sheet2.xml']),
  );
  const sheet = files.get('xl/worksheets/sheet1.xml') ?? '';
  expect(sheet).not.toContain('<f>');
  expect(sheet).toMatch(/<v>1\.5<\/v>/);
  expect(sheet).toMatch(/<v>-2<\/v>/);
  expect(files.get('xl/workbook.xml')).toContain('费用 Expenses');
  const texts = [...files.values()].join('');
  expect(texts).toContain('=1+1</t>');
  expect(texts).toContain('鲁P12345</t>');
  expect(texts).toMatch(/&lt;&amp;&gt;/);
  expect(texts).not.toContain('\u0007');
});

test('whatever stands in a text, a line of CSV stays a line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const csv = toCsv([table([text, 7])]).toString();
      const quotes = csv.split('"').length - 1;
      expect(quotes % 2).toBe(0);
      expect(csv.replace(/"(?:[^"]|"")*"/gs, 'q').split('\r\n')).toHaveLength(3);
      expect(csv.endsWith(',7\r\n')).toBe(true);
    }),
  );
});
