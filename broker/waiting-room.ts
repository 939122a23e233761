/** Connections that cannot go on now: for want of room, or because the journal takes nothing. */
export interface WaitingRoom<Who> {
  /** Waits for others to be done; it is called in its turn. */
  waitForRoom(who: Who): void;
  /** Somebody has been acknowledged: those who wait go on, first come, first served. */
  roomMade(): void;
  /** The journal did not take what it has; it is tried again now and then. */
  waitForJournal(who: Who): void;
  /** The journal takes envelopes: all who wait for it try at once. */
  journalWorks(): void;
  waitsForJournal(who: Who): boolean;
  leave(who: Who): void;
}

/** How often one of those who wait for the journal tries whether it takes envelopes again. */
const retryMs = 500;

/**
 * @param goOn for one who waited for room
 * @param tryAgain for one who waited for the journal; it may come back at once
 */
export function createWaitingRoom<Who>(
  goOn: (who: Who) => void,
  tryAgain: (who: Who) => void,
): WaitingRoom<Who> {
  const forRoom = new Set<Who>();
  const forJournal = new Set<Who>();
  let called = false;
  let trying = false;

  function callAll(): void {
    called = false;
    const waited = [...forRoom];
    forRoom.clear();
    for (const who of waited) goOn(who);
  }

  function release(count: number): void {
    for (const who of [...forJournal].slice(0, count)) {
      forJournal.delete(who);
      tryAgain(who);
    }
  }

  function tryLater(): void {
    if (trying || forJournal.size === 0) return;
    trying = true;
    const retry = () => {
      trying = false;
      release(1);
      tryLater();
    };
    setTimeout(retry, retryMs).unref();
  }

  return {
    waitForRoom: (who) => forRoom.add(who),
    roomMade() {
      if (called || forRoom.size === 0) return;
      called = true;
      setImmediate(callAll);
    },
    waitForJournal(who) {
      forJournal.add(who);
      tryLater();
    },
    journalWorks() {
      if (forJournal.size > 0) release(forJournal.size);
    },
    waitsForJournal: (who) => forJournal.has(who),
    leave(who) {
      forRoom.delete(who);
      forJournal.delete(who);
    },
  };
}
