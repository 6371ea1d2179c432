import { compress } from './generated/blake3';

const CHUNK_START: u32 = 1;
const CHUNK_END: u32 = 2;
const PARENT: u32 = 4;
const ROOT: u32 = 8;

const message = memory.data(16 * 16, 16);
const chain = memory.data(8 * 16, 16);
/** Chaining values of finished subtrees, eight words each: one a level. */
const stack = memory.data(64 * 32, 16);
const block = memory.data(64, 16);

function initial(): void {
  v128.store(chain, i32x4.splat(0x6a09e667));
  v128.store(chain + 16, i32x4.splat(0xbb67ae85));
  v128.store(chain + 32, i32x4.splat(0x3c6ef372));
  v128.store(chain + 48, i32x4.splat(0xa54ff53a));
  v128.store(chain + 64, i32x4.splat(0x510e527f));
  v128.store(chain + 80, i32x4.splat(0x9b05688c));
  v128.store(chain + 96, i32x4.splat(0x1f83d9ab));
  v128.store(chain + 112, i32x4.splat(0x5be0cd19));
}

// @ts-ignore: decorator
@inline
function gather(ptr: usize, gap: usize): v128 {
  let v = i32x4.splat(load<i32>(ptr));
  v = i32x4.replace_lane(v, 1, load<i32>(ptr + gap));
  v = i32x4.replace_lane(v, 2, load<i32>(ptr + 2 * gap));
  return i32x4.replace_lane(v, 3, load<i32>(ptr + 3 * gap));
}

function splatBlock(ptr: usize): void {
  for (let w: u32 = 0; w < 16; w++) v128.store(message + 16 * w, v128.load32_splat(ptr + 4 * w));
}

/** Lane `lane` of the chain to 32 bytes. */
function readLane(lane: u32, target: usize): void {
  for (let w: u32 = 0; w < 8; w++) store<u32>(target + 4 * w, load<u32>(chain + 16 * w + 4 * lane));
}

/** Four whole chunks, side by side. */
function fourChunks(ptr: usize, counter: u32): void {
  initial();
  for (let b: u32 = 0; b < 16; b++) {
    for (let w: u32 = 0; w < 16; w++) v128.store(message + 16 * w, gather(ptr + 64 * b + 4 * w, 1024));
    compressLanes(counter, 64, (b == 0 ? CHUNK_START : 0) | (b == 15 ? CHUNK_END : 0));
  }
}

/** compress with the counters counter, counter + 1, .. in the lanes. */
function compressLanes(counter: u32, length: u32, flags: u32): void {
  compress(chain, message, counter, 1, length, flags);
}

/** One chunk of at most 1024 bytes in every lane. */
function oneChunk(ptr: usize, length: u32, counter: u32, flags: u32): void {
  initial();
  let at: u32 = 0;
  let first: u32 = CHUNK_START;
  do {
    const taken = length - at < 64 ? length - at : 64;
    memory.fill(block, 0, 64);
    memory.copy(block, ptr + at, taken);
    splatBlock(block);
    const last = at + taken == length;
    compress(chain, message, counter, 0, taken, first | (last ? CHUNK_END | flags : 0));
    first = 0;
    at += taken;
  } while (at < length);
}

function parent(left: usize, right: usize, flags: u32): void {
  for (let w: u32 = 0; w < 8; w++) {
    v128.store(message + 16 * w, v128.load32_splat(left + 4 * w));
    v128.store(message + 16 * (8 + w), v128.load32_splat(right + 4 * w));
  }
  initial();
  compress(chain, message, 0, 0, 64, PARENT | flags);
}

/** Pushes the chaining value in lane `lane` as chunk number `total` (from 1), joining finished pairs. */
function push(lane: u32, total: u32, depth: u32): u32 {
  let level = depth;
  readLane(lane, stack + 32 * level);
  level++;
  while ((total & 1) == 0) {
    parent(stack + 32 * (level - 2), stack + 32 * (level - 1), 0);
    level--;
    readLane(0, stack + 32 * (level - 1));
    total >>= 1;
  }
  return level;
}

/** BLAKE3 of `length` bytes, 32 bytes out. */
export function blake3(ptr: usize, length: u32, out: usize): void {
  if (length <= 1024) {
    oneChunk(ptr, length, 0, ROOT);
    readLane(0, out);
    return;
  }
  // Every chunk but the last one goes on the stack; the last one closes it.
  const before = (length - 1) >> 10;
  let depth: u32 = 0;
  let done: u32 = 0;
  const lanes = memory.data(4 * 32, 16);
  while (done + 4 <= before) {
    fourChunks(ptr + 1024 * done, done);
    for (let lane: u32 = 0; lane < 4; lane++) readLane(lane, lanes + 32 * lane);
    for (let lane: u32 = 0; lane < 4; lane++) {
      for (let w: u32 = 0; w < 8; w++) v128.store(chain + 16 * w, v128.load32_splat(lanes + 32 * lane + 4 * w));
      depth = push(0, done + lane + 1, depth);
    }
    done += 4;
  }
  while (done < before) {
    oneChunk(ptr + 1024 * done, 1024, done, 0);
    depth = push(0, done + 1, depth);
    done++;
  }
  oneChunk(ptr + 1024 * done, length - 1024 * done, done, 0);
  readLane(0, stack + 32 * depth);
  while (depth > 0) {
    parent(stack + 32 * (depth - 1), stack + 32 * depth, depth == 1 ? ROOT : 0);
    depth--;
    readLane(0, stack + 32 * depth);
  }
  memory.copy(out, stack, 32);
}
