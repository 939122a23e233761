/** What a meter is asked for in each poll, part by part. */
export interface Parts<T extends object> {
  /** Those of this poll, in order. Call it once a poll. */
  due(): readonly T[];
  /** Nothing came when it was asked for. @param answered whether other parts of the same poll were answered */
  mute(part: T, why: string, answered: boolean): void;
  heard(part: T): void;
  /** These were due and not asked for: they are the first of the next poll. */
  putOff(parts: readonly T[]): void;
  /** From now on these instead of it. */
  replace(part: T, parts: readonly T[]): void;
  /** Why a part that is not asked for at the moment is not; null where all are. */
  resting(): string | null;
}

interface Mute {
  readonly times: number;
  /** Number of the poll that asks for it again. */
  readonly again: number;
  readonly why: string;
}

const restMostPolls = 32;

/**
 * A meter may say nothing to a part it does not have, instead of refusing it. Such a part must not hide those behind it: it goes to the end,
 * and where others are answered it is asked for ever more rarely, since each time costs a timeout.
 */
export function createParts<T extends object>(all: readonly T[]): Parts<T> {
  let order = [...all];
  let polls = 0;
  const mutes = new Map<T, Mute>();
  const isDue = (part: T) => (mutes.get(part)?.again ?? 0) <= polls;
  return {
    due() {
      polls++;
      return order.filter(isDue);
    },
    mute(part, why, answered) {
      order = [...order.filter((one) => one !== part), part];
      if (!answered) return;
      const times = (mutes.get(part)?.times ?? 0) + 1;
      mutes.set(part, { times, why, again: polls + Math.min(restMostPolls, 2 ** (times - 1)) });
    },
    heard: (part) => mutes.delete(part),
    putOff(parts) {
      const left = new Set(parts);
      order = [...parts, ...order.filter((part) => !left.has(part))];
    },
    replace(part, parts) {
      order = order.flatMap((one) => (one === part ? parts : [one]));
    },
    resting: () => [...mutes.values()].find(({ again }) => again > polls)?.why ?? null,
  };
}

/** What came of asking for one part. `instead`: what is asked for in its place, now and from now on. */
export type PartAnswer<T, A> =
  | { readonly kind: 'answers'; readonly answers: readonly A[] }
  | { readonly kind: 'refused'; readonly why: string; readonly instead?: readonly T[] }
  | { readonly kind: 'silent'; readonly why: string }
  | { readonly kind: 'unreachable'; readonly why: string };

interface Polled<A> {
  readonly result: 'answered' | 'silent' | 'unreachable';
  readonly answers: readonly A[];
  readonly why: string | null;
}

/** One poll holds 255 answers in the journal, and one part brings 32 at most. */
const answersMost = 255 - 32;

/** Asks for the parts of one poll, one after the other. One that is refused costs only itself; after one that is not answered none is asked for. */
export async function pollParts<T extends object, A>(
  parts: Parts<T>,
  ask: (part: T) => Promise<PartAnswer<T, A>>,
): Promise<Polled<A>> {
  const queue = [...parts.due()];
  const answers: A[] = [];
  let refused: string | null = null;
  let part = queue.shift();
  for (; part && answers.length <= answersMost; part = queue.shift()) {
    const got = await ask(part);
    if (got.kind === 'silent' || got.kind === 'unreachable') {
      const answered = answers.length > 0 || refused !== null;
      return { ...endAt(part, parts, got, answered), answers };
    }
    parts.heard(part);
    if (got.kind === 'answers') answers.push(...got.answers);
    else if (got.instead) {
      parts.replace(part, got.instead);
      queue.unshift(...got.instead);
    } else refused = got.why;
  }
  if (part) parts.putOff([part, ...queue]);
  const cut = part
    ? `more than ${answersMost} answers in one poll, the rest is for the next`
    : null;
  return { result: 'answered', answers, why: cut ?? refused ?? parts.resting() };
}

/** The end of a poll at a part without an answer. */
function endAt<T extends object>(
  part: T,
  parts: Parts<T>,
  { kind, why }: { readonly kind: 'silent' | 'unreachable'; readonly why: string },
  answered: boolean,
) {
  if (kind === 'silent') parts.mute(part, why, answered);
  return { result: answered ? ('answered' as const) : kind, why };
}
