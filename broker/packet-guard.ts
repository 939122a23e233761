import type { Duplex } from 'node:stream';

/**
 * Watches the lengths that packets announce, so that one that is too large is refused before it has been taken in.
 *
 * @returns tells of every chunk, in order, whether all packets that begin in it are within the limit and well formed so far
 * @see MQTT 3.1.1, 2.2.3 Remaining Length
 */
export function createPacketGuard(packetBytesMax: number): (chunk: Uint8Array) => boolean {
  /** Bytes of the packet that are still to come behind its fixed header. */
  let toSkip = 0;
  let length = 0;
  /** What the next byte of the length counts; 0 where a packet begins. */
  let factor = 0;

  function header(byte: number): boolean {
    if (factor === 0) {
      factor = 1;
      length = 0;
      return true;
    }
    length += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte < 0x80) {
      toSkip = length;
      factor = 0;
    }
    return length <= packetBytesMax && factor <= 128 ** 3;
  }

  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      const skipped = Math.min(toSkip, chunk.length - at);
      toSkip -= skipped;
      at += skipped;
      if (at < chunk.length && !header(chunk[at++] ?? 0)) return false;
    }
    return true;
  };
}

/** Sets the guard before whoever reads from the connection; a packet it refuses ends the connection. */
export function guardConnection(
  connection: Duplex,
  packetBytesMax: number,
  onRefused: () => void,
): void {
  const allows = createPacketGuard(packetBytesMax);
  const read = connection.read.bind(connection);
  connection.read = (size) => {
    const chunk = read(size);
    if (chunk === null || allows(chunk)) return chunk;
    onRefused();
    connection.destroy();
    return null;
  };
}
