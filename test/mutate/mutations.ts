/** A way to break a promise. */
export interface Mutation {
  readonly promise: 'P1' | 'P2' | 'P3' | 'P4' | 'P5' | 'P6' | 'P7' | 'P8' | 'P9';
  /** What is broken, in words. */
  readonly breaks: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The tests that must notice. */
  readonly tests: readonly string[];
}

export const mutations: readonly Mutation[] = [
  {
    promise: 'P4',
    breaks: 'the rules’ position passes states that are not on disk',
    file: 'rules/keeper.ts',
    find: 'const keptPosition = oldestOf(ahead, kept) ?? (left.length > 0 ? position : upTo);',
    replace: 'const keptPosition = upTo;',
    tests: ['test/rules/engine.test.ts', 'test/rules/order.test.ts'],
  },
  {
    promise: 'P2',
    breaks: 'after a restart rules see events again that are in their states',
    file: 'rules/engine.ts',
    find: 'if (event.seq <= Math.max(judged, keeper.position())) continue;',
    replace: 'if (event.seq <= keeper.position()) continue;',
    tests: ['test/rules/engine.test.ts', 'test/rules/order.test.ts'],
  },
];
