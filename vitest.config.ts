import { defineConfig } from 'vitest/config';

const unit = {
  name: 'unit',
  include: ['test/**/*.test.ts'],
  exclude: ['test/flow/**', 'node_modules/**'],
  // Some open databases, and machines are busy.
  testTimeout: 30_000,
  hookTimeout: 60_000,
  sequence: { groupOrder: 0 },
};

/** One file at a time, after the unit tests: they start real servers and measure what those do. */
const flow = {
  name: 'flow',
  include: ['test/flow/**/*.test.ts'],
  testTimeout: 60_000,
  hookTimeout: 120_000,
  maxWorkers: 1,
  sequence: { groupOrder: 1 },
};

export default defineConfig({ test: { projects: [{ test: unit }, { test: flow }] } });
