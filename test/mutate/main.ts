/**
 * `npm run mutate [-- <words>]`: breaks promises on purpose, one way at a time, in a copy of the project, and runs the tests that must notice.
 * A break that no test notices is a failure. Words choose mutations by promise, file or text.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type Mutation, mutated } from './mutation.ts';
import { mutations } from './mutations.ts';

const root = join(import.meta.dirname, '..', '..');
const notCopied = new Set(['node_modules', '.git', 'data', 'coverage', 'console/dist']);
/** For a file of tests. What is broken may go on for ever; it is noticed all the same. */
const longestMs = 120_000;

const say = (text: string) => process.stdout.write(`${text}\n`);
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1).padStart(5)} s`;

function copyProject(): string {
  const copy = mkdtempSync(join(tmpdir(), 'guanjia-mutate-'));
  cpSync(root, copy, {
    recursive: true,
    filter: (path) => !notCopied.has(relative(root, path).replaceAll('\\', '/')),
  });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** Of vitest's report. */
interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

type Outcome =
  | { readonly is: 'passed' }
  /** By a test, or because what was started never ended. */
  | { readonly is: 'noticed'; readonly by: string }
  /** No test failed, but they could not even be loaded: that says nothing. */
  | { readonly is: 'unusable' };

let running: ChildProcess | undefined;

/** Ends the tests, and what they started and left behind. */
function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}

type Chosen = Pick<Mutation, 'tests' | 'only'>;

async function runTests(folder: string, { tests, only }: Chosen): Promise<Outcome> {
  const vitest = join(folder, 'node_modules', '.bin', 'vitest');
  const report = join(folder, 'report.json');
  rmSync(report, { force: true });
  const options = ['--bail=1', '--reporter=json', `--outputFile=${report}`];
  if (only !== undefined) options.push(`--testNamePattern=${only}`);
  // A group of its own: a test that fails may leave servers behind.
  const child = spawn(vitest, ['run', ...options, ...tests], {
    cwd: folder,
    stdio: 'ignore',
    detached: true,
  });
  running = child;
  const timer = setTimeout(() => endGroup(child), longestMs * tests.length);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  endGroup(child);
  running = undefined;
  if (code === 0) return { is: 'passed' };
  return code === null ? { is: 'noticed', by: 'does not end' } : noticedBy(report);
}

function noticedBy(report: string): Outcome {
  if (!existsSync(report)) return { is: 'unusable' };
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = results.find(({ status }) => status === 'failed');
  if (failed) return { is: 'noticed', by: failed.fullName };
  return results.length > 0 ? { is: 'noticed', by: 'an error of no test' } : { is: 'unusable' };
}

async function tryOut(copy: string, mutation: Mutation): Promise<Outcome> {
  const path = join(copy, mutation.file);
  const source = readFileSync(path, 'utf8');
  const broken = mutated(source, mutation);
  if (broken === undefined)
    throw new Error(`${mutation.file}: this must be there exactly once: ${mutation.find}`);
  try {
    writeFileSync(path, broken);
    return await runTests(copy, mutation);
  } finally {
    writeFileSync(path, source);
  }
}

/** @returns those that fail although nothing is broken */
async function failing(copy: string, chosen: readonly Mutation[]): Promise<readonly string[]> {
  const failed: string[] = [];
  const mustPass = async (run: Chosen) => {
    const first = await runTests(copy, run);
    if (first.is === 'passed') return;
    const why = first.is === 'noticed' ? first.by : first.is;
    // Servers on a busy machine may be late once.
    const again = await runTests(copy, run);
    if (again.is === 'passed') say(`passed only the second time: ${why}`);
    else failed.push(`${why} (${run.tests.join(' ')})`);
  };
  const whole = chosen.filter(({ only }) => only === undefined);
  const tests = [...new Set(whole.flatMap((mutation) => mutation.tests))];
  say(`${tests.length} files of tests with nothing broken …`);
  if (tests.length > 0) await mustPass({ tests });
  for (const mutation of chosen) if (mutation.only !== undefined) await mustPass(mutation);
  return failed;
}

const verdicts = { passed: 'SURVIVED', noticed: 'noticed ', unusable: 'UNUSABLE' } as const;

async function runIn(copy: string, chosen: readonly Mutation[]): Promise<number> {
  const failed = await failing(copy, chosen);
  if (failed.length > 0) {
    say(`These fail as it is, so that nothing can be said:\n  ${failed.join('\n  ')}`);
    return 1;
  }
  let noticed = 0;
  for (const [index, mutation] of chosen.entries()) {
    const { promise, file, breaks } = mutation;
    const began = performance.now();
    const outcome = await tryOut(copy, mutation);
    const took = seconds(performance.now() - began);
    say(
      `${index + 1}/${chosen.length}  ${verdicts[outcome.is]} ${took}  ${promise}  ${breaks}  (${file})`,
    );
    if (outcome.is !== 'noticed') continue;
    noticed += 1;
    say(`      by: ${outcome.by}`);
  }
  const survived = chosen.length - noticed;
  say(`${noticed} noticed, ${survived} survived`);
  return survived > 0 ? 1 : 0;
}

async function run(words: readonly string[]): Promise<number> {
  const chosen = mutations.filter(({ promise, file, breaks }) =>
    words.every((word) => `${promise} ${file} ${breaks}`.includes(word)),
  );
  if (chosen.length === 0) {
    say(`No mutation has all of: ${words.join(' ')}`);
    return 1;
  }
  const copy = copyProject();
  const tidy = () => rmSync(copy, { recursive: true, force: true });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      if (running) endGroup(running);
      tidy();
      process.exit(1);
    });
  try {
    return await runIn(copy, chosen);
  } finally {
    tidy();
  }
}

process.exitCode = await run(process.argv.slice(2));
