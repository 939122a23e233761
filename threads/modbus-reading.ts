import type { ModbusLink } from '../gateway/modbus-link.ts';
import { exceptionText } from '../protocols/modbus/exceptions.ts';
import { bytesOf } from '../protocols/modbus/values.ts';
import type { BlockAnswer, ReadBlock } from '../protocols/protocol.ts';
import type { Print } from '../registry/commands.ts';
import { blockText } from './profile-command.ts';

/** One reading of a slave by a person at the meter: everything that came, and in words why the rest did not. */

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly unit: number;
  readonly framing: 'tcp' | 'rtu';
}

export interface Asked {
  readonly blocks: readonly ReadBlock[];
  /** What a refused block can be asked in instead. */
  split(block: ReadBlock): readonly ReadBlock[];
}

export interface Reading {
  readonly answers: readonly BlockAnswer[];
  /** Whether every block came, in one or in parts. */
  readonly isWhole: boolean;
}

/** Codes with which a slave refuses a block for one address in it, or for its length. */
const splittable: ReadonlySet<number> = new Set([2, 3]);

/** Asks for every block, and for the parts of those that are refused; what goes wrong is printed. */
export async function readBlocks(
  link: ModbusLink,
  target: Target,
  asked: Asked,
  print: Print,
): Promise<Reading> {
  const queue = [...asked.blocks];
  const answers: BlockAnswer[] = [];
  const hinted = new Set<number>();
  let isWhole = true;
  for (let block = queue.shift(); block; block = queue.shift()) {
    const got = await link.read(target.unit, block);
    if (got.kind === 'data') {
      answers.push(got.answer);
      continue;
    }
    if (got.kind !== 'exception') {
      tellNoAnswer(got, target, print);
      return { answers, isWhole: false };
    }
    tellException(got.code, block, hinted, print);
    const parts = splittable.has(got.code) ? asked.split(block) : [];
    isWhole &&= parts.length > 0;
    queue.unshift(...parts);
  }
  return { answers, isWhole };
}

function tellException(code: number, block: ReadBlock, hinted: Set<number>, print: Print): void {
  const { name, next } = exceptionText(code);
  print(`${blockText(block)}：异常 ${code}，${name.zh}。 Exception ${code}: ${name.en}.`);
  if (hinted.has(code)) return;
  hinted.add(code);
  print(`  下一步：${next.zh}。 Next: ${next.en}.`);
}

type NoAnswer = { readonly kind: 'silent' | 'unreachable'; readonly why: string };

function tellNoAnswer({ kind, why }: NoAnswer, target: Target, print: Print): void {
  const { host, port, unit, framing } = target;
  if (kind === 'unreachable') {
    print(
      `连不上 ${host}:${port}（${why}）。 ${host}:${port} cannot be reached (${why}).\n` +
        '  下一步：检查地址、端口（Modbus TCP 通常为 502）、网线与防火墙。 Next: check address, port (Modbus TCP is mostly 502), cable and firewall.',
    );
    return;
  }
  const [other, zh, en] =
    framing === 'tcp'
      ? ['rtu', '串口透传的 DTU', 'a DTU that passes serial bytes through']
      : ['tcp', '会转换为 Modbus TCP 的网关', 'a gateway that speaks Modbus TCP'];
  print(
    `从站 ${unit} 没有应答（${why}）。 Unit ${unit} gave no answer (${why}).\n` +
      `  下一步：检查从站地址（--unit）、A/B 接线、波特率与校验位；若是${zh}，用 --framing ${other}。 ` +
      `Next: check the unit id (--unit), the A/B wires, baud rate and parity; with ${en} use --framing ${other}.`,
  );
}

/** `4366 8000`: the words of a span as they came, or nothing where they did not. */
export function spanText(span: ReadBlock, answers: readonly BlockAnswer[]): string {
  const hex = Buffer.from(bytesOf(span, answers) ?? []).toString('hex');
  return hex.toUpperCase().replaceAll(/.{4}(?=.)/g, '$& ');
}

/** Whole numbers in full; of others as many digits as are true, so that 0.1 × 3 is 0.3. */
export const numberText = (value: number): string =>
  String(Number.isInteger(value) ? value : Number(value.toPrecision(14)));
