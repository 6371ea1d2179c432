// SPDX-License-Identifier: Apache-2.0
import protobuf from 'protobufjs/minimal.js';
import { Refusal, refuse } from '../../refuse.ts';
import { type Field, type MessageName, type ModelProto, messages, type TensorProto } from './schema.ts';

const MAX_DEPTH = 16;
/** List entries of one file: numbers count one, those of variable length and messages more. Bounds memory, since an entry may be a single byte in the file. */
const MAX_ENTRIES = 2 ** 26;
const VARINT_ENTRIES = 8;
const MESSAGE_ENTRIES = 64;
interface Budget {
  left: number;
}
type Wire = InstanceType<typeof protobuf.Reader>;
type Message = Record<string, unknown>;

const toNumber = (value: unknown): number => Number(typeof value === 'object' && value !== null ? String(value) : value);

function scalarOf(reader: Wire, kind: Field['kind'], depth: number, budget: Budget): unknown {
  switch (kind) {
    case 'string':
      return reader.string();
    case 'bytes':
      return reader.bytes();
    case 'int':
      return toNumber(reader.int64());
    case 'uint64':
      return toNumber(reader.uint64());
    case 'float':
      return reader.float();
    case 'double':
      return reader.double();
    default: {
      const length = reader.uint32();
      if (length > reader.len - reader.pos) refuse('model/malformed', { what: 'a message runs past the end of the file' });
      return decodeMessage(reader, kind, reader.pos + length, depth + 1, budget);
    }
  }
}

function listOf(message: Message, name: string): unknown[] {
  const list = (message[name] as unknown[] | undefined) ?? [];
  message[name] = list;
  return list;
}

const wireTypes: Partial<Record<Field['kind'], number>> = { int: 0, uint64: 0, double: 1, float: 5 };

/** Decodes one message by its table; work and memory are linear in its bytes and within the budget. */
function decodeMessage(reader: Wire, name: MessageName, end: number, depth: number, budget: Budget): Message {
  if (depth > MAX_DEPTH) refuse('model/malformed', { what: 'messages are nested too deeply' });
  const table = messages[name];
  const spend = (entries: number): void => {
    budget.left -= entries;
    if (budget.left < 0) refuse('model/too-large', { what: 'the number of its values', limit: MAX_ENTRIES });
  };
  spend(MESSAGE_ENTRIES);
  const out: Message = {};
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = table[tag >>> 3];
    const wire = tag & 7;
    if (field === undefined) {
      reader.skipType(wire);
      continue;
    }
    const own = wireTypes[field.kind] ?? 2;
    const each = own === 0 ? VARINT_ENTRIES : 1;
    if (field.many && own !== 2 && wire === 2) {
      const length = reader.uint32();
      const stop = reader.pos + length;
      if (stop > end) refuse('model/malformed', { what: `${field.name} runs past its message` });
      const list = listOf(out, field.name);
      while (reader.pos < stop) {
        spend(each);
        list.push(scalarOf(reader, field.kind, depth, budget));
      }
      if (reader.pos !== stop) refuse('model/malformed', { what: `${field.name} does not end where it says` });
    } else if (wire !== own) refuse('model/malformed', { what: `${field.name} has wire type ${wire}` });
    else if (field.many) {
      spend(each);
      listOf(out, field.name).push(scalarOf(reader, field.kind, depth, budget));
    } else out[field.name] = scalarOf(reader, field.kind, depth, budget);
  }
  if (reader.pos !== end) refuse('model/malformed', { what: `${name} does not end where it says` });
  return out;
}

function decode(bytes: Uint8Array, name: MessageName): Message {
  try {
    return decodeMessage(protobuf.Reader.create(bytes), name, bytes.length, 0, { left: MAX_ENTRIES });
  } catch (thrown) {
    if (thrown instanceof Refusal) throw thrown;
    // The reader throws plain errors for truncated or overlong encodings.
    return refuse('model/malformed', { what: thrown instanceof Error ? `protobuf: ${thrown.message}` : 'protobuf' });
  }
}

export const decodeModel = (bytes: Uint8Array): ModelProto => decode(bytes, 'Model') as ModelProto;
export const decodeTensor = (bytes: Uint8Array): TensorProto => decode(bytes, 'Tensor') as TensorProto;
