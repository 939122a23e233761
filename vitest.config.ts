import { defineConfig } from 'vitest/config';

const unit = {
  name: 'unit',
  include: ['test/**/*.test.ts'],
  exclude: ['test/flow/**', 'node_modules/**'],
};

const flow = {
  name: 'flow',
  include: ['test/flow/**/*.test.ts'],
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

export default defineConfig({ test: { projects: [{ test: unit }, { test: flow }] } });
