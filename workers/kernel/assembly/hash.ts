import { mul } from './field';
import { compress } from './generated/blake3';

const CHUNK_START: u32 = 1;
const CHUNK_END: u32 = 2;
const PARENT: u32 = 4;
const ROOT: u32 = 8;

/** Scratch of each thread (instances share one memory): sixteen message vectors, eight chaining vectors, a cache line apart. */
const THREADS: usize = 16;
const SCRATCH: usize = 24 * 16 + 64;
const scratch = memory.data(16 * (24 * 16 + 64), 16);
const seedWords = memory.data(8 * 4, 16);
let message: usize = scratch;
let chain: usize = scratch + 16 * 16;

/** Which thread this instance is, 0..15. */
export function setThread(thread: u32): void {
  message = scratch + (<usize>thread % THREADS) * SCRATCH;
  chain = message + 16 * 16;
}

function initial(cv: usize): void {
  v128.store(cv, i32x4.splat(0x6a09e667));
  v128.store(cv + 16, i32x4.splat(0xbb67ae85));
  v128.store(cv + 32, i32x4.splat(0x3c6ef372));
  v128.store(cv + 48, i32x4.splat(0xa54ff53a));
  v128.store(cv + 64, i32x4.splat(0x510e527f));
  v128.store(cv + 80, i32x4.splat(0x9b05688c));
  v128.store(cv + 96, i32x4.splat(0x1f83d9ab));
  v128.store(cv + 112, i32x4.splat(0x5be0cd19));
}

/** Word i of four 4-byte-aligned records `gap` bytes apart, as one vector. */
// @ts-ignore: decorator
@inline
function gather(ptr: usize, gap: usize): v128 {
  let v = i32x4.splat(load<i32>(ptr));
  v = i32x4.replace_lane(v, 1, load<i32>(ptr + gap));
  v = i32x4.replace_lane(v, 2, load<i32>(ptr + 2 * gap));
  return i32x4.replace_lane(v, 3, load<i32>(ptr + 3 * gap));
}

/**
 * One block of 16 words for `count` columns. Words come as `words` rows of `rowStride` words each, in Montgomery form, starting at
 * message word `from` (0 in all blocks but the first of a column, whose nine header words are tag and salt). cvs: eight
 * planes of `count` words. Missing words of a last block are zero. Columns [begin, end), multiples of four.
 */
export function absorbColumns(
  cvs: usize,
  count: u32,
  rows: usize,
  rowStride: u32,
  words: u32,
  header: u32,
  salts: usize,
  counter: u32,
  first: u32,
  flags: u32,
  begin: u32,
  end: u32,
): void {
  const one = i32x4.splat(1);
  const from: u32 = header ? 9 : 0;
  for (let j: u32 = begin; j < end; j += 4) {
    if (header) {
      v128.store(message, i32x4.splat(0));
      for (let i: u32 = 0; i < 8; i++) v128.store(message + 16 * (1 + i), gather(salts + 32 * j + 4 * i, 32));
    }
    for (let i: u32 = 0; i < words; i++) v128.store(message + 16 * (from + i), mul(v128.load(rows + 4 * (i * rowStride + j)), one));
    for (let i: u32 = from + words; i < 16; i++) v128.store(message + 16 * i, i32x4.splat(0));
    if (first) initial(chain);
    else for (let i: u32 = 0; i < 8; i++) v128.store(chain + 16 * i, v128.load(cvs + 4 * (i * count + j)));
    compress(chain, message, counter, 0, 4 * (from + words), flags);
    for (let i: u32 = 0; i < 8; i++) v128.store(cvs + 4 * (i * count + j), v128.load(chain + 16 * i));
  }
}

/** left <- parent(left, right), chaining values in planes of `count` words. */
export function joinChunks(left: usize, right: usize, count: u32, root: u32, begin: u32, end: u32): void {
  for (let j: u32 = begin; j < end; j += 4) {
    for (let i: u32 = 0; i < 8; i++) {
      v128.store(message + 16 * i, v128.load(left + 4 * (i * count + j)));
      v128.store(message + 16 * (8 + i), v128.load(right + 4 * (i * count + j)));
    }
    initial(chain);
    compress(chain, message, 0, 0, 64, PARENT | (root ? ROOT : 0));
    for (let i: u32 = 0; i < 8; i++) v128.store(left + 4 * (i * count + j), v128.load(chain + 16 * i));
  }
}

/** Digest of column j (planes) to leaves[order[j]] (32 bytes each). */
export function scatterDigests(cvs: usize, count: u32, order: usize, leaves: usize): void {
  for (let j: u32 = 0; j < count; j++) {
    const target = leaves + 32 * load<u32>(order + 4 * j);
    for (let i: u32 = 0; i < 8; i++) store<u32>(target + 4 * i, load<u32>(cvs + 4 * (i * count + j)));
  }
}

/** Nodes [begin, end) of a tree from their children: node i = BLAKE3(u32 1, node 2i, node 2i + 1); multiples of four. */
export function merkleLevel(nodes: usize, begin: u32, end: u32): void {
  for (let i: u32 = begin; i < end; i += 4) {
    const children = nodes + 64 * i;
    v128.store(message, i32x4.splat(1));
    for (let w: u32 = 0; w < 15; w++) v128.store(message + 16 * (1 + w), gather(children + 4 * w, 64));
    initial(chain);
    compress(chain, message, 0, 0, 64, CHUNK_START);
    v128.store(message, gather(children + 60, 64));
    for (let w: u32 = 1; w < 16; w++) v128.store(message + 16 * w, i32x4.splat(0));
    compress(chain, message, 0, 0, 4, CHUNK_END | ROOT);
    for (let lane: u32 = 0; lane < 4; lane++)
      for (let w: u32 = 0; w < 8; w++) store<u32>(nodes + 32 * (i + lane) + 4 * w, load<u32>(chain + 16 * w + 4 * lane));
  }
}

export function seedPointer(): usize {
  return seedWords;
}

// @ts-ignore: decorator
@inline
function bigEndian(x: u32): u32 {
  return bswap<u32>(x);
}

/** First nonce in [from, from + tries) with `bits` leading zeros in BLAKE3(u32 2, seed, nonce), or 0xffffffff; tries a multiple of four. */
export function grind(from: u32, tries: u32, bits: u32): u32 {
  const limit: u64 = (<u64>1) << (32 - bits);
  for (let nonce = from; nonce < from + tries; nonce += 4) {
    v128.store(message, i32x4.splat(2));
    for (let i: u32 = 0; i < 8; i++) v128.store(message + 16 * (1 + i), i32x4.splat(load<u32>(seedWords + 4 * i)));
    v128.store(message + 16 * 9, i32x4.add(i32x4.splat(nonce), i32x4(0, 1, 2, 3)));
    for (let i: u32 = 10; i < 16; i++) v128.store(message + 16 * i, i32x4.splat(0));
    initial(chain);
    compress(chain, message, 0, 0, 40, CHUNK_START | CHUNK_END | ROOT);
    for (let lane: u32 = 0; lane < 4; lane++) if (<u64>bigEndian(load<u32>(chain + 4 * lane)) < limit) return nonce + lane;
  }
  return 0xffffffff;
}
