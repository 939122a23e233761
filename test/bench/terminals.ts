import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { makeFolder, removeFolder, startGuanjia } from '../flow/guanjia.ts';
import { fleetOf } from '../flow/jt808-fleet.ts';
import { freePort } from '../flow/servers/program.ts';
import { cpuSecondsOf, killChild, rssMbOf, watchRss } from './process.ts';
import { type How, medianOf, type Section, table, whole } from './report.ts';
import type { TerminalOrder, TerminalReport } from './terminal-load.ts';

const everyS = 10;
/** Every terminal has reported three times. */
const reportS = 30;
const settleMs = 5_000;

interface Measured extends TerminalReport {
  readonly entered: number;
  /** Of one that is connected and says nothing. */
  readonly idleKb: number;
  readonly rssMb: number;
  readonly cpuPer100k: number;
}

async function order<T>(load: ChildProcess, what: TerminalOrder): Promise<T> {
  load.send(what);
  const [answer] = (await once(load, 'message')) as [T];
  return answer;
}

/** The service is started again between registering and measuring, so that memory is that of links alone. */
async function measure(terminals: number, seconds: number): Promise<Measured> {
  const folder = makeFolder();
  const settings = {
    GUANJIA_LOG_LEVEL: 'warn',
    GUANJIA_JT808_PORT: String(await freePort()),
  };
  const port = Number(settings.GUANJIA_JT808_PORT);
  const load = fork(join(import.meta.dirname, 'terminal-load.ts'));
  let guanjia = await startGuanjia(folder, { inventory: fleetOf(terminals), settings });
  try {
    await order(load, { do: 'register', port, terminals });
    await guanjia.kill();
    guanjia = await startGuanjia(folder, { settings });
    const pids = [guanjia.child.pid ?? 0];
    await wait(settleMs);
    const emptyMb = rssMbOf(pids);
    const entered = await order<number>(load, { do: 'connect', port });
    await wait(settleMs);
    const idleMb = rssMbOf(pids);
    const mostMb = watchRss(pids);
    const before = cpuSecondsOf(pids);
    const report = await order<TerminalReport>(load, { do: 'report', seconds, everyS });
    return {
      ...report,
      entered,
      idleKb: ((idleMb - emptyMb) * 1024) / terminals,
      rssMb: mostMb(),
      cpuPer100k: ((cpuSecondsOf(pids) - before) / report.answered) * 1e5,
    };
  } finally {
    await killChild(load);
    await guanjia.kill();
    removeFolder(folder);
  }
}

/** Terminals that report every ten seconds to the whole service, and those that say nothing. */
export async function benchTerminals({
  seconds,
  rounds,
  terminals,
  tell,
}: How): Promise<readonly Section[]> {
  const runs: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    const run = await measure(terminals, Math.max(seconds, reportS));
    tell(
      `${whole(run.entered)} terminals: p50 ${run.p50Ms.toFixed(1)} ms, p99 ${run.p99Ms.toFixed(1)} ms, ${run.idleKb.toFixed(1)} KB each, ${run.sent - run.answered} unanswered, ${run.broken} broken`,
    );
    runs.push(run);
  }
  const of = (pick: (run: Measured) => number) => medianOf(runs, pick);
  const head = [
    'terminals',
    'messages/s',
    'p50 ms',
    'p99 ms',
    'longest ms',
    'unanswered',
    'KB a terminal',
    'RSS MB',
    'CPU s/100k',
    'generator CPU s',
  ];
  const row = [
    whole(of(({ entered }) => entered)),
    whole(terminals / everyS),
    of(({ p50Ms }) => p50Ms).toFixed(1),
    of(({ p99Ms }) => p99Ms).toFixed(1),
    of(({ maxMs }) => maxMs).toFixed(0),
    whole(of(({ sent, answered }) => sent - answered)),
    of(({ idleKb }) => idleKb).toFixed(1),
    whole(of(({ rssMb }) => rssMb)),
    of(({ cpuPer100k }) => cpuPer100k).toFixed(2),
    of(({ cpuS }) => cpuS).toFixed(1),
  ];
  const text = `Terminals of JT/T 808 that have authenticated and report every ${everyS} s, spread evenly, to the whole service with DuckDB and every rule at work: from the write of a 0x0200 to its 0x8001. Memory of a terminal is what the whole service has grown by when all are connected and say nothing.\n\n${table(head, [row])}`;
  return [{ title: 'Terminals', text }];
}
