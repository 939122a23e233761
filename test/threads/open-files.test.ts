import { expect, test } from 'vitest';
import { connectionsWithin } from '../../threads/open-files.ts';

test('connections leave files for the journal and the databases, however few there are', () => {
  for (const openFiles of [64, 256, 1024, 4096, 20_000, 65_536, 1_048_576]) {
    const { http, mqtt, jt808 } = connectionsWithin(openFiles);
    expect(Math.min(http, mqtt, jt808)).toBeGreaterThan(0);
    expect(openFiles - http - mqtt - jt808).toBeGreaterThanOrEqual(Math.min(512, openFiles / 2));
  }
});

test('where there are enough, the doors are as wide as they are meant to be', () => {
  expect(connectionsWithin(1_048_576)).toEqual({ http: 2000, mqtt: 20_000, jt808: 20_000 });
});

test('the limit in force here is read', () => {
  const { http, mqtt, jt808 } = connectionsWithin();
  expect([http > 0, mqtt > 0, jt808 > 0]).toEqual([true, true, true]);
});
