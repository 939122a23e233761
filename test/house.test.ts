import { existsSync, globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeSettings } from '../config.ts';
import { errorCodes } from '../model/errors.ts';
import { mutated } from './mutate/mutation.ts';
import { mutations } from './mutate/mutations.ts';
import { withMutations } from './mutate/page.ts';

/** Which rooms a room may import beyond `model` and the contract files below. This table is the documentation. */
const mayImport: Record<string, readonly string[]> = {
  model: [],
  protocols: [],
  journal: [],
  broker: [],
  gateway: ['protocols'],
  ingest: ['energy'],
  registry: [],
  energy: [],
  fleet: [],
  forms: ['energy', 'metering'],
  metering: ['energy'],
  expenses: [],
  rules: ['energy', 'fleet'],
  alerts: [],
  stores: [],
  api: ['energy', 'fleet', 'metering'],
  backup: ['journal'],
  commands: ['protocols'],
  console: [],
  dashboards: [],
  simulators: ['protocols'],
  trips: [],
};

/** The one file of a room its neighbours may import: the words they talk in. */
const contracts = new Set([
  'alerts/alerts.ts',
  'api/contract.ts',
  'broker/broker.ts',
  'commands/commands.ts',
  'expenses/expenses.ts',
  'forms/forms.ts',
  'ingest/ingest.ts',
  'journal/journal.ts',
  'protocols/protocol.ts',
  'registry/registry.ts',
  'rules/rule.ts',
  'simulators/simulator.ts',
  'stores/store.ts',
  'trips/trips.ts',
]);

/** Rooms that know nobody but `model`, not even contracts. */
const secluded = new Set(['model', 'energy', 'fleet', 'protocols', 'journal', 'dashboards']);

/** Lists that name every member of their folder, so that nothing is forgotten and nothing is magic. */
const lists = [
  { list: 'rules/index.ts', members: 'rules/kinds/*/*.ts' },
  { list: 'dashboards/index.ts', members: 'dashboards/{energy,fleet}.ts' },
  { list: 'test/mutate/mutations.ts', members: 'test/mutate/lists/*.ts' },
];

const root = join(import.meta.dirname, '..');
const pattern = `{${Object.keys(mayImport).join(',')}}/**/*.{ts,tsx}`;
const files = globSync(pattern, { cwd: root }).filter(
  (file) => !/(^|\/)(node_modules|dist)\//.test(file),
);
const room = (path: string): string => path.split('/')[0] ?? '';

function mayReach(from: string, to: string): boolean {
  if (room(to) === room(from)) return true;
  if (room(from) === 'model') return false;
  if (room(to) === 'model') return true;
  if (mayImport[room(from)]?.includes(room(to))) return true;
  if (room(from) === 'console') return to === 'api/contract.ts';
  return !secluded.has(room(from)) && contracts.has(to);
}

/** Everything a file imports from elsewhere in the house: static, type-only, re-exported and dynamic. */
function imports(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)].map((match) =>
    relative(root, join(root, dirname(file), match[1] ?? '')),
  );
}

const longest = 300;

