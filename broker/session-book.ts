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
  /** Whether something is kept for the client, connected or away. */
  keeps(id: string): boolean;
  /** Takes out the sessions of clients that are away for which `ended` holds. @returns their ids */
  drop(ended: (session: Session, awaySince: number) => boolean): readonly string[];
}

export function createSessionBook(perUser: number): SessionBook {
  const known = new Map<string, Known>();
  /** Sessions of each user. */
  const users = new Map<string, number>();

  function remove(id: string): void {
    const entry = known.get(id);
    if (!entry) return;
    known.delete(id);
    const { user } = entry.session;
    const left = (users.get(user) ?? 1) - 1;
    if (left > 0) users.set(user, left);
    else users.delete(user);
  }

  return {
    enter(id, session, keeps) {
      if (!known.has(id)) {
        const sessions = users.get(session.user) ?? 0;
        if (sessions >= perUser) return false;
        users.set(session.user, sessions + 1);
      }
      known.set(id, { session, keeps, awaySince: undefined });
      return true;
    },
    leave(id, now) {
      const entry = known.get(id);
      if (entry?.keeps) entry.awaySince = now;
      else remove(id);
    },
    keeps: (id) => known.get(id)?.keeps === true,
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
