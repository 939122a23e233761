import type { DatabaseSync } from 'node:sqlite';
import type { Context } from '../../model/context.ts';
import { dayMs, minuteMs, secondMs } from '../../model/time.ts';
import { ruleKinds } from '../../rules/index.ts';
import type { RuleKind } from '../../rules/rule.ts';
import { createReadings, idOf, inventory, meterCount, prototypes } from './meters-world.ts';
import { type How, medianOf, type Section, table, whole } from './report.ts';
import { type RulesPlace, sizesOf, withRules } from './rules-place.ts';

/*
 * The rules alone, for ten thousand meters at a reading a minute. A hundred of them live through a month, every quarter of an hour; their states,
 * as they stand on disk, are then those of all, so that what is measured is what rules cost once they know their meters.
 */

const everyMs = minuteMs;
const monthDays = 35;
const monthEveryMs = 15 * minuteMs;
/** Over whole hours, which close, and over 8:00, when the day of the snapshots begins. */
const begin = Date.parse('2026-11-13T07:55:00+08:00');
const measuredMinutes = 10;
const batchMs = 200;
const tickMs = 5 * secondMs;

interface Measured {
  readonly usPerReading: number;
  readonly alerts: number;
  readonly failures: number;
  readonly meanBytes: number;
  readonly mostBytes: number;
  readonly longestMs: number;
  readonly restartS: number;
  readonly kinds: readonly KindCost[];
}

interface KindCost {
  readonly kind: string;
  /** Of each reading of any meter. */
  readonly us: number;
  /** Of those that have a state. */
  readonly meanBytes: number;
  readonly mostBytes: number;
}

async function measure(tell: How['tell']): Promise<Measured> {
  const failures = { count: 0 };
  const clock = { now: begin - monthDays * dayMs };
  const context: Context = {
    log: (level, message, more) => {
      if (level === 'error') process.stderr.write(`${message} ${JSON.stringify(more)}\n`);
    },
    count: (name, _labels, by = 1) => {
      if (name === 'rule_failures') failures.count += by;
    },
    now: () => clock.now,
  };
  return withRules(inventory(), context, async (place) => {
    tell('the registry knows the meters');
    return { ...(await runIn(place, clock, tell)), failures: failures.count };
  });
}

async function runIn(
  { book, open }: RulesPlace,
  clock: { now: number },
  tell: How['tell'],
): Promise<Omit<Measured, 'failures'>> {
  const readings = createReadings(meterCount, clock.now);
  let seq = 0;
  type Open = ReturnType<typeof open>;
  const write = ({ sink }: Open, meters: readonly number[], at: number) => {
    clock.now = at;
    const after = seq;
    const observations = meters.map((n) => readings.read(n, at, ++seq));
    return sink.write({ after, upTo: seq, observations });
  };

  const first = open();
  const some = Array.from({ length: prototypes }, (_, n) => n);
  for (let at = begin - monthDays * dayMs; at < begin; at += monthEveryMs)
    await write(first, some, at);
  await first.sink.close();
  tell(`a month of ${prototypes} meters, ${whole(seq)} readings`);
  const { meanBytes, mostBytes } = sizesOf(first.database);
  const sizes = sizesByKind(first.database);
  cloneStates(first.database);
  first.database.close();
  readings.level(begin - monthEveryMs);

  tell('all meters are in their states');
  const costs = new Map<string, number>();
  const watched = open(ruleKinds.map((kind) => timed(kind, costs)));
  const all = Array.from({ length: meterCount }, (_, n) => n);
  const watchedReadings = 2 * meterCount;
  for (const at of [begin, begin + everyMs])
    for (let n = 0; n < meterCount; n += prototypes)
      await write(watched, all.slice(n, n + prototypes), at);
  await watched.sink.close();
  watched.database.close();

  tell('each kind has been watched');
  const batch = (meterCount * batchMs) / everyMs;
  let longestMs = 0;
  let next = 0;
  const measured = open();
  const before = seq;
  const cpu = process.cpuUsage();
  const from = begin + 2 * everyMs;
  for (let at = from; at < from + measuredMinutes * minuteMs; at += batchMs) {
    const count = Math.floor(((at - from + batchMs) / batchMs) * batch) - (seq - before);
    const meters = Array.from({ length: count }, () => next++ % meterCount);
    const began = performance.now();
    await write(measured, meters, at);
    longestMs = Math.max(longestMs, performance.now() - began);
    if ((at - from) % tickMs === 0) measured.sink.tick(at);
  }
  const { user, system } = process.cpuUsage(cpu);
  const usPerReading = (user + system) / (seq - before);
  await measured.sink.close();
  measured.database.close();

  const restarted = performance.now();
  const again = open();
  await write(again, all, from + measuredMinutes * minuteMs);
  const restartS = (performance.now() - restarted) / secondMs;
  await again.sink.close();
  again.database.close();
  const kinds = sizes.map((each) => ({
    ...each,
    us: (costs.get(each.kind) ?? 0) / watchedReadings,
  }));
  return {
    usPerReading,
    alerts: book.standing().length,
    meanBytes,
    mostBytes,
    longestMs,
    restartS,
    kinds,
  };
}

