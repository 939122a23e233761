/** Connections that have not said who they are. Those who mean to come in say it at once; the others must not take up all places. */
export interface Doorstep<Who> {
  /** @returns who has to go for this one: who has been silent for longest, of the same address where that has too many */
  come(who: Who, address: string): Who | undefined;
  /** It has said who it is, or has gone. */
  leave(who: Who): void;
}

/**
 * @param all how many there may be
 * @param perAddress how many of one address
 */
export function createDoorstep<Who>(all: number, perAddress: number): Doorstep<Who> {
  const silent = new Map<Who, string>();
  const addresses = new Map<string, Set<Who>>();

  function leave(who: Who): void {
    const address = silent.get(who);
    if (address === undefined) return;
    silent.delete(who);
    const same = addresses.get(address);
    same?.delete(who);
    if (same?.size === 0) addresses.delete(address);
  }

  return {
    come(who, address) {
      const same = addresses.get(address) ?? new Set();
      addresses.set(address, same.add(who));
      silent.set(who, address);
      const crowd = same.size > perAddress ? same : silent.size > all ? silent : undefined;
      if (!crowd) return undefined;
      const [oldest] = crowd.keys();
      if (oldest !== undefined) leave(oldest);
      return oldest;
    },
    leave,
  };
}
