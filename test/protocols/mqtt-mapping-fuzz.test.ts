import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAppError } from '../../model/errors.ts';
import { isMetric } from '../../model/metrics.ts';
import type { Observation } from '../../model/observation.ts';
import { loadMappings } from '../../protocols/mapping.ts';
import type { About, Decoded } from '../../protocols/protocol.ts';
import { decodeMapped, gatewayOf, meterNamed, sender } from './decode-mapping.ts';

/** Every number in a value, also those written as texts. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value === 'string') return value.trim() === '' ? [] : [Number(value)];
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(numbersIn);
  return [];
}

const words = fc.constantFrom(
  ...[
    'data',
    'tp',
    'point',
    'id',
    'val',
    'ID',
    'node',
    'timestamp',
    'values',
    'tags',
    'name',
    'value',
    'error',
  ],
  ...[
    'batch',
    'device_id',
    'metrics',
    'm',
    'itemcode',
    'itemvalue',
    'time',
    'ts',
    'ep',
    'zygsz',
    'power_kw',
    '13',
    'x',
  ],
);
const leaves = fc.oneof(
  words,
  fc.double(),
  fc.integer(),
  fc.constantFrom('1.5', 'NaN', '', 'm1', 'g1', '20261122081500', null, true, 0xffff, 0xffff_ffff),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    leaves,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(words, tie('tree'), { maxKeys: 6 }),
  ),
}));

/** Messages that are nearly right: of the shape that a mapping knows, with anything in it. */
const times = fc.constantFrom(1_795_228_800_000, '1795228800', '20261122081500', 'noon', null);
const names = fc.constantFrom('m1', 'x', 'other', 1, null);
const quantities = fc.constantFrom('power_kw', 'energy_import_kwh', '13', '28', 'ep', 'zygsz');
const said = fc.oneof(leaves, fc.integer({ min: 0, max: 1000 }), fc.constantFrom('12.5', '0'));
const item = (name: string, value: string) =>
  fc.record(
    { [name]: fc.oneof(quantities, words), [value]: said, time: times, error: leaves },
    { requiredKeys: [name, value] },
  );
const fields = fc.dictionary(fc.oneof(quantities, words), said, { maxKeys: 6 });
const shapes = fc.oneof(
  fc.tuple(fc.constantFrom('generic', 'compere-kpm'), fields),
  fc.tuple(fc.constant('neuron'), fc.record({ node: names, timestamp: times, values: fields })),
  fc.tuple(
    fc.constant('neuron'),
    fc.record({ node: names, timestamp: times, tags: fc.array(item('name', 'value')) }),
  ),
  fc.tuple(
    fc.constant('acrel-adw300'),
    fc.record({ data: fc.array(fc.record({ tp: times, point: fc.array(item('id', 'val')) })) }),
  ),
  fc.tuple(
    fc.constant('batch-gateway'),
    fc.record({
      msgCreateTime: times,
      batch: fc.array(fc.record({ timestamp: times, device_id: names, metrics: fields })),
    }),
  ),
  fc.tuple(fc.constant('itemcode'), fc.record({ m: fc.array(item('itemcode', 'itemvalue')) })),
);

/** What comes out of a message, where anything does. @throws whatever a codec must not throw */
function decodedOf(message: unknown, about: About): Decoded {
  try {
    return decodeMapped(message, about);
  } catch (error) {
    if (isAppError(error) && error.code.startsWith('DECODE_'))
      return { observations: [], refused: [] };
    throw error;
  }
}

function expectSaid(one: Observation, said: ReadonlySet<number>, devices: readonly string[]): void {
  if (one.type !== 'sample') throw new Error(one.type);
  expect(devices).toContain(one.device);
  expect(Number.isSafeInteger(one.at)).toBe(true);
  expect(Object.keys(one.values)).not.toEqual([]);
  for (const [metric, value] of Object.entries(one.values)) {
    expect(isMetric(metric), metric).toBe(true);
    expect(said.has(value), `${metric} ${value}`).toBe(true);
  }
}

test('whatever is sent, only numbers that were said come out, and only for meters of the sender', () => {
  const anything = fc.tuple(fc.constantFrom(...loadMappings().keys()), tree);
  const gathered = { observations: 0, refused: 0 };
  fc.assert(
    fc.property(fc.oneof(anything, shapes), fc.boolean(), ([name, message], byGateway) => {
      const about = byGateway
        ? gatewayOf(name, { m1: meterNamed('m1'), x: meterNamed('m2') })
        : sender(name);
      const numbers = new Set(numbersIn(message));
      const { observations, refused } = decodedOf(message, about);
      for (const one of observations) expectSaid(one, numbers, byGateway ? ['m1', 'm2'] : ['m1']);
      for (const { detail } of refused) expect(detail.length).toBeLessThan(1000);
      gathered.observations += observations.length;
      gathered.refused += refused.length;
    }),
    { numRuns: 2000 },
  );
  // Else it says nothing about what comes out.
  expect(gathered.observations).toBeGreaterThan(100);
  expect(gathered.refused).toBeGreaterThan(100);
});
