import type { Mapped } from '../registry/registry.ts';

/** A level of a pattern: one word, or undefined for any. */
type Level = string | undefined;

interface Pattern {
  readonly levels: readonly Level[];
  readonly device: string;
}

/** Other topics have no place in a mapping; a level of none matches `+` no more than `$` does. MQTT 3.1.1, 4.7. */
const ascii = /^[ -~]+$/;

const isMatch = (levels: readonly Level[], words: readonly string[]): boolean =>
  levels.length === words.length &&
  levels.every((level, i) => (level === undefined ? words[i] !== '' : level === words[i]));

/**
 * Topics that mappings give to a sender, and to the devices it speaks for, to publish to.
 *
 * `{id}` in a pattern is what stands for the device in topics. A pattern without it is for the sender itself only: it does not tell
 * its devices apart.
 *
 * @returns the device a topic is about; undefined for one that none of them may publish to
 */
export function createMappedTopics(
  sender: string,
  mapped: readonly Mapped[],
  topicsOf: (mapping: string) => readonly string[],
): (topic: string) => string | undefined {
  const exact = new Map<string, string>();
  const patterns: Pattern[] = [];
  for (const { device, mapping, name } of mapped) {
    for (const topic of topicsOf(mapping)) {
      const words = topic.split('/');
      if (device !== sender && !words.includes('{id}')) continue;
      const levels = words.map((word) =>
        word === '{id}' ? name : word === '+' ? undefined : word,
      );
      if (levels.includes(undefined)) patterns.push({ levels, device });
      else if (!exact.has(levels.join('/'))) exact.set(levels.join('/'), device);
    }
  }
  return (topic) => {
    if (!ascii.test(topic)) return undefined;
    const found = exact.get(topic);
    if (found !== undefined || patterns.length === 0) return found;
    const words = topic.split('/');
    return patterns.find(({ levels }) => isMatch(levels, words))?.device;
  };
}
