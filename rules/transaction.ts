import type { DatabaseSync } from 'node:sqlite';

/** @returns what does all of a piece of work or, where it throws, nothing of it */
export const transactionsOf =
  (database: DatabaseSync) =>
  (work: () => void): void => {
    database.exec('BEGIN IMMEDIATE');
    try {
      work();
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };
