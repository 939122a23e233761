import type { Fault } from '../model/errors.ts';
import type { Change, ImportResult } from './registry.ts';

/** Where a command's lines go. */
export type Print = (line: string) => void;

/** `meters[3].modbus.port (line 12): got 70000, want at most 65535`. */
export const faultLine = ({ path, line, message }: Fault): string => {
  const place = [path, line === undefined ? '' : `(line ${line})`].filter(Boolean).join(' ');
  return place ? `${place}: ${message}` : message;
};

const signs: Readonly<Record<Change['change'], string>> = { add: '+', update: '~', unchanged: '=' };

/**
 * Prints the outcome of an import: every fault, or every change and their number.
 * @returns whether there were no faults
 */
export function printImport(result: ImportResult, dryRun: boolean, print: Print): boolean {
  if (!result.ok) {
    for (const fault of result.faults) print(faultLine(fault));
    const { length } = result.faults;
    print(
      `共 ${length} 处错误，未作任何改动。 ${length} ${length === 1 ? 'fault' : 'faults'}; nothing was changed.`,
    );
    return false;
  }
  const told = result.changes.filter(({ change }) => change !== 'unchanged');
  for (const { kind, id, change } of told) print(`${signs[change]} ${kind} ${id}`);
  const added = told.filter(({ change }) => change === 'add').length;
  const updated = told.length - added;
  const unchanged = result.changes.length - told.length;
  const [zh, en] = dryRun
    ? ['检查通过，未作改动：将', 'No faults, nothing was changed; to come:']
    : ['导入完成：', 'Imported:'];
  print(
    `${zh}新增 ${added}，更新 ${updated}，不变 ${unchanged}。 ${en} ${added} added, ${updated} updated, ${unchanged} unchanged.`,
  );
  return true;
}
