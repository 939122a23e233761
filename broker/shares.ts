import type { BrokerLimits } from './broker.ts';

/** What one user has on its way into the journal, over all its connections, and how fast it sends. */
export interface Share {
  /** Devices it speaks for, at least 1. */
  devices: number;
  connections: number;
  messages: number;
  bytes: number;
  /** What it may send at once; below 0 it has sent too much. */
  credit: { messages: number; bytes: number; at: number };
}

/** Shares of the door: nobody's messages on their way into the journal, unacknowledged, may crowd out another's. */
export interface Shares {
  /** A connection of the user has come. Shares stay, of all users the registry knows: with a new connection nobody has a new burst. */
  join(user: string, devices: number): Share;
  leave(share: Share): void;
  /** Whether the user may have one message more under way. */
  hasRoom(share: Share): boolean;
  take(share: Share, bytes: number): void;
  giveBack(share: Share, messages: number, bytes: number): void;
  /**
   * Takes what has come from the user's credit.
   *
   * @param now of a clock that never jumps, ms
   * @returns how long the user must be left waiting until it is even again, ms
   */
  charge(share: Share, messages: number, bytes: number, now: number): number;
}

type ShareLimits = Pick<
  BrokerLimits,
  | 'userMessages'
  | 'userBytes'
  | 'waitingBytes'
  | 'deviceMessagesPerS'
  | 'deviceBytesPerS'
  | 'deviceBurstS'
>;

export function createShares(limits: ShareLimits): Shares {
  const shares = new Map<string, Share>();
  let bytesUnderWay = 0;

  function refill({ credit, devices }: Share, now: number): void {
    const { deviceMessagesPerS, deviceBytesPerS, deviceBurstS } = limits;
    const seconds = (now - credit.at) / 1000;
    const grow = (have: number, perS: number) =>
      Math.min(perS * devices * deviceBurstS, have + seconds * perS * devices);
    credit.messages = grow(credit.messages, deviceMessagesPerS);
    credit.bytes = grow(credit.bytes, deviceBytesPerS);
    credit.at = now;
  }

  return {
    join(user, devices) {
      const known = shares.get(user);
      // At -Infinity the first look at the credit fills it.
      const credit = { messages: 0, bytes: 0, at: Number.NEGATIVE_INFINITY };
      const share = known ?? { devices, connections: 0, messages: 0, bytes: 0, credit };
      if (share.connections === 0) share.devices = devices;
      share.connections++;
      shares.set(user, share);
      return share;
    },
    leave(share) {
      share.connections--;
    },
    hasRoom: (share) =>
      share.messages < limits.userMessages &&
      share.bytes < limits.userBytes &&
      bytesUnderWay < limits.waitingBytes,
    take(share, bytes) {
      share.messages++;
      share.bytes += bytes;
      bytesUnderWay += bytes;
    },
    giveBack(share, messages, bytes) {
      share.messages -= messages;
      share.bytes -= bytes;
      bytesUnderWay -= bytes;
    },
    charge(share, messages, bytes, now) {
      const { credit, devices } = share;
      refill(share, now);
      credit.messages -= messages;
      credit.bytes -= bytes;
      const owed = Math.max(
        -credit.messages / (limits.deviceMessagesPerS * devices),
        -credit.bytes / (limits.deviceBytesPerS * devices),
      );
      return Math.max(0, Math.ceil(owed * 1000));
    },
  };
}
