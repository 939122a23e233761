import type { Mutation } from './mutation.ts';

const heading = 'Broken on purpose:';
const section = /^## (P\d) .*$/gm;

/** The page of promises with what is broken on purpose listed at the end of each one's section. */
export function withMutations(page: string, mutations: readonly Mutation[]): string {
  const begins = [...page.matchAll(section)].map(({ index }) => index);
  const sections = begins.map((begin, n) => page.slice(begin, begins[n + 1]));
  const written = sections.map((text) => {
    const [kept = ''] = text.split(`\n${heading}`);
    const own = mutations.filter(({ promise }) => text.startsWith(`## ${promise} `));
    const items = own.map(({ breaks, file }) => `- ${breaks}: \`${file}\``);
    return `${kept.trimEnd()}\n\n${heading}\n\n${items.join('\n')}\n`;
  });
  return `${page.slice(0, begins[0])}${written.join('\n')}`;
}
