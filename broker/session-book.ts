import type { Session } from './broker.ts';

interface Known {
  readonly session: Session;
  readonly keeps: boolean;
  /** Our clock, Unix ms; undefined while connected. */
  awaySince: number | undefined;
}

/** Which sessions there are, connected or kept for clients that are away, by their id. */
export interface SessionBook {
  /** @returns false where the user has too many; nothing is entered then */
  enter(id: string, session: Session, keeps: boolean): boolean;
  leave(id: string, now: number): void;
  /** Takes out the sessions of clients that are away for which `ended` holds. @returns their ids */
  drop(ended: (session: Session, awaySince: number) => boolean): readonly string[];
}

export function createSessionBook(perUser: number): SessionBook {
  const known = new Map<string, Known>();
  const users = new Map<string, Set<string>>();

  function remove(id: string): void {
    const entry = known.get(id);
    if (!entry) return;
    known.delete(id);
    const { user } = entry.session;
    const ids = users.get(user);
    ids?.delete(id);
    if (ids?.size === 0) users.delete(user);
  }

  return {
    enter(id, session, keeps) {
      const ids = users.get(session.user) ?? new Set();
      if (!ids.has(id) && ids.size >= perUser) return false;
      users.set(session.user, ids.add(id));
      known.set(id, { session, keeps, awaySince: undefined });
      return true;
    },
    leave(id, now) {
      const entry = known.get(id);
      if (entry?.keeps) entry.awaySince = now;
      else remove(id);
    },
    drop(ended) {
      const ids = [...known]
        .filter(
          ([, { session, awaySince }]) => awaySince !== undefined && ended(session, awaySince),
        )
        .map(([id]) => id);
      for (const id of ids) remove(id);
      return ids;
    },
  };
}
