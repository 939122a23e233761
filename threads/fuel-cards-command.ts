import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Settings } from '../config.ts';
import { AppError, messageOf } from '../model/errors.ts';
import { faultLine } from '../registry/commands.ts';
import { problemOf, runningService } from './commanded-registry.ts';

/**
 * Has the running service import what was paid for vehicles.
 * @returns the exit code
 * @throws AppError `SERVICE_BUSY` where no service runs, `INPUT_INVALID` where no file is named
 */
export async function fuelCards(
  args: readonly string[],
  settings: Settings,
  print: (line: string) => void,
): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { 'dry-run': { type: 'boolean', default: false } },
  });
  const [file] = positionals;
  if (file === undefined)
    throw new AppError('INPUT_INVALID', '缺少参数 <csv>。 Argument <csv> is missing.');
  const notRunning = new AppError(
    'SERVICE_BUSY',
    '服务没有运行，请先启动。 The service is not running; start it first.',
  );
  const { base, token } = runningService(settings, notRunning);
  const dryRun = values['dry-run'];
  const answer = await fetch(`${base}/fuel-cards?dryRun=${dryRun}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
    body: readFileSync(file),
  }).catch((error) => {
    throw new AppError('SERVICE_BUSY', `${notRunning.message} (${messageOf(error)})`);
  });
  if (!answer.ok) {
    const problem = await problemOf(answer);
    const { faults } = problem;
    if (faults.length === 0) throw problem;
    for (const fault of faults) print(faultLine(fault));
    print(
      `共 ${faults.length} 处错误，未导入任何内容。 ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}; nothing was imported.`,
    );
    return 1;
  }
  const { added, unchanged } = (await answer.json()) as { added: number; unchanged: number };
  const [zh, en] = dryRun
    ? ['检查通过，未作改动：将', 'No faults, nothing was changed; to come:']
    : ['导入完成：', 'Imported:'];
  print(`${zh}新增 ${added}，不变 ${unchanged}。 ${en} ${added} added, ${unchanged} unchanged.`);
  return 0;
}
