import fc from 'fast-check';
import { expect, test } from 'vitest';
import { covers, ownerOfFilter, parseTopic } from '../../broker/topics.ts';

test('topics of devices are taken apart, all others are not', () => {
  expect(parseTopic('v1/meters/m1/readings')).toEqual({
    device: 'm1',
    type: 'meter',
    protocol: 'mqtt-json',
  });
  expect(parseTopic('v1/vehicles/v-1.a/positions')).toEqual({
    device: 'v-1.a',
    type: 'vehicle',
    protocol: 'mqtt-json',
  });
  expect(parseTopic('v1/vehicles/v1/nmea')).toEqual({
    device: 'v1',
    type: 'vehicle',
    protocol: 'nmea',
  });
  expect(parseTopic('v1/devices/m1/state')).toEqual({ device: 'm1', type: 'state' });
  for (const topic of [
    '',
    'v1',
    'v1/meters/m1',
    'v1/meters//readings',
    'v1/meters/m1/readings/',
    '/v1/meters/m1/readings',
    'v2/meters/m1/readings',
    'v1/meters/m1/positions',
    'v1/vehicles/v1/readings',
    'v1/devices/m1/readings',
    'v1/meters/m1/constructor',
    'v1/meters/../readings',
    'v1/meters/-m/readings',
    `v1/meters/${'m'.repeat(65)}/readings`,
    'v1/alerts/i/m1',
    '$SYS/x',
    'v1/meters/m1/readings\n',
  ]) {
    expect(parseTopic(topic), topic).toBeUndefined();
  }
});

test('the owner of a filter is who all its topics belong to', () => {
  expect(ownerOfFilter('v1/devices/m1/state')).toBe('m1');
  expect(ownerOfFilter('v1/meters/m1/#')).toBe('m1');
  for (const filter of [
    'v1/meters/+/readings',
    'v1/meters/#',
    '#',
    '+/meters/m1/x',
    'v1/alerts/m1/x',
    'v1/meters/m1',
    'v1/meters/m1/',
    'v1/+/m1/x',
  ]) {
    expect(ownerOfFilter(filter), filter).toBeUndefined();
  }
});

/** MQTT 3.1.1, 4.7, as plainly as can be. */
function matches(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  const step = (have: readonly string[], want: readonly string[]): boolean => {
    const [word, ...others] = have;
    if (word === undefined) return want.length === 0;
    if (word === '#') return true;
    return want.length > 0 && (word === '+' || word === want[0]) && step(others, want.slice(1));
  };
  return step(filter.split('/'), topic.split('/'));
}

const word = fc.constantFrom('a', 'b', '', '$S');
const topics = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('/'));
const filters = fc
  .tuple(fc.array(fc.oneof(word, fc.constant('+')), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([words, all]) => [...words, ...(all ? ['#'] : [])].join('/'));

test('a filter that is covered matches no topic beyond what was granted', () => {
  fc.assert(
    fc.property(filters, filters, topics, (granted, asked, topic) => {
      fc.pre(covers(granted, asked) && matches(asked, topic));
      expect(matches(granted, topic)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('what is granted, and what lies within it, is covered', () => {
  fc.assert(
    fc.property(filters, (filter) => {
      expect(covers(filter, filter)).toBe(true);
    }),
  );
  fc.assert(
    fc.property(filters, topics, (filter, topic) => {
      expect(covers(filter, topic)).toBe(matches(filter, topic));
    }),
  );
  expect(covers('v1/alerts/lc-hq/#', 'v1/alerts/lc-hq/+')).toBe(true);
  expect(covers('v1/alerts/lc-hq/#', 'v1/alerts/#')).toBe(false);
  expect(covers('v1/alerts/+/x', 'v1/alerts/#')).toBe(false);
  expect(covers('#', '$SYS/#')).toBe(false);
});
