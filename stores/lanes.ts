/** A few things of a kind that are each used by one piece of work at a time; the rest waits in order. */
export interface Lanes<Member> {
  run<Result>(work: (member: Member) => Promise<Result>): Promise<Result>;
  /** Waits for what is under way; from then on `run` rejects with `reason`. */
  close(reason: Error): Promise<readonly Member[]>;
}

export function createLanes<Member>(members: readonly Member[]): Lanes<Member> {
  const free = [...members];
  const waiting: ((member: Member) => void)[] = [];
  let closedBy: Error | undefined;

  const take = async (): Promise<Member> =>
    free.pop() ?? (await new Promise<Member>((resolve) => waiting.push(resolve)));
  const give = (member: Member) => {
    const next = waiting.shift();
    if (next) next(member);
    else free.push(member);
  };
  return {
    async run(work) {
      if (closedBy) throw closedBy;
      const member = await take();
      try {
        return await work(member);
      } finally {
        give(member);
      }
    },
    close(reason) {
      closedBy = reason;
      return Promise.all(members.map(take));
    },
  };
}
