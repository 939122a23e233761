import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';

/** How long and how often each thing is measured. */
export interface How {
  readonly seconds: number;
  readonly rounds: number;
  /** How many meters have a year with every fault. */
  readonly meters: number;
  /** The seed of the first of them; each next one has the next. */
  readonly from: number;
  /** How many JT/T 808 terminals are connected. */
  readonly terminals: number;
  /** How many vehicles have a month with every fault. */
  readonly vehicles: number;
  /** How many institutions have a year with every fault. */
  readonly institutions: number;
  /** Rule kinds that are run for it; none: all it has labels for. */
  readonly kinds: readonly string[];
  /** Tells what was missed and what was said that is not so, one by one. */
  readonly verbose: boolean;
  /** A line for whoever waits. */
  readonly tell: (line: string) => void;
}

/** What was measured, as a section of docs/benchmarks.md. */
export interface Section {
  readonly title: string;
  /** Markdown, without heading. */
  readonly text: string;
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Median of one figure of several runs. */
export const medianOf = <T>(runs: readonly T[], pick: (run: T) => number): number =>
  median(runs.map(pick));

export const whole = (value: number): string => Math.round(value).toLocaleString('en');

/** A Markdown table. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function said(program: string, ...args: readonly string[]): string {
  try {
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
    return execFileSync(program, args, { encoding: 'utf8', stdio }).split('\n')[0] ?? '';
  } catch (error) {
    // mosquitto -h says what it is and ends with 3.
    return String((error as { stdout?: unknown }).stdout ?? '').split('\n')[0] ?? '';
  }
}

/** Version of aedes, and of the servers of this machine that sections compare with. */
export function versions(): string {
  const manifest = join(import.meta.dirname, '..', '..', 'package.json');
  const { dependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    dependencies: Readonly<Record<string, string>>;
  };
  const mosquitto = said('mosquitto', '-h').replace('mosquitto version', 'mosquitto');
  const influxd = /v?(\d+\.\d+\.\d+\S*)/.exec(said('influxd', 'version'))?.[1];
  return [
    `Node ${process.version}`,
    `aedes ${dependencies['aedes']}`,
    `DuckDB ${dependencies['@duckdb/node-api']}`,
    mosquitto || 'no mosquitto',
    influxd ? `InfluxDB ${influxd}` : 'no InfluxDB',
  ].join(', ');
}

export const machine = (): string =>
  `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 1024 ** 3)} GiB`;

/** @returns what tells how much of the processors other guests of the host have taken since, e.g. ` Taken by neighbours: 3 %.`; nothing where the system does not know */
export function watchNeighbours(): () => string {
  const before = processorTicks();
  return () => {
    const after = processorTicks();
    if (!before || !after || after.all === before.all) return '';
    const share = (after.stolen - before.stolen) / (after.all - before.all);
    return ` Processor time taken by neighbours: ${(share * 100).toFixed(1)} %.`;
  };
}

/** Linux counts them; of the columns of /proc/stat the eighth is what a hypervisor gave to others. */
function processorTicks(): { readonly stolen: number; readonly all: number } | undefined {
  if (process.platform !== 'linux') return undefined;
  const ticks = (readFileSync('/proc/stat', 'latin1').split('\n')[0] ?? '')
    .split(/ +/)
    .slice(1, 9)
    .map(Number);
  return { stolen: ticks[7] ?? 0, all: ticks.reduce((sum, column) => sum + column, 0) };
}

const preface = `# Benchmarks

Every table names its command, machine and versions. The load generator runs on the same processors. Machines differ and neighbours make noise:
compare the ratios of one run, and CPU seconds per 100,000 messages, not rates of two runs.
`;

/** Order of the sections on the page; what is not in it keeps its place at the end. */
const order = [
  'The MQTT door',
  'The whole path',
  'Beside mosquitto, Node-RED and InfluxDB',
  'Acknowledgements under load',
  'Catch-up and start',
  'Memory',
  'Terminals',
  'Codecs',
  'JT/T 808, in a plain loop',
  'Consumption',
  'A year of consumption with every fault',
  'Measured in tests and endurance runs',
];

/** Puts sections into the page in place of those of the same title; the others stay as they are. */
export function writeSections(file: string, sections: readonly Section[]): void {
  const [, ...old] = readFileSync(file, 'utf8').split(/^(?=## )/m);
  const kept = new Map(
    old.map((text) => [/^## (.*)/.exec(text)?.[1] ?? '', `${text.trimEnd()}\n`] as const),
  );
  for (const { title, text } of sections) kept.set(title, `## ${title}\n\n${text.trimEnd()}\n`);
  const place = (title: string) => (order.includes(title) ? order.indexOf(title) : order.length);
  const texts = [...kept].toSorted(([a], [b]) => place(a) - place(b)).map(([, text]) => text);
  writeFileSync(file, [preface, ...texts].join('\n'));
}