/** Adds up how long a kind's steps take, in µs. */
function timed(kind: RuleKind, costs: Map<string, number>): RuleKind {
  const step: RuleKind['step'] = (...given) => {
    const began = performance.now();
    const made = kind.step(...given);
    costs.set(kind.kind, (costs.get(kind.kind) ?? 0) + (performance.now() - began) * 1000);
    return made;
  };
  return { ...kind, step };
}

function sizesByKind(database: DatabaseSync): readonly Omit<KindCost, 'us'>[] {
  const sizes = new Map<string, number[]>();
  for (const { slots } of database.prepare('SELECT slots FROM rules_subject').all())
    for (const [kind, slot] of Object.entries(JSON.parse(String(slots))))
      sizes.set(kind, [...(sizes.get(kind) ?? []), JSON.stringify(slot).length]);
  return [...sizes].map(([kind, bytes]) => ({
    kind,
    meanBytes: bytes.reduce((a, b) => a + b, 0) / bytes.length,
    mostBytes: Math.max(...bytes),
  }));
}

/** Gives every meter the state of its prototype. */
function cloneStates(database: DatabaseSync): void {
  const rows = database.prepare('SELECT * FROM rules_subject').all();
  const insert = database.prepare(
    'INSERT OR REPLACE INTO rules_subject (subject, seq, newest_at, snapshot_at, slots) VALUES (?, ?, ?, ?, ?)',
  );
  const places = new Map(Array.from({ length: prototypes }, (_, n) => [idOf(n), n]));
  database.exec('BEGIN');
  for (const row of rows)
    for (let n = prototypes; n < meterCount; n += prototypes) {
      const place = places.get(String(row['subject']));
      if (place === undefined) continue;
      // Its own id and those of the meters beside it stand in the states.
      const slots = String(row['slots']).replaceAll(
        /"m(\d{5})"/g,
        (_, digits: string) => `"${idOf(n + (Number(digits) % prototypes))}"`,
      );
      const [seq, newest, snapshot] = [row['seq'], row['newest_at'], row['snapshot_at']];
      insert.run(idOf(n + place), Number(seq), Number(newest), Number(snapshot), slots);
    }
  database.exec('COMMIT');
  cloneTold(database, places);
}

/** What the states name of open episodes. */
function cloneTold(database: DatabaseSync, places: ReadonlyMap<string, number>): void {
  const told = database.prepare('SELECT * FROM rules_told').all();
  const insert = database.prepare('INSERT OR REPLACE INTO rules_told VALUES (?, ?, ?)');
  for (const row of told)
    for (let n = prototypes; n < meterCount; n += prototypes) {
      const place = places.get(String(row['subject']));
      if (place !== undefined)
        insert.run(idOf(n + place), String(row['name']), String(row['found']));
    }
}

/** What every rule together takes for ten thousand meters. */
export async function benchMeters({ rounds, tell }: How): Promise<readonly Section[]> {
  const runs: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    const run = await measure(tell);
    tell(
      `${whole(meterCount)} meters: ${run.usPerReading.toFixed(1)} µs a reading, longest batch ${run.longestMs.toFixed(0)} ms, restart ${run.restartS.toFixed(2)} s, ${run.alerts} alerts, ${run.failures} failures`,
    );
    runs.push(run);
  }
  const of = (pick: (run: Measured) => number) => medianOf(runs, pick);
  const us = of(({ usPerReading }) => usPerReading);
  const head = [
    'meters',
    'CPU µs a reading',
    'share of a core',
    'state, bytes',
    'most',
    'longest batch, ms',
    'restart, s',
  ];
  const row = [
    whole(meterCount),
    us.toFixed(1),
    ((us * meterCount) / (everyMs / secondMs) / 1e6).toFixed(3),
    whole(of(({ meanBytes }) => meanBytes)),
    whole(of(({ mostBytes }) => mostBytes)),
    whole(of(({ longestMs }) => longestMs)),
    of(({ restartS }) => restartS).toFixed(2),
  ];
  const [last] = runs.slice(-1);
  const kinds = (last?.kinds ?? []).toSorted((a, b) => b.meanBytes - a.meanBytes);
  const rows = kinds.map(({ kind, us: each, meanBytes, mostBytes }) => [
    `\`${kind}\``,
    each.toFixed(2),
    whole(meanBytes),
    whole(mostBytes),
  ]);
  const text = `${whole(meterCount)} meters of a hundred institutions, half of them electricity with all phases, the others water, gas, heat and rooms, with a reading every ${everyMs / secondMs} s, through the registry, the engine and every kind. All are in the state of meters that were read for ${monthDays} days; ${measuredMinutes} minutes over 8:00 are measured, when an hour closes and the snapshots of a day are kept; with states on disk and a look for silence every ${tickMs / secondMs} s. Restart: the states read, and a reading of every meter judged.\n\n${table(head, [row])}\n\nBy kind, for those that keep something of a meter:\n\n${table(['kind', 'µs a reading', 'state, bytes', 'most'], rows)}`;
  return [{ title: 'The rules of ten thousand meters', text }];
}
