import type { Store } from '../../stores/store.ts';

/** A place for stores that a test may open several times. */
export interface StorePlace {
  open(): Promise<Store>;
  /** Whether what was written is there when it is opened again. */
  readonly keeps: boolean;
  remove(): Promise<void>;
}
