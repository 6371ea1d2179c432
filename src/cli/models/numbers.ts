import { err, ok, type Result } from '../../base/index.ts';
import { parseJson } from '../files.ts';

/** Numbers of a file and how it lays them out: the lengths of its axes, outermost first. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

const malformed = (what: string): Result<never> => err('model/input', { what });

/** Nested lists of one length a level. Error: model/input. */
function nested(value: unknown): Numbers | undefined {
  if (typeof value === 'number') return { shape: [], data: Float64Array.of(value) };
  if (typeof value === 'boolean') return { shape: [], data: Float64Array.of(Number(value)) };
  if (!Array.isArray(value)) return undefined;
  // A flat list of numbers is the usual case and may be long.
  if (value.every((item) => typeof item === 'number')) return { shape: [value.length], data: Float64Array.from(value as number[]) };
  const parts = value.map(nested);
  const [first] = parts;
  if (first === undefined || parts.some((part) => part === undefined || part.shape.join() !== first.shape.join())) return undefined;
  const size = first.data.length;
  const data = new Float64Array(parts.length * size);
  parts.forEach((part, i) => {
    data.set(part?.data ?? [], i * size);
  });
  return { shape: [parts.length, ...first.shape], data };
}

export const numbersOf = (value: unknown, file: string): Result<Numbers> => {
  const read = nested(value);
  return read === undefined ? malformed(`${file} is not numbers in lists of one length`) : ok(read);
};

const utf8 = (bytes: Uint8Array, file: string): Result<string> => {
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return malformed(`${file} is not UTF-8 text`);
  }
};

export function readJsonValue(bytes: Uint8Array, file: string): Result<unknown> {
  const text = utf8(bytes, file);
  const json = text.ok ? parseJson(text.value) : text;
  return json.ok || json.error.code !== 'input/malformed' ? json : malformed(`${file} is not JSON`);
}

/** Rows of numbers with commas, semicolons or tabs between; a first row of words is a header. Error: model/input, with the line. */
export function readCsv(bytes: Uint8Array, file: string): Result<Numbers> {
  const text = utf8(bytes, file);
  if (!text.ok) return text;
  const lines = text.value
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line, at) => ({ line, at: at + 1 }))
    .filter(({ line }) => line.trim() !== '');
  const first = lines[0]?.line ?? '';
  const separator = [';', '\t', ','].find((mark) => first.includes(mark)) ?? ',';
  const cells = (line: string): string[] => line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
  const isNumber = (cell: string): boolean => cell !== '' && Number.isFinite(Number(cell));
  const rows = cells(first).some(isNumber) ? lines : lines.slice(1);
  const width = cells(rows[0]?.line ?? '').length;
  const data: number[] = [];
  for (const { line, at } of rows) {
    const row = cells(line);
    const wrong = row.find((cell) => !isNumber(cell));
    if (wrong !== undefined) return malformed(`line ${at} of ${file} has “${wrong.slice(0, 40)}”, which is no number`);
    if (row.length !== width) return malformed(`line ${at} of ${file} has ${row.length} numbers; the first row has ${width}`);
    for (const cell of row) data.push(Number(cell));
  }
  return rows.length === 0
    ? malformed(`${file} has no row of numbers`)
    : ok({ shape: [rows.length, width], data: Float64Array.from(data) });
}

/** Reads element `i` of a NumPy array of one type. */
type Element = (view: DataView, at: number) => number;
const half = (bits: number): number => {
  const [sign, exponent, mantissa] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1 + mantissa / 1024) * 2 ** (exponent - 15));
};
const ELEMENTS: Readonly<Record<string, readonly [bytes: number, read: Element]>> = {
  '<f8': [8, (v, at) => v.getFloat64(at, true)],
  '<f4': [4, (v, at) => v.getFloat32(at, true)],
  '<f2': [2, (v, at) => half(v.getUint16(at, true))],
  '<i8': [8, (v, at) => Number(v.getBigInt64(at, true))],
  '<u8': [8, (v, at) => Number(v.getBigUint64(at, true))],
  '<i4': [4, (v, at) => v.getInt32(at, true)],
  '<u4': [4, (v, at) => v.getUint32(at, true)],
  '<i2': [2, (v, at) => v.getInt16(at, true)],
  '<u2': [2, (v, at) => v.getUint16(at, true)],
  '|i1': [1, (v, at) => v.getInt8(at)],
  '|u1': [1, (v, at) => v.getUint8(at)],
  '|b1': [1, (v, at) => (v.getUint8(at) === 0 ? 0 : 1)],
};

/** A NumPy array (the .npy format, versions 1 to 3; row-major, little-endian). Error: model/input, with what is not read. */
export function readNpy(bytes: Uint8Array, file: string): Result<Numbers> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  const major = bytes[6] ?? 0;
  if (bytes.length < 12 || magic.some((byte, i) => bytes[i] !== byte) || major < 1 || major > 3)
    return malformed(`${file} is no .npy file`);
  const start = major === 1 ? 10 : 12;
  const end = start + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (end > bytes.length) return malformed(`${file} ends inside its header`);
  const header = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 65_536)));
  const type = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const axes = /'shape'\s*:\s*\(([^)]*)\)/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  if (type === undefined || axes === undefined || order === undefined) return malformed(`${file} is not an array of one type of numbers`);
  const element = ELEMENTS[type];
  if (element === undefined) return malformed(`${file} holds ${type}; little-endian float, int, uint and bool are read`);
  const shape = axes.split(',').flatMap((part) => (part.trim() === '' ? [] : [Number(part)]));
  if (order === 'True' && shape.length > 1) return malformed(`${file} is in column-major order; save it with numpy.ascontiguousarray`);
  const size = shape.reduce((product, length) => product * length, 1);
  const [width, read] = element;
  if (!Number.isSafeInteger(size) || end + size * width !== bytes.length)
    return malformed(`${file} does not have the numbers its header says`);
  return ok({ shape, data: Float64Array.from({ length: size }, (_, i) => read(view, end + i * width)) });
}

/** Little-endian float32, nothing else. */
export function readFloats(bytes: Uint8Array, file: string): Result<Numbers> {
  if (bytes.length % 4 !== 0) return malformed(`${file} has ${bytes.length} bytes; float32 numbers have four each`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = Float64Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  return ok({ shape: [data.length], data });
}
