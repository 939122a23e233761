/** Ids of everything: no blanks, no separators of topics, paths or line protocol. */
export const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Words that stand for something else where an id may stand. */
export const reservedIds: ReadonlySet<string> = new Set(['positions', 'admin', 'system']);

export const isId = (text: string): boolean => idPattern.test(text);
