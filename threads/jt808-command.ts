import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { AppError } from '../model/errors.ts';
import type { Edition } from '../protocols/jt808/edition.ts';
import { formatExplained } from '../protocols/jt808/explain.ts';
import { explainStream, type StreamPiece } from '../protocols/jt808/explain-stream.ts';
import type { Words } from '../protocols/jt808/field.ts';
import type { Print } from '../registry/commands.ts';

const usage = `jt808 explain <hex>… [--edition 2011|2013|2019] [--lang zh|en] [--json]
jt808 explain --file <file>
jt808 explain -

逐字段解读 JT/T 808 报文：偏移、字节、取值、单位、条款。校验码、长度、转义、未知 ID 等错误逐一说明，有错误时退出码为 1。
Shows JT/T 808 frames field by field: offset, bytes, value, unit, clause. Wrong checksums, lengths and escapes and unknown ids
are told one by one; the exit code is then 1.

  <hex>…                十六进制字节，可含空格、冒号、逗号与 0x；可含多帧；首尾 7E 可省
                        bytes in hexadecimal with blanks, colons, commas, 0x; several frames; their 7E may be missing
  --file <file>         从文件读，十六进制文本（# 之后为注释）或原始字节
                        from a file: hexadecimal text, where # begins a comment, or the bytes themselves
  -                     从标准输入读，同上
                        from standard input, the same
  --edition <year>      终端所依版本；缺省按报文判断
                        edition the terminal was built to; by default as the frames tell
  --lang <zh|en>        输出语言；缺省随系统语言
                        language; by default that of the system
  --json                每段字节一行 JSON
                        JSON, a line for each frame or message
`;

const options = {
  edition: { type: 'string' },
  file: { type: 'string' },
  lang: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const parse = (args: readonly string[]) =>
  parseArgs({ args: [...args], allowPositionals: true, options });

type Values = ReturnType<typeof parse>['values'];
type Lang = keyof Words;

const editions: Readonly<Record<string, Edition>> = { 2011: 2011, 2013: 2013, 2019: 2019 };

const wrong = (name: string, got: string, want: string) =>
  new AppError('INPUT_INVALID', `--${name}：得到 ${got}，应为 ${want}。 got ${got}, want ${want}.`);

/** @throws AppError `INPUT_INVALID` */
function editionOf({ edition }: Values): Edition | undefined {
  const known = edition === undefined ? undefined : editions[edition];
  if (edition === undefined || known !== undefined) return known;
  throw wrong('edition', edition, '2011 | 2013 | 2019');
}

/** @throws AppError `INPUT_INVALID` */
function langOf({ lang }: Values, environment: NodeJS.ProcessEnv): Lang {
  if (lang === 'zh' || lang === 'en') return lang;
  if (lang !== undefined) throw wrong('lang', lang, 'zh | en');
  const locale = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || '';
  return locale.startsWith('zh') ? 'zh' : 'en';
}

/**
 * Shows frames of a terminal field by field.
 * @returns the exit code: 1 where anything is wrong with them
 * @throws AppError `INPUT_INVALID` where an argument is wrong or there are no bytes
 */
export async function jt808(
  args: readonly string[],
  print: Print,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help) {
    print(usage.trimEnd());
    return 0;
  }
  const [verb, ...pieces] = positionals;
  const hasFile = values.file !== undefined;
  if (verb !== 'explain' || hasFile === pieces.length > 0)
    throw new AppError('INPUT_INVALID', 'jt808 explain <hex>…  (jt808 explain --help)');
  const edition = editionOf(values);
  const lang = langOf(values, environment);
  const found = explainStream(bytesOf(given(values, pieces)), edition);
  if (values.json) for (const piece of found) print(JSON.stringify(piece, bytesAsHex));
  else for (const [n, piece] of found.entries()) show(piece, n + 1, lang, print);
  return found.some(({ faults }) => faults.length > 0) ? 1 : 0;
}

const standardInput = 0;

function given({ file }: Values, pieces: readonly string[]): string | Uint8Array {
  if (file !== undefined) return readFileSync(file);
  return pieces.length === 1 && pieces[0] === '-' ? readFileSync(standardInput) : pieces.join(' ');
}

/** @throws AppError `INPUT_INVALID` */
function bytesOf(input: string | Uint8Array): Uint8Array {
  const text = typeof input === 'string' ? input : Buffer.from(input).toString('latin1');
  const digits = text.replaceAll(/#.*$/gm, '').replaceAll(/0x|[\s,:-]/gi, '');
  const isHex = digits.length > 0 && digits.length % 2 === 0 && /^[0-9a-f]+$/i.test(digits);
  if (isHex) return new Uint8Array(Buffer.from(digits, 'hex'));
  if (typeof input !== 'string' && input.includes(0x7e)) return input;
  throw new AppError(
    'INPUT_INVALID',
    '应为成对的十六进制数字。 Want bytes in hexadecimal, two digits each.',
  );
}

const bytesAsHex = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;

function show(
  { offset, bytes, fields, faults }: StreamPiece,
  n: number,
  lang: Lang,
  print: Print,
): void {
  const title = {
    zh: `第 ${n} 段：第 ${offset} 字节起，共 ${bytes.length} 字节`,
    en: `${n}: from byte ${offset}, ${bytes.length} bytes`,
  };
  print(title[lang]);
  for (const fault of faults) print(`  ✗ ${fault[lang]}`);
  for (const line of formatExplained(fields, lang)) print(line);
  print('');
}
