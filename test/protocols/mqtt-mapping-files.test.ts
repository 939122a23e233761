import { describe, expect, test } from 'vitest';
import type { Fault } from '../../model/errors.ts';
import { metrics } from '../../model/metrics.ts';
import { loadMappings, parseMapping } from '../../protocols/mapping.ts';
import { mappingOf } from './decode-mapping.ts';

const mappings = loadMappings();

test.each(['generic', 'acrel-adw300', 'neuron', 'compere-kpm', 'batch-gateway', 'itemcode'])(
  'there is a mapping %s',
  (name) => expect(mappings.has(name)).toBe(true),
);

describe.each([...mappings.values()])('$name', (mapping) => {
  test('says where it comes from, in both languages what it is', () => {
    expect(mapping.source.length).toBeGreaterThan(15);
    for (const { zh, en } of [mapping.title, mapping.notes ?? mapping.title]) {
      expect(zh).toMatch(/\p{Script=Han}/u);
      expect(en).not.toMatch(/\p{Script=Han}/u);
    }
  });

  test('reads energy', () => {
    const named = Object.values(mapping.metrics).map(({ metric }) => metric);
    if (named.length > 0) expect(named).toContain('energy_import_kwh');
    expect(metrics.energy_import_kwh.unit).toBe('kWh');
  });

  test('says which meter is meant, in the topic, in the message, or by who sends', () => {
    const inTopic = mapping.topics.some((topic) => topic.split('/').includes('{id}'));
    expect(inTopic || mapping.meter !== undefined).toBe(true);
  });
});

describe('what is left out has its default', () => {
  test('a flat message', () => {
    expect(mappingOf('metrics: { p: power_kw }')).toMatchObject({
      readings: [''],
      time: [],
      values: [{ fields: '' }],
      ignore: [],
      others: 'quarantine',
      metrics: { p: { metric: 'power_kw', scale: 1, missing: [] } },
    });
  });

  test('one is a list of one', () => {
    expect(mappingOf('time: /t\nreadings: /a/*\nmeter: /id')).toMatchObject({
      time: [{ at: '/t', of: 'reading', format: 'auto' }],
      readings: ['/a/*'],
      meter: { at: '/id', of: 'reading' },
    });
  });
});

describe('a mapping that is wrong is refused with every fault, its path and its line', () => {
  const faultsOf = (yaml: string): readonly Fault[] => {
    try {
      mappingOf(yaml);
    } catch (error) {
      return (error as { faults: readonly Fault[] }).faults;
    }
    return [];
  };

  test.each([
    ['an unknown metric', 'metrics:\n  a: power_kw\n  p: power_w', 'metrics.p.metric', 7],
    ['another unit', 'metrics:\n  p:\n    metric: power_kw\n    unit: kWh', 'metrics.p.unit', 8],
    ['a scale of nothing', 'metrics: { p: { metric: power_kw, scale: 0 } }', 'metrics.p.scale', 5],
    ['a misspelt key', 'metric: { p: power_kw }', 'metric', 5],
    ['a misspelt key within', 'time: { at: /t, formt: iso }', 'time.0.formt', 5],
    ['a path that is none', 'time: t', 'time.0.at', 5],
    ['a format that is none', 'time: { at: /t, format: unix }', 'time.0.format', 5],
    ['a zone that is none', 'timeZone: Asia/Nowhere', 'timeZone', 5],
    ['both an object and a list', 'values: { fields: "", list: "" }', 'values.0', 5],
    ['a list without names', 'values: { list: /a/* }', 'values.0', 5],
    ['a meter nowhere', 'meter: { of: message }', 'meter', 5],
    ['everything', 'topics: ["a/#"]', 'topics.0', 4],
    ['half a level', 'topics: ["a/x{id}"]', 'topics.0', 4],
    ['topics of the house', 'topics: [v1/meters/+/readings]', 'topics.0', 4],
    ['topics of the broker', 'topics: [$SYS/a]', 'topics.0', 4],
    ['any first level', 'topics: [+/up]', 'topics.0', 4],
    ['too deep', `topics: [${'a/'.repeat(16)}a]`, 'topics.0', 4],
    ['no topic', 'topics: []', 'topics', 4],
  ])('%s', (_, yaml, path, line) => {
    const found = faultsOf(yaml);
    expect(found).toContainEqual(expect.objectContaining({ path, line }));
    for (const { message } of found) expect(message).not.toBe('');
  });

  test('all faults at once', () => {
    expect(faultsOf('time: t\nothers: none\nmetrics: { p: x }')).toHaveLength(3);
  });

  test('no YAML at all', () => expect(faultsOf('a: [')).not.toEqual([]));
  test('a key twice', () =>
    expect(faultsOf('metrics: { a: power_kw, a: power_kw }')).not.toEqual([]));
  test('no mapping at all', () => expect(() => parseMapping('[]')).toThrow(/fault/));
});