test(`a file of more than ${longest} lines says why in its first`, () => {
  const long = files.filter((file) => {
    const [first = '', ...others] = readFileSync(join(root, file), 'utf8').split('\n');
    return others.length > longest && !/^\/[/*]/.test(first);
  });
  expect(long).toEqual([]);
});

describe('imports', () => {
  test('there are files to look at', () => expect(files.length).toBeGreaterThan(50));
  test('every contract file is there', () =>
    expect([...contracts].filter((file) => !existsSync(join(root, file)))).toEqual([]));
  test('every room has files', () =>
    expect(
      Object.keys(mayImport).filter((name) => !files.some((file) => room(file) === name)),
    ).toEqual([]));
  test.each(files)('%s imports only what it may', (file) => {
    expect(
      imports(file).filter((to) => !mayReach(file, to)),
      'hand it in from main.ts instead',
    ).toEqual([]);
  });
  const ofConsole = files.filter((file) => room(file) === 'console');
  test.each(ofConsole)('%s takes nothing but types from the API', (file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const values = /^(?:import|export) (?!type )[^;]*'[./]*api\/contract\.ts'/m;
    expect(text, 'the bundle is not built again where the API changes').not.toMatch(values);
  });
  test('the check itself can fail', () => {
    expect(mayReach('energy/hourly.ts', 'stores/store.ts')).toBe(false);
    expect(mayReach('rules/engine.ts', 'stores/duckdb.ts')).toBe(false);
    expect(mayReach('model/alert.ts', 'rules/rule.ts')).toBe(false);
    expect(mayReach('api/server.ts', 'main.ts')).toBe(false);
    expect(mayReach('rules/engine.ts', 'stores/store.ts')).toBe(true);
  });
});

describe('lists', () => {
  test.each(lists)('$list names every member', ({ list, members }) => {
    const named = imports(list);
    const there = globSync(members, { cwd: root });
    expect(there.length).toBeGreaterThan(0);
    expect(there.filter((file) => !named.includes(file))).toEqual([]);
  });
});

describe('package-lock.json', () => {
  interface Locked {
    readonly resolved?: string;
    readonly optionalDependencies?: Readonly<Record<string, string>>;
  }
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, Locked>>;
  };
  test('names no registry', () => {
    expect(Object.keys(packages).filter((path) => packages[path]?.resolved)).toEqual([]);
  });
  test('has what other platforms need, or npm ci fails there and here', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(packages[`${path}/node_modules/${name}`] || packages[`node_modules/${name}`]),
      ),
    );
    expect(missing).toEqual([]);
  });
});

/** Names in the first column of a table of a page. */
function firstColumn(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1] ?? '');
}

describe('documents', () => {
  test('docs/errors.md lists every error code and no other', () => {
    expect(firstColumn('docs/errors.md').toSorted()).toEqual(Object.keys(errorCodes).toSorted());
  });
  test('docs/errors.md says what the code says', () => {
    const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');
    for (const [code, meaning] of Object.entries(errorCodes))
      expect(page).toContain(`| \`${code}\` | ${meaning} |`);
  });
  test('docs/settings.md lists every setting as the schema has it', () => {
    const page = readFileSync(join(root, 'docs/settings.md'), 'utf8');
    for (const { name, environment, description, fallback } of describeSettings()) {
      expect(page).toContain(
        `| \`${name}\` | \`${environment}\` | ${fallback ? `\`${fallback}\`` : ''} | ${description} |`,
      );
    }
    expect(firstColumn('docs/settings.md').length).toBe(describeSettings().length);
  });
  test('every page the README points to is there', () => {
    const text = readFileSync(join(root, 'README.md'), 'utf8');
    const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '');
    expect(links.length).toBeGreaterThan(3);
    expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([]);
  });
});

describe('promises', () => {
  const page = readFileSync(join(root, 'docs/promises.md'), 'utf8');
  const missing = (paths: readonly string[]) =>
    paths.filter((path) => !existsSync(join(root, path)));

  test('each has a section, with tests', () => {
    const sections = page.split(/^## /m).slice(1);
    expect(sections.map((text) => text.slice(0, 2))).toEqual(
      Array.from({ length: 9 }, (_, index) => `P${index + 1}`),
    );
    expect(sections.filter((text) => !/`test\/[^`]+\.test\.ts`/.test(text))).toEqual([]);
  });
  test('every file the page names is there', () => {
    const named = [...page.matchAll(/`([a-z0-9-]+\/[^`]*)`/g)].map((match) => match[1] ?? '');
    expect(named.length).toBeGreaterThan(50);
    expect(missing(named)).toEqual([]);
  });
  test('the page lists what is broken on purpose, as npm run docs writes it', () => {
    expect(page).toBe(withMutations(page, mutations));
  });
  test.each(['P1', 'P2', 'P6'])('%s is broken in at least four ways', (promise) => {
    expect(mutations.filter((each) => each.promise === promise).length).toBeGreaterThan(3);
  });
  test.each(mutations)(
    '$breaks: its place is there once, and the rest still is a program',
    (each) => {
      expect(missing(each.tests)).toEqual([]);
      const titles = each.tests.map((file) => readFileSync(join(root, file), 'utf8')).join();
      // A title made of a row of cases, such as `doors: throw`, stands nowhere as a whole.
      for (const word of each.only?.split(': ') ?? []) expect(titles).toContain(word);
      const source = readFileSync(join(root, each.file), 'utf8');
      const broken = mutated(source, each);
      expect(broken, `find in ${each.file}, exactly once: ${each.find}`).toBeDefined();
      expect(broken).not.toBe(source);
      expect(() => stripTypeScriptTypes(broken ?? '')).not.toThrow();
    },
  );
  test('the check itself can fail', () => {
    const [each] = mutations;
    if (!each) throw new Error('there are mutations');
    expect(mutated('', each)).toBeUndefined();
    expect(mutated(each.find + each.find, each)).toBeUndefined();
    expect(mutated(each.find, each)).toBe(each.replace);
    expect(missing(['test/none.test.ts'])).toHaveLength(1);
  });
});
