import type { Meter } from '../model/entities.ts';
import type { FramedProtocol } from '../protocols/protocol.ts';
import type { Line } from './line.ts';
import { createParts, type PartAnswer, pollParts } from './parts.ts';
import type { Asker } from './unit.ts';

/** No meter has more to say to one request than fits into so many frames. */
const framesMost = 32;

/**
 * Asks a meter for each of its items, one after the other. One that is refused costs only itself; a meter that does not answer is not asked for
 * the rest.
 * @throws AppError `DECODE_UNSUPPORTED` where the meter is asked for what it cannot have
 */
export function createFramedAsker(
  meter: Meter,
  address: string,
  line: Line,
  protocol: FramedProtocol,
): Asker {
  const requests = createParts(protocol.requests(meter));
  return {
    door: 'serial',
    protocol: protocol.name,
    address,
    exceptions: new Map(),
    async poll() {
      const { result, answers, why } = await pollParts(requests, (request) =>
        ask(request, line, protocol),
      );
      return { result, why, bytes: answers.length > 0 ? protocol.encode(answers) : undefined };
    },
  };
}

/** All frames of one item, or none: part of a block would pass for the whole. */
async function ask(
  request: Uint8Array,
  line: Line,
  protocol: FramedProtocol,
): Promise<PartAnswer<Uint8Array, Uint8Array>> {
  const answers: Uint8Array[] = [];
  for (let next: Uint8Array | undefined = request; next; ) {
    if (answers.length === framesMost)
      return { kind: 'refused', why: `got ${framesMost} frames and no end` };
    const got = await askFrame(next, line, protocol);
    if (got.kind !== 'heard') return got;
    const { said } = got.heard;
    if (said.type === 'refused') return { kind: 'refused', why: said.detail };
    answers.push(said.frame);
    next = said.next;
  }
  return { kind: 'answers', answers };
}

function askFrame(request: Uint8Array, line: Line, protocol: FramedProtocol) {
  return line.ask(request, (received) => {
    const said = protocol.hear(request, received);
    if (said.type === 'wait') return undefined;
    return { frame: said.type === 'answer' ? said.frame : received, said };
  });
}
