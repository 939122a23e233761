import { AppError } from '../model/errors.ts';
import { checkpointThreshold } from './duckdb-file.ts';
import type { Keeper } from './duckdb-keeper.ts';

/** A store whose file can be copied while it is written to. */
export interface Freezable {
  /**
   * Makes the file whole and lets it stand: what is written from then on waits in the log beside it. Writes wait for one checkpoint.
   * @returns the journal position up to which everything is in the file
   * @throws AppError `SERVICE_BUSY` where it stands already, `STORE_UNAVAILABLE`
   */
  freeze(): Promise<number>;
  thaw(): Promise<void>;
}

/** As good as never: as much as this is not written while a file is copied. */
const never = '1000TB';

/**
 * DuckDB changes what its file holds with a checkpoint only; between two of them it writes to blocks that no header names. So a file without
 * checkpoints can be copied byte by byte, and whoever copies it can tell by its headers that there was none.
 */
export function createFreezer({ use }: Pick<Keeper, 'use'>): Freezable & {
  /** Work that ends with a checkpoint of its own; left for the next time while the file stands. */
  upkeep(work: () => Promise<void>): Promise<void>;
} {
  let frozen = false;
  let working: Promise<void> = Promise.resolve();

  async function thaw() {
    frozen = false;
    await use((file) =>
      file.writer.run(({ connection }) =>
        connection.run(`SET GLOBAL checkpoint_threshold = '${checkpointThreshold}'`),
      ),
    );
  }
  return {
    thaw,
    async freeze() {
      if (frozen) throw new AppError('SERVICE_BUSY', 'another backup is being made');
      frozen = true;
      try {
        await working.catch(() => {});
        return await use((file) =>
          file.writer.run(async ({ connection }) => {
            await connection.run(`SET GLOBAL checkpoint_threshold = '${never}'`);
            await connection.run('CHECKPOINT');
            return file.state.position;
          }),
        );
      } catch (error) {
        await thaw().catch(() => {});
        throw error;
      }
    },
    async upkeep(work) {
      const before = working.catch(() => {});
      working = before.then(() => (frozen ? undefined : work()));
      await working;
    },
  };
}
