/** A way to break a promise. */
export interface Mutation {
  readonly promise: 'P1' | 'P2' | 'P3' | 'P4' | 'P5' | 'P6' | 'P7' | 'P8' | 'P9';
  /** What is broken, in words. */
  readonly breaks: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Files of tests that must notice. */
  readonly tests: readonly string[];
  /** Words of the title of the one test that must notice, where the others of its file take long. */
  readonly only?: string;
}

/** The file with the one place changed; undefined where the place is not there exactly once, so that the mutation is out of date. */
export function mutated(source: string, { find, replace }: Mutation): string | undefined {
  const [before, after, ...more] = source.split(find);
  return before === undefined || after === undefined || more.length > 0
    ? undefined
    : before + replace + after;
}
