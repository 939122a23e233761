import { expect, test } from 'vitest';
import { connectionsWithin } from '../../threads/open-files.ts';

test('connections leave files for the journal and the databases, however few there are', () => {
  for (const openFiles of [64, 256, 1024, 4096, 20_000, 65_536, 1_048_576]) {
    const { http, devices } = connectionsWithin(openFiles);
    expect(Math.min(http, devices)).toBeGreaterThan(0);
    expect(openFiles - http - devices).toBeGreaterThanOrEqual(Math.min(512, openFiles / 2));
  }
});

test('where there are enough, the doors are as wide as they are meant to be', () => {
  expect(connectionsWithin(1_048_576)).toEqual({ http: 2000, devices: 40_000 });
});

test('the limit in force here is read', () => {
  const { http, devices } = connectionsWithin();
  expect([http > 0, devices > 0]).toEqual([true, true]);
});
