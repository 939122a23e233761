import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { AppError, type Fault } from '../model/errors.ts';
import { planReads } from '../protocols/modbus/plan.ts';
import { spansOf } from '../protocols/modbus/values.ts';
import { checkProfile, type Profile } from '../protocols/profile.ts';
import type { ReadBlock } from '../protocols/protocol.ts';
import { faultLine, type Print } from '../registry/commands.ts';
import { linesOf, parseText, pathText } from '../registry/source.ts';
import { complaints } from '../registry/wording.ts';

const usage = 'profile check <file>';

/**
 * Checks a register map before it is used, and says what a slave would be asked.
 * @returns the exit code: 2 where there is a fault
 * @throws AppError `INPUT_INVALID` where it is not told which file
 */
export async function profile(args: readonly string[], print: Print): Promise<number> {
  const [verb, file, ...rest] = args;
  if (verb !== 'check' || file === undefined || rest.length > 0)
    throw new AppError('INPUT_INVALID', usage);
  const read = readProfileText(readFileSync(file, 'utf8'));
  if ('faults' in read) {
    for (const fault of read.faults) print(faultLine(fault));
    const { length } = read.faults;
    print(`${file}：共 ${length} 处错误。 ${length} ${length === 1 ? 'fault' : 'faults'}.`);
    return 2;
  }
  tellPlan(read.profile, print);
  if (basename(file) !== `${read.profile.name}.yaml`)
    print(
      `要作为内置型号使用，文件须名为 ${read.profile.name}.yaml。 To be one of the built-in models the file must be called ${read.profile.name}.yaml.`,
    );
  return 0;
}

type Read = { readonly profile: Profile } | { readonly faults: readonly Fault[] };

/** A profile from its text, or every fault with its path and line, by line. */
export function readProfileText(text: string): Read {
  const source = parseText(text);
  if ('faults' in source) return source;
  const checked = checkProfile(source.value);
  if ('profile' in checked) return checked;
  const told = complaints(checked.issues, source.value);
  const lines = linesOf(
    text,
    told.map(({ path }) => path),
  );
  const faults = told.map(({ path, message }, i) => ({
    path: pathText(path),
    message,
    line: lines[i] ?? 1,
  }));
  return { faults: faults.sort((a, b) => a.line - b.line) };
}

const hex = (address: number): string => `0x${address.toString(16).toUpperCase().padStart(4, '0')}`;

/** `FC 3  0x0800–0x0835`. */
export const blockText = ({ fc, address, count }: ReadBlock): string =>
  `FC ${fc}  ${count === 1 ? hex(address) : `${hex(address)}–${hex(address + count - 1)}`}`;

function tellPlan({ name, title, registers, ...limits }: Profile, print: Print): void {
  const blocks = planReads(registers, limits);
  print(`${name}：没有错误。${title.zh}。 No faults. ${title.en}.`);
  print(
    `${registers.length} 个值，每次轮询 ${blocks.length} 次请求： ${registers.length} values, ${blocks.length} ${blocks.length === 1 ? 'request' : 'requests'} a poll:`,
  );
  for (const block of blocks) {
    const inside = registers.filter((register) =>
      spansOf(register).some(
        ({ fc, address }) =>
          fc === block.fc && address >= block.address && address < block.address + block.count,
      ),
    );
    const metrics = [...new Set(inside.map(({ metric }) => metric))].join(', ');
    print(`  ${blockText(block)}  ${block.count} 个寄存器 registers: ${metrics}`);
  }
}
