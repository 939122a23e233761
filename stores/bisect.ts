import { type AppError, isAppError } from '../model/errors.ts';

export interface Rejected<Item> {
  readonly item: Item;
  /** The server's words. */
  readonly detail: string;
}

/**
 * Sends items of which the server may refuse some without saying which: a refused lot is halved until the bad ones stand alone. Sending an
 * item twice must change nothing.
 *
 * @param send throws AppError `STORE_REFUSED` when something in the lot is bad; every other error goes up
 * @param isWholeLot whether the server's words say that every item of the lot was bad
 */
export async function sendBisecting<Item>(
  items: readonly Item[],
  send: (lot: readonly Item[]) => Promise<void>,
  isWholeLot: (words: string, count: number) => boolean = () => false,
): Promise<readonly Rejected<Item>[]> {
  if (items.length === 0) return [];
  const refusal = await refusalOf(send(items));
  if (refusal === undefined) return [];
  const detail = refusal.message;
  if (items.length === 1 || isWholeLot(detail, items.length))
    return items.map((item) => ({ item, detail }));
  const middle = items.length >> 1;
  return [
    ...(await sendBisecting(items.slice(0, middle), send, isWholeLot)),
    ...(await sendBisecting(items.slice(middle), send, isWholeLot)),
  ];
}

async function refusalOf(sending: Promise<void>): Promise<AppError | undefined> {
  try {
    await sending;
    return undefined;
  } catch (error) {
    if (isAppError(error) && error.code === 'STORE_REFUSED') return error;
    throw error;
  }
}
