/**
 * `npm run mutate [-- <words>]`: breaks promises on purpose, one way at a time, in a copy of the project, and runs the tests that must notice.
 * A break that no test notices is a failure. Words choose mutations by promise, file or text.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type Mutation, mutations } from './mutations.ts';

const root = join(import.meta.dirname, '..', '..');
const notCopied = new Set(['node_modules', '.git', 'data', 'coverage', 'console/dist']);

function copyProject(): string {
  const copy = mkdtempSync(join(tmpdir(), 'guanjia-mutate-'));
  cpSync(root, copy, {
    recursive: true,
    filter: (path) => !notCopied.has(relative(root, path).replaceAll('\\', '/')),
  });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** @returns whether all of them pass */
function passes(folder: string, tests: readonly string[]): boolean {
  const vitest = join(folder, 'node_modules', '.bin', 'vitest');
  const { status } = spawnSync(vitest, ['run', '--bail=1', ...tests], {
    cwd: folder,
    stdio: 'ignore',
  });
  return status === 0;
}

/** The file with the one place changed. @throws Error where the place is not there exactly once: the mutation is out of date */
function broken(source: string, { file, find, replace }: Mutation): string {
  const [before, after, ...more] = source.split(find);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${file}: this must be there exactly once: ${find}`);
  return before + replace + after;
}

function survives(copy: string, mutation: Mutation): boolean {
  const path = join(copy, mutation.file);
  const source = readFileSync(path, 'utf8');
  try {
    writeFileSync(path, broken(source, mutation));
    return passes(copy, mutation.tests);
  } finally {
    writeFileSync(path, source);
  }
}

function run(words: readonly string[]): number {
  const chosen = mutations.filter(({ promise, file, breaks }) =>
    words.every((word) => `${promise} ${file} ${breaks}`.includes(word)),
  );
  const copy = copyProject();
  const say = (text: string) => process.stdout.write(`${text}\n`);
  try {
    const tests = [...new Set(chosen.flatMap((mutation) => mutation.tests))];
    say(`${tests.length} test files as they are …`);
    if (!passes(copy, tests)) {
      say('They fail without any mutation: nothing can be said.');
      return 1;
    }
    let survivors = 0;
    for (const mutation of chosen) {
      const { promise, file, breaks } = mutation;
      const survived = survives(copy, mutation);
      if (survived) survivors += 1;
      say(`${survived ? 'SURVIVED' : 'noticed '}  ${promise}  ${breaks}  (${file})`);
    }
    say(`${chosen.length - survivors} noticed, ${survivors} survived`);
    return survivors > 0 || chosen.length === 0 ? 1 : 0;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

process.exitCode = run(process.argv.slice(2));
