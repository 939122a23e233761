/** More than answers and what a DTU adds to them; a line that talks on without being asked would keep us busy for ever. */
const mostBytes = 4_096;
const windowMs = 2_000;

/** What comes on a line of its own accord. */
export interface Talk {
  /** @returns whether that is more than any line has to say in a while */
  isTooMuch(bytes: number): boolean;
}

export function createTalk(): Talk {
  let sinceMs = performance.now();
  let said = 0;
  return {
    isTooMuch(bytes) {
      const nowMs = performance.now();
      if (nowMs - sinceMs > windowMs) {
        sinceMs = nowMs;
        said = 0;
      }
      said += bytes;
      return said > mostBytes;
    },
  };
}
