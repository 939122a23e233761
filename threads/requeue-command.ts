import { parseArgs } from 'node:util';
import type { Settings } from '../config.ts';
import type { Requeued } from '../ingest/ingest.ts';
import { AppError, messageOf } from '../model/errors.ts';
import { problemOf, runningService } from './commanded-registry.ts';

const options = {
  device: { type: 'string' },
  reason: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
} as const;

/**
 * Has the running service read again what is in quarantine, all of it or what the options choose.
 * @returns the exit code
 * @throws AppError `SERVICE_BUSY` where no service runs, and what the service says is wrong
 */
export async function requeue(
  args: readonly string[],
  settings: Settings,
  print: (line: string) => void,
): Promise<number> {
  const { 'dry-run': dryRun, ...asked } = parseArgs({ args: [...args], options }).values;
  const notRunning = new AppError(
    'SERVICE_BUSY',
    '服务没有运行，请先启动。 The service is not running; start it first.',
  );
  const { base, token } = runningService(settings, notRunning);
  const ask = async (cursor: string | null): Promise<Requeued> => {
    const answer = await fetch(`${base}/quarantine/requeue`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...asked, dryRun, ...(cursor !== null && { cursor }) }),
    }).catch((error) => {
      throw new AppError('SERVICE_BUSY', `${notRunning.message} (${messageOf(error)})`);
    });
    if (!answer.ok) throw await problemOf(answer);
    return (await answer.json()) as Requeued;
  };

  const first = await ask(null);
  const { matched, refusedByStore } = first;
  print(`隔离区中可重新解读的报文：${matched}。 Messages that can be read again: ${matched}.`);
  if (refusedByStore > 0)
    print(
      `另有 ${refusedByStore} 项被存储拒绝，须先修复存储。 ${refusedByStore} more were refused by a store, which must be mended.`,
    );
  if (dryRun) return 0;
  let [requeued, understood, unknown] = [0, 0, 0];
  for (let page = first; ; page = await ask(page.next)) {
    requeued += page.requeued;
    if (page.understood === null) unknown += page.requeued;
    else understood += page.understood;
    if (page.next === null) break;
  }
  const remaining = requeued - understood - unknown;
  print(
    `已重新解读 ${requeued}，其中 ${understood} 已离开隔离区，${remaining} 仍未解读。 Read again ${requeued}: ${understood} left quarantine, ${remaining} are still not understood.`,
  );
  if (unknown > 0)
    print(`还有 ${unknown} 正在处理。 ${unknown} are still on their way through the line.`);
  return 0;
}
