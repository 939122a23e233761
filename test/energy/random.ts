/** Numbers from 0 to 1, the same for the same seed. */
export function numbers(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Shuffled, with some given twice. */
export function disordered<T>(list: readonly T[], random: () => number): readonly T[] {
  const all = [...list, ...list.filter(() => random() < 0.1)];
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const [a, b] = [all[i] as T, all[j] as T];
    all[i] = b;
    all[j] = a;
  }
  return all;
}
