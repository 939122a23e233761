import { createHmac, randomBytes } from 'node:crypto';
import type { Context } from '../model/context.ts';
import { minuteMs } from '../model/time.ts';

/** Whether a secret fits the hash that is kept of it. May take long for a chosen secret. */
export type VerifySecret = (hash: string, secret: string) => Promise<boolean>;

export type Verdict = 'right' | 'credentials' | 'rate-limited' | 'busy';

/** Of what is kept of a secret of 128 random bits: nobody guesses it, and to check it costs nothing. See `Credential`. */
const randomPrefix = 'hmac:';
const isChosen = (hash: string): boolean => !hash.startsWith(randomPrefix);
/** Hashes that are computed at the same time; more would only share the processors. */
const runningMax = 2;
/** Clients that may wait for theirs. */
const waitingMax = 2000;
/** Wrong secrets of one user name and address in a minute, and of one user name from anywhere. */
const wrongPerAddressMax = 5;
const wrongPerUserMax = 50;
/** Names and addresses that are remembered for their wrong secrets. */
const offendersMax = 20_000;

/**
 * Checks secrets as often as devices connect and hashes them as seldom as possible: a secret that was right is known again.
 * Guessing is slowed down where it could succeed, at chosen secrets; the right one, once known, always gets in, and a random one always:
 * whoever guesses at it must not keep its owner out.
 */
export function createVerifier(
  verify: VerifySecret,
  { now }: Pick<Context, 'now'>,
): { check(user: string, address: string, hash: string, secret: string): Promise<Verdict> } {
  const key = randomBytes(32);
  /** User → what was right: the kept hash, and a keyed fingerprint of the secret. */
  const known = new Map<string, { readonly hash: string; readonly fingerprint: string }>();
  const running = new Map<string, Promise<boolean>>();
  const turn = createTurns();
  const wrong = createTally(now);

  const isGuessing = (user: string, local: string): boolean =>
    wrong.of(local) >= wrongPerAddressMax || wrong.of(user) >= wrongPerUserMax;

  const fits = (id: string, hash: string, secret: string): Promise<boolean> =>
    isChosen(hash) ? hashOnce(id, hash, secret) : verify(hash, secret);

  async function hashOnce(id: string, hash: string, secret: string): Promise<boolean> {
    const already = running.get(id);
    if (already !== undefined) return already;
    const work = turn.take(() => verify(hash, secret));
    running.set(id, work);
    try {
      return await work;
    } finally {
      running.delete(id);
    }
  }

  return {
    async check(user, address, hash, secret) {
      const fingerprint = createHmac('sha256', key).update(secret).digest('base64');
      const right = known.get(user);
      if (right?.hash === hash && right.fingerprint === fingerprint) return 'right';
      const local = `${user} ${address}`;
      const guessing = isGuessing(user, local);
      if (isChosen(hash)) {
        if (guessing) return 'rate-limited';
        if (turn.waiting() >= waitingMax) return 'busy';
      }
      if (await fits(`${user} ${fingerprint}`, hash, secret)) {
        known.set(user, { hash, fingerprint });
        return 'right';
      }
      wrong.add(local);
      wrong.add(user);
      return guessing ? 'rate-limited' : 'credentials';
    },
  };
}

/** At most `runningMax` pieces of work at once, in the order they came. */
function createTurns(): { take<T>(work: () => Promise<T>): Promise<T>; waiting(): number } {
  const queue: (() => void)[] = [];
  let running = 0;
  return {
    waiting: () => queue.length,
    async take(work) {
      if (running >= runningMax) await new Promise<void>((resolve) => queue.push(resolve));
      else running++;
      try {
        return await work();
      } finally {
        // The place is handed on, not given back, while somebody waits.
        const next = queue.shift();
        if (next) next();
        else running--;
      }
    },
  };
}

/** Counts per name, for the minute that begins with the first one. */
function createTally(now: () => number): { of(name: string): number; add(name: string): void } {
  const tallies = new Map<string, { count: number; readonly until: number }>();
  const current = (name: string) => {
    const tally = tallies.get(name);
    if (!tally || tally.until > now()) return tally;
    tallies.delete(name);
    return undefined;
  };
  return {
    of: (name) => current(name)?.count ?? 0,
    add(name) {
      const tally = current(name);
      if (tally) {
        tally.count++;
        return;
      }
      const [oldest] = tallies.keys();
      if (tallies.size >= offendersMax && oldest !== undefined) tallies.delete(oldest);
      tallies.set(name, { count: 1, until: now() + minuteMs });
    },
  };
}
